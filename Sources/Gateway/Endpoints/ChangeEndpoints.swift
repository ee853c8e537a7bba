import Cryptography
import Engine
import JSON
import Money
import Statements
import Structures

/// Changes of what guards an account: where its owner is told of them, what can still be taken back, and
/// the taking back itself, for which he needs no API key: a thief may have changed those.
enum ChangeEndpoints {
  private static let limit = RateLimit.account(20)
  /// Nobody guesses a code of 128 bits; this keeps those who try from costing anything.
  private static let strangers = RateLimit.address(5)

  static let all: [Endpoint] = [
    .act("holdfast/contact", .withdraw, limit, .object, setContact),
    .ask("holdfast/changes", limit, changes),
    Endpoint(
      path: "holdfast/cancel-change", access: .anyone, shape: .object, limit: strangers,
      handler: cancel),
    Endpoint(
      path: "holdfast/end-hold", access: .anyone, shape: .object, limit: strangers, handler: endHold
    ),
  ]

  private static let setContact: Endpoint.Handler = { frontend, call throws(Rejection) in
    let text = try call.parameters.required("email")
    do {
      _ = try ContactAddress(text)
    } catch {
      throw Rejection(.parameterInvalid, name: "email", problem: "\(error)")
    }
    let events = try await frontend.submit(
      .setContact(account: call.account, contact: text), .addressBook, catalog: call.catalog)
    var rows: [JSON] = []
    for case .credentialChange(let change, .begun) in events { rows.append(row(change, call)) }
    return Answer(rows)
  }

  private static let changes: Endpoint.Handler = { frontend, call throws(Rejection) in
    let account = call.account
    let (contact, changes, hold) = try await frontend.read {
      ($0.contact(of: account), $0.openChanges(of: account), $0.hold(of: account))
    }
    var row = Row()
    row.set("account", account.raw)
    row.set("email", contact ?? "")
    row.set("heldSince", hold.map { String($0.since.milliseconds) } ?? "")
    row.set("holdChangeId", hold.map { "\($0.change)" } ?? "")
    row.set("holdEndsByKey", json: .bool(hold?.keyEnds ?? false))
    row.set("changes", json: .array(changes.map { Self.row($0, call) }))
    return Answer([row.json])
  }

  private static let cancel: Endpoint.Handler = { frontend, call throws(Rejection) in
    let parameters = call.parameters
    let cancel: CancelChange
    if let text = parameters.text("code") {
      // One answer for all that is wrong: it says nothing of what there is.
      let unknown = Rejection(
        .parameterInvalid, name: "code",
        problem: "is no code of a change that can be cancelled now")
      guard let code = NoticeCode(text: text) else { throw unknown }
      let account = AccountID(code.account)
      let digest = try await frontend.read { exchange in
        exchange.openChanges(of: account).first { $0.id.raw == code.change }?.codeDigest
      }
      guard let digest, ConstantTime.equal(digest, SHA256.hash(code.secret)) else { throw unknown }
      cancel = CancelChange(
        account: account, change: ChangeID(code.change), authority: .code(code.secret))
    } else {
      let (account, change) = try names(parameters)
      let (key, signature) = try await word(on: account, change, ends: false, frontend, call)
      cancel = CancelChange(
        account: account, change: change, authority: .key(key, signature: signature))
    }
    let events = try await frontend.submit(
      .cancelChange(cancel), .addressBook, catalog: call.catalog)
    return held(events)
  }

  private static let endHold: Endpoint.Handler = { frontend, call throws(Rejection) in
    let (account, change) = try names(call.parameters)
    let (key, signature) = try await word(on: account, change, ends: true, frontend, call)
    let end = EndHold(
      account: account, change: change, authority: .key(key, signature: signature))
    let events = try await frontend.submit(.endHold(end), .addressBook, catalog: call.catalog)
    return held(events)
  }

  private static func held(_ events: [Event]) -> Answer {
    var rows: [JSON] = []
    for case .accountHold(let hold, let ended) in events {
      var row = Row()
      row.set("account", hold.account.raw)
      row.set("changeId", hold.change.raw)
      row.set("held", json: .bool(!ended))
      row.set("heldSince", hold.since.milliseconds)
      rows.append(row.json)
    }
    return Answer(rows)
  }

  private static func names(
    _ parameters: Parameters
  ) throws(Rejection) -> (AccountID, ChangeID) {
    guard let account = try parameters.number("account") else {
      throw Rejection(.parameterEmpty, name: "account")
    }
    guard let change = try parameters.number("changeId") else {
      throw Rejection(.parameterEmpty, name: "changeId")
    }
    return (AccountID(UInt64(account)), ChangeID(UInt64(change)))
  }

  /// The key that speaks for the account now, and the signature among the parameters, once it is found to
  /// be that key's. The core looks again, when the word takes effect.
  private static func word(
    on account: AccountID, _ change: ChangeID, ends: Bool, _ frontend: Frontend, _ call: Call
  ) async throws(Rejection) -> (key: [UInt8], signature: [UInt8]) {
    let now = frontend.clock()
    guard let key = try await frontend.read({ $0.standingKey(of: account, at: now) }) else {
      throw Rejection(
        .parameterInvalid, name: "account",
        problem: "has no key from before its changes; use the code in the notice")
    }
    let signature = try call.parameters.signature(
      over: HoldStatement(account: account.raw, change: change.raw, ends: ends), by: key)
    return (key, signature)
  }

  private static func row(_ change: CredentialChange, _ call: Call) -> JSON {
    var row = Row()
    row.set("changeId", change.id.raw)
    switch change.kind {
    case .signingKey: row.set("kind", "signingKey")
    case .contact: row.set("kind", "contact")
    case .address(let entry):
      row.set("kind", "address")
      row.set("entryId", entry.raw)
    case .withdrawal(let withdrawal):
      row.set("kind", "withdrawal")
      row.set("wdId", withdrawal.raw)
    }
    row.set("ts", change.at.milliseconds)
    row.set("cancellableUntil", change.cancellableUntil.milliseconds)
    row.set("noticed", json: .bool(change.isTold))
    return row.json
  }
}
