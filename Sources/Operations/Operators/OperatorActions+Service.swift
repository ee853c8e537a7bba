import Engine
public import JSON
import Journal
import Money
import Statements
import Structures

// What operators say about withdrawals that stand still.

extension OperatorActions {
  /// What is stopped, and the number that the next decision bears.
  public func service() async throws -> JSON {
    try await sequencer.read { exchange in
      [
        "ok": true, "state": .string("\(exchange.serviceState)"),
        "nextNumber": .integer(Int64(clamping: exchange.serviceDecisions + 1)),
        "suspensions": .array(
          exchange.suspensions.map { suspension in
            [
              "asset": .string(exchange.asset(suspension.asset)?.code ?? ""),
              "reason": .string(suspension.reason.name),
              "since": .integer(suspension.since.milliseconds),
              "nextUpdateBy": .integer(suspension.nextUpdateBy.milliseconds),
              "note": .string(suspension.note),
              "endsByDecision": .bool(suspension.reason.endsByDecision),
              "liftedBy": suspension.liftedBy.map { .string($0) } ?? .null,
            ]
          }),
      ]
    }
  }

  /// Stops withdrawals of an asset, explains how things stand, or ends what people stopped; ending
  /// takes two operators.
  public func decideService(_ body: JSON, by name: String) async throws -> JSON {
    let (id, asset) = try await asset(body)
    let word = try Self.text(body, "action", limit: 16)
    guard let action = ServiceDecision.Action(name: word) else {
      throw Refusal.field("action", "\(word) is not allowed; allowed suspend, explain, lift")
    }
    let about = try Self.text(body, "class", limit: 32)
    guard let reasonClass = SuspensionClass(name: about) else {
      throw Refusal.field(
        "class",
        "\(about) is not allowed; allowed "
          + SuspensionClass.allCases.map { "\($0)" }.joined(separator: ", "))
    }
    let text = try Self.text(body, "text", limit: StatementLimit.reason)
    guard let number = body["number"]?.integer, number > 0 else {
      throw Refusal.field("number", "is no decision's number")
    }
    let signature = try Self.signature(body)
    let statement = ServiceStatement(
      operatorName: name, asset: asset.code, action: action.rawValue,
      reasonClass: reasonClass.rawValue, text: text, number: UInt64(number))
    guard statement.verify(signature: signature, key: try await key(of: name)) else {
      throw Refusal.badStatementSignature
    }
    _ = try await commit(
      .decideService(
        ServiceDecision(
          operatorName: name, asset: id, action: action, reasonClass: reasonClass, text: text,
          number: UInt64(number), signature: signature)))
    return try await service()
  }
}

extension ServiceDecision.Action {
  init?(name: String) {
    guard let found = Self.allCases.first(where: { "\($0)" == name }) else { return nil }
    self = found
  }
}

extension SuspensionClass {
  init?(name: String) {
    guard let found = Self.allCases.first(where: { "\($0)" == name }) else { return nil }
    self = found
  }
}
