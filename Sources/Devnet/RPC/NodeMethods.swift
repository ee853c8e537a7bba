import Bitcoin
import JSON
import Wire

extension RPCTable {
  /// The version of Bitcoin Core whose interface and default policy this follows.
  private static let followedVersion = 310_000

  static let nodeMethods: [RPCMethod] = [
    RPCMethod(
      "getnetworkinfo", .network, [], "Returns the version and the relay fees."
    ) { _, _ in
      [
        "version": .integer(followedVersion), "subversion": "/holdfast-devnet:0.1.0/",
        "protocolversion": 70016, "localservices": "0000000000000009",
        "localservicesnames": ["NETWORK", "WITNESS"], "localrelay": false, "timeoffset": 0,
        "networkactive": false, "connections": 0, "connections_in": 0, "connections_out": 0,
        "networks": [], "relayfee": Bitcoins.json(Policy.minRelayFeeRate),
        "incrementalfee": Bitcoins.json(Policy.incrementalFeeRate), "localaddresses": [],
        "warnings": [],
      ]
    },
    RPCMethod(
      "estimatesmartfee", .util,
      [.required("conf_target", .number), .optional("estimate_mode", kind: .string)],
      "Returns why there is no fee estimate: a devnet sees too few transactions for one."
    ) { _, arguments throws(RPCError) in
      let target = try arguments.integer(0)
      guard (1...1008).contains(target) else {
        throw RPCError(
          .invalidParameter, "Invalid conf_target, must be between 1 and 1008")
      }
      let mode = arguments.has(1) ? try arguments.string(1).lowercased() : "economical"
      guard ["unset", "economical", "conservative"].contains(mode) else {
        throw RPCError(
          .invalidParameter,
          #"Invalid estimate_mode parameter, must be one of: "#
            + #""unset", "economical", "conservative""#)
      }
      return ["errors": ["Insufficient data or no feerate found"], "blocks": 0]
    },
    RPCMethod(
      "validateaddress", .util, [.required("address", .string)],
      "Returns what is known about an address."
    ) { _, arguments throws(RPCError) in
      AddressJSON.validation(of: try arguments.string(0))
    },
    RPCMethod(
      "uptime", .control, [], "Returns for how many seconds the server has run."
    ) { node, arguments in .integer(max(arguments.now - node.startTime, 0)) },
    RPCMethod("stop", .control, [], "Stops the server.") { node, _ in
      node.isStopping = true
      return "holdfast-devnet stopping"
    },
    RPCMethod(
      "help", .control, [.optional("command", kind: .string)],
      "Lists all methods, or explains one."
    ) { _, arguments throws(RPCError) in
      guard arguments.has(0) else { return .string(overview) }
      let name = try arguments.string(0)
      guard let method = byName[name] else { return .string("help: unknown command: \(name)") }
      return .string(method.help)
    },
  ]

  private static var overview: String {
    RPCMethod.Category.allCases.map { category in
      let lines = methods.filter { $0.category == category }.sorted { $0.name < $1.name }
        .map(\.usage)
      return (["== \(category.rawValue) =="] + lines).joined(separator: "\n")
    }.joined(separator: "\n\n")
  }
}
