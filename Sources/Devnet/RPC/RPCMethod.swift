import JSON

/// One method of the JSON-RPC interface.
struct RPCMethod: Sendable {
  typealias Body =
    @Sendable (inout DevnetNode, RPCArguments) throws(RPCError) -> JSON

  /// A parameter, by position or by name.
  struct Parameter: Sendable {
    enum Kind: String, Sendable { case string, number, bool, array, object, any }

    let names: [String]
    let kind: Kind
    let isRequired: Bool

    /// A parameter that must be given.
    static func required(_ name: String, _ kind: Kind) -> Parameter {
      Parameter(names: [name], kind: kind, isRequired: true)
    }

    /// A parameter that may be left out or be null.
    static func optional(_ names: String..., kind: Kind) -> Parameter {
      Parameter(names: names, kind: kind, isRequired: false)
    }
  }

  /// Group in the list that `help` prints.
  enum Category: String, CaseIterable, Sendable {
    case blockchain = "Blockchain"
    case control = "Control"
    case mining = "Mining"
    case network = "Network"
    case rawTransactions = "Rawtransactions"
    case util = "Util"
  }

  let name: String
  let category: Category
  let parameters: [Parameter]
  let summary: String
  let body: Body

  init(
    _ name: String, _ category: Category, _ parameters: [Parameter] = [], _ summary: String,
    _ body: @escaping Body
  ) {
    self.name = name
    self.category = category
    self.parameters = parameters
    self.summary = summary
    self.body = body
  }

  /// Name and parameters in one line; those in parentheses are optional.
  var usage: String {
    parameters.reduce(name) {
      $0 + ($1.isRequired ? " \($1.names[0])" : " ( \($1.names[0]) )")
    }
  }

  /// What `help` says about the method.
  var help: String { "\(usage)\n\n\(summary)\n" }

  /// Puts the parameters of a request in order and checks their number and types.
  func arguments(_ params: JSON, now: Int64) throws(RPCError) -> RPCArguments {
    var values: [JSON]
    switch params {
    case .array(let positional): values = positional
    case .object(let named): values = try positional(named)
    default: values = []
    }
    let required = (parameters.lastIndex(where: \.isRequired) ?? -1) + 1
    guard (required...parameters.count).contains(values.count) else {
      throw RPCError(.misc, help)
    }
    values += Array(repeating: .null, count: parameters.count - values.count)
    var mismatches: [String] = []
    for (index, (parameter, value)) in zip(parameters, values).enumerated() {
      guard parameter.kind != .any, parameter.isRequired || !value.isNull,
        value.typeName != parameter.kind.rawValue
      else { continue }
      let names = parameter.names.joined(separator: "|")
      mismatches.append(
        "    \"Position \(index + 1) (\(names))\": \"JSON value of type \(value.typeName) "
          + "is not of expected type \(parameter.kind.rawValue)\"")
    }
    guard mismatches.isEmpty else {
      throw RPCError(.type, "Wrong type passed:\n{\n\(mismatches.joined(separator: ",\n"))\n}")
    }
    return RPCArguments(values: values, now: now)
  }

  private func positional(_ named: [JSON.Member]) throws(RPCError) -> [JSON] {
    var rest = named
    var values: [JSON] = []
    var count = 0
    for (index, parameter) in parameters.enumerated() {
      let found = rest.firstIndex { parameter.names.contains($0.name) }
      values.append(found.map { rest.remove(at: $0).value } ?? .null)
      if found != nil { count = index + 1 }
    }
    if let unknown = rest.first {
      throw RPCError(.invalidParameter, "Unknown named parameter \(unknown.name)")
    }
    return Array(values[..<count])
  }
}
