import Engine
public import JSON
import Journal
import Money
import Statements
import Structures

// Where customers are told of changes, and accounts that are held since one was taken back.

extension OperatorActions {
  /// Accounts that are held, and who wants that ended.
  public func holds() async throws -> JSON {
    let rows: [JSON] = try await sequencer.read { exchange in
      exchange.holds.map { hold in
        [
          "account": .string("\(hold.account)"),
          "name": .string(exchange.account(hold.account)?.name ?? ""),
          "change": .string("\(hold.change)"), "since": .integer(hold.since.milliseconds),
          "keyEnds": .bool(hold.keyEnds),
          "approvals": .array(hold.approvals.map { .string($0) }),
        ]
      }
    }
    return ["ok": true, "holds": .array(rows)]
  }

  /// Sets where an account's owner is told of changes; the former place is told of that.
  public func setContact(_ body: JSON) async throws -> JSON {
    let account = try await account(body)
    let text = try Self.text(body, "email", limit: 254)
    do {
      _ = try ContactAddress(text)
    } catch {
      throw Refusal.field("email", "\(error)")
    }
    _ = try await commit(.setContact(account: account.id, contact: text))
    return ["ok": true, "account": .string("\(account.id)"), "email": .string(text)]
  }

  /// Agrees that an account's hold ends; a second operator ends it.
  public func endHold(_ body: JSON, by name: String) async throws -> JSON {
    let account = try await account(body)
    guard let change = UInt64(try Self.text(body, "change", limit: 20)) else {
      throw Refusal.field("change", "is no change's number")
    }
    let signature = try Self.signature(body)
    let statement = HoldStatement(
      operatorName: name, account: account.id.raw, change: change, ends: true)
    guard statement.verify(signature: signature, key: try await key(of: name)) else {
      throw Refusal.badStatementSignature
    }
    let events = try await commit(
      .endHold(
        EndHold(
          account: account.id, change: ChangeID(change),
          authority: .operatorNamed(name, signature: signature))))
    for case .accountHold(let hold, let ended) in events {
      return [
        "ok": true, "ended": .bool(ended), "approvals": .array(hold.approvals.map { .string($0) }),
      ]
    }
    return ["ok": true]
  }
}
