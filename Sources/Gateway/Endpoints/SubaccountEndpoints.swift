import Engine
import JSON
import Journal
import Logging
import Money
import Structures
import Views

/// Accounts of one master: each with balances, orders and keys of its own. Only the master sees and
/// moves what the others have.
enum SubaccountEndpoints {
  private static let twoPerSecond = RateLimit(
    count: 2, windowMilliseconds: 1000, scope: .account)

  static let all: [Endpoint] = [
    .ask("users/subaccount/list", twoPerSecond, list),
    .act("users/subaccount/create-subaccount", .trade, twoPerSecond, .object, create),
    .act("users/subaccount/apikey", .trade, twoPerSecond, .object, createKey),
    .ask("users/subaccount/apikey", twoPerSecond, keys),
    .act("users/subaccount/delete-apikey", .trade, twoPerSecond, .object, deleteKey),
    .ask("account/subaccount/balances", twoPerSecond, tradingBalances),
    .ask("asset/subaccount/balances", twoPerSecond, fundingBalances),
    .act("asset/subaccount/transfer", .trade, twoPerSecond, .object, transfer),
  ]

  // MARK: Accounts

  private static let list: Endpoint.Handler = { frontend, call throws(Rejection) in
    let subaccounts = try await frontend.subaccounts(of: call)
    let wanted = call.parameters.text("subAcct")
    // None is ever switched off, so that none is listed as such.
    if try call.parameters.flag("enable") == false { return Answer([]) }
    let after = try call.parameters.time("after")
    let before = try call.parameters.time("before")
    let page = subaccounts.reversed().filter { account in
      (wanted.map { $0 == account.name } ?? true) && (after.map { account.openedAt < $0 } ?? true)
        && (before.map { account.openedAt > $0 } ?? true)
    }
    return Answer(page.prefix(try call.parameters.limit()).map(row))
  }

  private static func row(_ account: Account) -> JSON {
    var row = Row()
    row.set("type", "1")
    row.set("enable", json: true)
    row.set("subAcct", account.name)
    row.set("uid", account.id.raw)
    row.set("gAuth", json: false)
    row.set("frozenFunc", json: [])
    row.set("canTransOut", json: true)
    row.set("ts", account.openedAt.milliseconds)
    row.set("subAcctLv", "1")
    row.set("ifDma", json: false)
    row.blank("label mobile firstLvSubAcct")
    return row.json
  }

  private static let create: Endpoint.Handler = { frontend, call throws(Rejection) in
    let name = try call.parameters.required("subAcct")
    guard ["1", nil].contains(call.parameters.text("type")) else {
      throw Rejection(.parameterInvalid, name: "type", problem: "must be 1 (standard)")
    }
    let committed = try await frontend.submit([
      .openSubaccount(master: call.account, name: name)
    ])
    if case .duplicateName? = committed.first?.refusal {
      throw Rejection(.subaccountNameTaken, "The sub-account name \(name) is taken.")
    }
    if let refusal = committed.first?.refusal {
      throw RefusalTable(catalog: call.catalog).rejection(for: refusal, in: .other)
    }
    var row = Row()
    for case .accountOpened(let account) in committed.flatMap(\.events) {
      row.set("subAcct", account.name)
      row.set("label", call.parameters.text("label") ?? "")
      row.set("uid", account.id.raw)
      row.set("ts", account.openedAt.milliseconds)
    }
    return Answer([row.json])
  }

  // MARK: Keys

  private static let createKey: Endpoint.Handler = { frontend, call throws(Rejection) in
    let account = try await frontend.subaccount(in: call)
    let label = try call.parameters.required("label")
    let passphrase = try call.parameters.required("passphrase")
    guard (8...32).contains(passphrase.utf8.count) else {
      throw Rejection(.passphraseMalformed, "The passphrase must have 8 to 32 characters.")
    }
    guard call.parameters.isBlank("ip") else {
      throw Rejection(.parameterInvalid, name: "ip", problem: "not available here")
    }
    let permissions = try permissions(call.parameters)
    let key: (command: Command, credentials: IssuedCredentials)
    do {
      key = try frontend.issuer.issue(
        for: account.id, label: label, permissions: permissions, passphrase: passphrase)
    } catch {
      frontend.logger.error("an API key cannot be made", metadata: ["error": "\(error)"])
      throw Rejection(.internalError, "System error. Try again later.")
    }
    let events = try await frontend.submit(key.command, .other, catalog: call.catalog)
    var row = Row()
    row.set("subAcct", account.name)
    for case .apiKeyCreated(let created) in events { Self.describe(created, &row) }
    row.set("secretKey", key.credentials.secret)
    row.set("passphrase", passphrase)
    return Answer([row.json])
  }

  private static func permissions(_ parameters: Parameters) throws(Rejection) -> Permissions {
    var permissions: Permissions = [.read]
    for word in (parameters.text("perm") ?? "").split(separator: ",") {
      switch word {
      case "read_only": break
      case "trade": permissions.insert(.trade)
      case "withdraw":
        throw Rejection(.keyMayNotWithdraw, "Sub-accounts can not withdraw.")
      default:
        throw Rejection(.parameterInvalid, name: "perm", problem: "must be read_only or trade")
      }
    }
    return permissions
  }

  private static func describe(_ key: APIKey, _ row: inout Row) {
    row.set("label", key.label)
    row.set("apiKey", key.key)
    row.set("perm", key.permissions.contains(.trade) ? "read_only,trade" : "read_only")
    row.set("ip", "")
    row.set("ts", key.createdAt.milliseconds)
  }

  private static let keys: Endpoint.Handler = { frontend, call throws(Rejection) in
    let account = try await frontend.subaccount(in: call)
    let wanted = call.parameters.text("apiKey")
    let keys = try await frontend.read { $0.apiKeys(of: account.id) }
    return Answer(
      keys.filter { wanted == nil || $0.key == wanted }.map { key in
        var row = Row()
        row.set("subAcct", account.name)
        describe(key, &row)
        return row.json
      })
  }

  private static let deleteKey: Endpoint.Handler = { frontend, call throws(Rejection) in
    let account = try await frontend.subaccount(in: call)
    let text = try call.parameters.required("apiKey")
    let isItsKey = try await frontend.read { $0.apiKey(text)?.account == account.id }
    guard isItsKey else { throw Rejection(.keyUnknown, "The API key does not exist.") }
    _ = try await frontend.submit(.revokeAPIKey(key: text), .other, catalog: call.catalog)
    return Answer([["subAcct": .string(account.name)]])
  }

  // MARK: Money

  private static let tradingBalances: Endpoint.Handler = { frontend, call throws(Rejection) in
    let account = try await frontend.subaccount(in: call)
    let all = try await frontend.balances(of: account.id, in: .trading)
    let valuation = await frontend.hub.valuation()
    return Answer([BalanceRow.account(all: all, shown: all, valuation: valuation, now: call.now)])
  }

  private static let fundingBalances: Endpoint.Handler = { frontend, call throws(Rejection) in
    let account = try await frontend.subaccount(in: call)
    let wanted = try call.catalog.assets(in: call.parameters)
    let balances = try await frontend.balances(of: account.id, in: .funding)
    return Answer(
      balances.filter { wanted?.contains($0.asset) ?? true }.map {
        AssetEndpoints.balance($0, catalog: call.catalog)
      })
  }

  private static let transfer: Endpoint.Handler = { frontend, call throws(Rejection) in
    let from = try await frontend.subaccount(in: call, "fromSubAccount")
    let to = try await frontend.subaccount(in: call, "toSubAccount")
    let number = try await frontend.transfer(call, from: from.id, to: to.id)
    return Answer([["transId": .string(number)]])
  }
}

extension Frontend {
  /// The sub-accounts of the asker, who must be a master.
  func subaccounts(of call: Call) async throws(Rejection) -> [Account] {
    let account = call.account
    let (isMaster, subaccounts) = try await read { exchange in
      (exchange.account(account)?.master == nil, exchange.subaccounts(of: account))
    }
    guard isMaster else {
      throw Rejection(.masterOnly, "Only the API key of the master account can do this.")
    }
    return subaccounts
  }

  /// The sub-account of the asker that the parameter `name` names.
  func subaccount(
    in call: Call, _ name: String = "subAcct"
  ) async throws(Rejection) -> Account {
    let text = try call.parameters.required(name)
    let found = try await subaccounts(of: call).first { $0.name == text }
    guard let found else {
      throw Rejection(.subaccountUnknown, "The sub-account \(text) does not exist.")
    }
    return found
  }

  /// Moves what a request says between two accounts of one master, and returns the transfer's id.
  func transfer(
    _ call: Call, from: AccountID, to: AccountID
  ) async throws(Rejection) -> String {
    let parameters = call.parameters
    let (id, asset) = try call.catalog.requiredAsset(in: parameters)
    let amount = try call.catalog.amount(
      try parameters.required("amt"), name: "amt", of: asset)
    let events = try await submit(
      .transferBetween(
        TransferBetween(
          from: from, to: to, asset: id, amount: amount,
          fromWallet: try AssetEndpoints.wallet("from", in: parameters),
          toWallet: try AssetEndpoints.wallet("to", in: parameters))), .transfer,
      catalog: call.catalog, asset: id)
    for case .bill(let bill) in events where bill.reason == .subaccountOut {
      return String(bill.id.raw)
    }
    return ""
  }

  /// Between which accounts a transfer is, or `nil` for one within the asker's own. See OKX v5,
  /// `asset/transfer`, `type`.
  func parties(_ call: Call) async throws(Rejection) -> (from: AccountID, to: AccountID)? {
    switch call.parameters.text("type") {
    case nil, "0": return nil
    case "1": return (call.account, try await subaccount(in: call).id)
    case "2": return (try await subaccount(in: call).id, call.account)
    default:
      throw Rejection(
        .parameterInvalid, name: "type",
        problem: "must be 0, 1 (to a sub-account) or 2 (from a sub-account)")
    }
  }
}
