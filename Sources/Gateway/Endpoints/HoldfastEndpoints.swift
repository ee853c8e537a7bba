import Cryptography
import Engine
import JSON
import Journal
import Matching
import Money
import Statements
import Structures
import Views
import Wire

/// What OKX has no endpoint for: the customer's own signing key, his address book, where one
/// withdrawal stands, and how an account's orders meet its own.
enum HoldfastEndpoints {
  private static let limit = RateLimit.account(20)

  static let all: [Endpoint] = [
    .act("holdfast/signing-key", .withdraw, limit, .object, enrol),
    .act("holdfast/withdrawal-address", .withdraw, limit, .object, addAddress),
    .ask("holdfast/withdrawal-addresses", limit, addresses),
    .act("holdfast/remove-withdrawal-address", .withdraw, limit, .object, removeAddress),
    .ask("holdfast/withdrawal", limit, withdrawal),
    .act("holdfast/self-trade-prevention", .trade, limit, .object, selfTradePrevention),
  ]

  private static let enrol: Endpoint.Handler = { frontend, call throws(Rejection) in
    let key = try call.parameters.hexadecimal("publicKey", count: 32)
    let proof = try call.parameters.hexadecimal("proof", count: 64)
    let statement = EnrolmentStatement(account: call.account.raw, publicKey: key)
    guard statement.isProved(by: proof) else {
      throw Rejection(
        .parameterInvalid, name: "proof",
        problem: "is not a signature by publicKey over the enrolment statement")
    }
    let events = try await frontend.submit(
      .enrolSigningKey(account: call.account, publicKey: key, proof: proof), .addressBook,
      catalog: call.catalog)
    return Answer([row(enrolled: key, events, call)])
  }

  static func row(enrolled key: [UInt8], _ events: [Event], _ call: Call) -> JSON {
    var changed = ""
    for case .signingKeyEnrolled(let account) in events {
      changed = account.credentialsChangedAt.map { String($0.milliseconds) } ?? ""
    }
    var row = Row()
    row.set("publicKey", Hex.text(key))
    row.set("account", call.account.raw)
    row.set("ts", changed)
    return row.json
  }

  private static let addAddress: Endpoint.Handler = { frontend, call throws(Rejection) in
    let parameters = call.parameters
    let (id, asset) = try call.catalog.requiredAsset(in: parameters)
    guard asset.rail == .bitcoin else {
      throw Rejection(
        .withdrawalRouteUnsupported, "\(asset.code) can not be withdrawn on a chain.")
    }
    let chain = parameters.text("chain") ?? asset.chain
    guard chain == asset.chain else {
      throw Rejection(
        .withdrawalRouteUnsupported, "The chain of \(asset.code) is \(asset.chain), not \(chain).")
    }
    guard let address = parameters.text("toAddr") else {
      throw Rejection(.addressMissing, "Address isn't provided.")
    }
    _ = try BitcoinDestination(network: frontend.configuration.network).script(of: address)
    let label = parameters.text("label") ?? ""
    guard label.utf8.count <= 64 else {
      throw Rejection(.parameterInvalid, name: "label", problem: "at most 64 bytes")
    }
    guard let nonce = try parameters.number("nonce") else {
      throw Rejection(.parameterEmpty, name: "nonce")
    }
    let account = call.account
    let key = try await frontend.read { $0.account(account)?.signingKey }
    let table = RefusalTable(catalog: call.catalog)
    guard let key else { throw table.rejection(for: .signingKeyMissing, in: .addressBook) }
    let statement = AddressStatement(
      account: account.raw, asset: asset.code, chain: chain, address: address,
      nonce: UInt64(nonce))
    let signature = try parameters.signature(over: statement, by: key)
    let events = try await frontend.submit(
      .addAddress(
        AddAddress(
          account: account, asset: id, chain: chain, address: address, label: label,
          nonce: UInt64(nonce), signature: signature)), .addressBook, catalog: call.catalog,
      asset: id)
    var rows: [JSON] = []
    for case .addressAdded(let entry) in events { rows.append(row(entry, call)) }
    return Answer(rows)
  }

  private static let addresses: Endpoint.Handler = { frontend, call throws(Rejection) in
    let wanted = try call.catalog.assets(in: call.parameters)
    let account = call.account
    let entries = try await frontend.read { $0.addressBook(of: account) }
    return Answer(
      entries.filter { wanted?.contains($0.asset) ?? true }.map { row($0, call) })
  }

  private static let removeAddress: Endpoint.Handler = { frontend, call throws(Rejection) in
    let text = try call.parameters.required("entryId")
    guard let number = UInt64(text) else {
      throw Rejection(.parameterInvalid, name: "entryId", problem: "must be a number")
    }
    let committed = try await frontend.submit([
      .removeAddress(account: call.account, entry: AddressEntryID(number))
    ])
    if let refusal = committed.first?.refusal {
      if refusal == .unknownAddressEntry {
        throw Rejection(.parameterInvalid, name: "entryId", problem: "no such entry")
      }
      throw RefusalTable(catalog: call.catalog).rejection(for: refusal, in: .addressBook)
    }
    return Answer([["entryId": .string(text)]])
  }

  private static func row(_ entry: AddressEntry, _ call: Call) -> JSON {
    var row = Row()
    row.set("entryId", entry.id.raw)
    row.set("ccy", call.catalog.code(of: entry.asset))
    row.set("chain", entry.chain)
    row.set("addr", entry.address)
    row.set("label", entry.label)
    row.set("nonce", entry.nonce)
    row.set("addedAt", entry.addedAt.milliseconds)
    row.set("usableAt", entry.usableAt.milliseconds)
    row.set("usable", json: .bool(entry.usableAt <= call.now))
    row.set("firstUsedAt", entry.firstUsedAt.map { String($0.milliseconds) } ?? "")
    return row.json
  }

  private static let withdrawal: Endpoint.Handler = { frontend, call throws(Rejection) in
    guard let number = try call.parameters.number("wdId") else {
      throw Rejection(.parameterEmpty, name: "wdId")
    }
    let record = try await WithdrawalEndpoints.record(WithdrawalID(UInt64(number)), frontend, call)
    let progress = WithdrawalProgress(record, catalog: call.catalog)
    let (suspensions, queue) = try await frontend.read {
      ($0.suspensions, $0.withdrawalsAwaitingRefill)
    }
    let isOpen = record.state.rawValue < WithdrawalRecord.State.confirmed.rawValue
    let held = suspensions.filter { isOpen && $0.asset == record.asset }
    var row = AssetRow(catalog: call.catalog).withdrawal(record)
    row.set("stage", progress.name)
    row.set("owner", progress.owner)
    row.set("until", record.until.map { String($0.milliseconds) } ?? "")
    row.set("untilText", record.until.map { InstantText.text($0) } ?? "")
    row.set("uTime", record.updatedAt.milliseconds)
    row.set("cancelable", json: .bool(progress.isCancelable))
    row.set(
      "howToCancel",
      progress.isCancelable
        ? "POST /api/v5/asset/cancel-withdrawal with wdId \(record.id.raw)" : "")
    let texts = held.map { SuspensionText(catalog: call.catalog).text($0) }
    row.set("suspension", texts.joined(separator: " "))
    // Where it stands among those that wait for coins from cold storage, and what all of them up to it
    // come to.
    let place = queue.firstIndex { $0.id == record.id }
    row.set("queuePosition", place.map { String($0 + 1) } ?? "")
    let ahead = place.map { queue[...$0].reduce(Amount.zero) { $0 + $1.amount } }
    row.set("queueAmount", ahead.map { call.catalog.text($0, of: record.asset) } ?? "")
    return Answer([row.json])
  }

  /// How the account's orders meet those of its master's other accounts, where an order does not say
  /// (`acctStpMode` of `account/config`). OKX has it on its website only.
  private static let selfTradePrevention: Endpoint.Handler = { frontend, call throws(Rejection) in
    guard let mode = SelfTradePrevention(text: try call.parameters.required("acctStpMode")) else {
      throw Rejection(
        .parameterInvalid, name: "acctStpMode",
        problem: "must be cancel_maker, cancel_taker or cancel_both")
    }
    _ = try await frontend.submit(
      .setSelfTradePrevention(account: call.account, mode: mode), .other, catalog: call.catalog)
    return Answer([["acctStpMode": .string(mode.text)]])
  }
}
