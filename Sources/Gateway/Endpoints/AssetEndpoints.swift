import Engine
import JSON
import Journal
import Logging
import Money
import Structures
import Views

/// The funding account: balances, transfers and deposits.
enum AssetEndpoints {
  private static let sixPerSecond = RateLimit(
    count: 6, windowMilliseconds: 1000, scope: .account)

  static let all: [Endpoint] = [
    .ask("asset/currencies", sixPerSecond, currencies),
    .ask("asset/balances", sixPerSecond, balances),
    .act(
      "asset/transfer", .trade, RateLimit(count: 2, windowMilliseconds: 1000, scope: .account),
      .object, transfer),
    .ask("asset/transfer-state", .account(20), transferState),
    .ask("asset/bills", sixPerSecond, bills),
    .ask("asset/deposit-address", sixPerSecond, depositAddress),
    .ask("asset/deposit-history", sixPerSecond, depositHistory),
    .act("asset/withdrawal", .withdraw, sixPerSecond, .object) { frontend, call throws(Rejection) in
      try await WithdrawalEndpoints.request(frontend, call)
    },
    .act("asset/cancel-withdrawal", .withdraw, sixPerSecond, .object) {
      frontend, call throws(Rejection) in
      try await WithdrawalEndpoints.cancel(frontend, call)
    },
    .ask("asset/withdrawal-history", sixPerSecond) { frontend, call throws(Rejection) in
      try await WithdrawalEndpoints.history(frontend, call)
    },
    .ask("asset/deposit-withdraw-status", .account(10)) { frontend, call throws(Rejection) in
      try await WithdrawalEndpoints.status(frontend, call)
    },
  ]

  private static let currencies: Endpoint.Handler = { frontend, call throws(Rejection) in
    let wanted = try call.catalog.assets(in: call.parameters)
    let suspensions = try await frontend.read { $0.suspensions }
    let rows = AssetRow(catalog: call.catalog)
    return Answer(
      call.catalog.assets.filter { wanted?.contains($0.id) ?? true }.map { id, asset in
        rows.currency(asset, suspensions: suspensions.filter { $0.asset == id })
      })
  }

  private static let balances: Endpoint.Handler = { frontend, call throws(Rejection) in
    let wanted = try call.catalog.assets(in: call.parameters)
    let balances = try await frontend.balances(of: call.account, in: .funding)
    return Answer(
      balances.filter { wanted?.contains($0.asset) ?? true }.map {
        balance($0, catalog: call.catalog)
      })
  }

  /// A balance of the funding account.
  static func balance(_ balance: Balance, catalog: Catalog) -> JSON {
    var row = Row()
    row.set("ccy", catalog.code(of: balance.asset))
    row.set("bal", catalog.text(balance.total, of: balance.asset))
    row.set("frozenBal", catalog.text(balance.held, of: balance.asset))
    row.set("availBal", catalog.text(balance.available, of: balance.asset))
    return row.json
  }

  private static let transfer: Endpoint.Handler = { frontend, call throws(Rejection) in
    let parameters = call.parameters
    let (id, asset) = try call.catalog.requiredAsset(in: parameters)
    let amount = try call.catalog.amount(
      try parameters.required("amt"), name: "amt", of: asset)
    let from = try wallet("from", in: parameters)
    let to = try wallet("to", in: parameters)
    var number = ""
    if let (source, target) = try await frontend.parties(call) {
      number = try await frontend.transfer(call, from: source, to: target)
    } else {
      let events = try await frontend.submit(
        .transfer(account: call.account, asset: id, amount: amount, from: from, to: to), .transfer,
        catalog: call.catalog, asset: id)
      for case .bill(let bill) in events where bill.reason == .transferOut {
        number = String(bill.id.raw)
      }
    }
    var row = Row()
    row.set("transId", number)
    row.set("clientId", parameters.text("clientId") ?? "")
    row.set("ccy", asset.code)
    row.set("from", from.rawValue)
    row.set("amt", call.catalog.text(amount, of: id))
    row.set("to", to.rawValue)
    return Answer([row.json])
  }

  /// The wallet that the parameter `name` names by OKX's number.
  static func wallet(
    _ name: String, in parameters: Parameters
  ) throws(Rejection) -> Wallet {
    let text = try parameters.required(name)
    guard let wallet = UInt8(text).flatMap(Wallet.init(rawValue:)) else {
      throw Rejection(
        .parameterInvalid, name: name, problem: "must be 6 (funding) or 18 (trading)")
    }
    return wallet
  }

  /// A transfer is told by the bill that took the money out, whose id is the transfer's.
  private static let transferState: Endpoint.Handler = { frontend, call throws(Rejection) in
    guard let number = try call.parameters.number("transId") else {
      throw Rejection(.parameterEmpty, name: "transId")
    }
    let bill = try await frontend.history { views async throws(ViewsError) in
      try await views.bill(BillID(UInt64(number)), of: call.account)
    }
    guard let bill, bill.reason == .transferOut || bill.reason == .subaccountOut else {
      throw Rejection(.parameterInvalid, name: "transId", problem: "no such transfer")
    }
    let isFunding = bill.wallet == .funding
    let isOwn = bill.reason == .transferOut
    var row = Row()
    row.set("transId", bill.id.raw)
    row.set("ccy", call.catalog.code(of: bill.asset))
    row.set("amt", call.catalog.text(-bill.change, of: bill.asset))
    row.set("type", isOwn ? "0" : "1")
    row.set("from", isFunding ? "6" : "18")
    row.set("to", !isOwn ? "" : isFunding ? "18" : "6")
    row.set("state", "success")
    row.blank("clientId subAcct instId toInstId")
    return Answer([row.json])
  }

  private static let bills: Endpoint.Handler = { frontend, call throws(Rejection) in
    let account = call.account
    let isMaster = try await frontend.read { $0.account(account)?.master == nil }
    let asset = try call.catalog.asset(in: call.parameters)
    var reasons: [Bill.Reason]?
    if let type = call.parameters.text("type") {
      let all: [Bill.Reason] = [
        .deposit, .withdrawal, .withdrawalFee, .transferIn, .transferOut, .reversal, .subaccountIn,
        .subaccountOut, .adjustment, .reward,
      ]
      reasons = all.filter { BillRow.fundingType($0, isMaster: isMaster) == type }
      if reasons == [] { return Answer([]) }
    }
    // The cursors of this one are times.
    let page = ViewPage(
      begin: try call.parameters.number("before").map {
        Timestamp(milliseconds: $0 == .max ? .max : $0 + 1)
      },
      end: try call.parameters.number("after").map { Timestamp(milliseconds: $0 - 1) },
      limit: try call.parameters.limit())
    let kinds = reasons
    let records = try await frontend.history { views async throws(ViewsError) in
      try await views.bills(
        of: call.account, wallet: .funding, asset: asset, reasons: kinds, page: page)
    }
    let rows = BillRow(catalog: call.catalog)
    return Answer(records.map { rows.funding($0, isMaster: isMaster) })
  }

  private static let depositAddress: Endpoint.Handler = { frontend, call throws(Rejection) in
    let (id, asset) = try call.catalog.requiredAsset(in: call.parameters)
    guard asset.rail == .bitcoin else {
      throw Rejection(
        .currencyServiceUnavailable,
        "\(asset.code) has no deposit address: it arrives by receipts that two operators confirm.")
    }
    let address = try await frontend.depositAddress(of: call.account, asset: id, call.catalog)
    var row = Row()
    row.set("addr", address.address)
    row.set("ccy", asset.code)
    row.set("chain", asset.chain)
    row.set("to", "6")
    row.set("selected", json: true)
    row.blank("ctAddr verifiedName")
    return Answer([row.json])
  }

  private static let depositHistory: Endpoint.Handler = { frontend, call throws(Rejection) in
    let parameters = call.parameters
    let asset = try call.catalog.asset(in: parameters)
    let id = try parameters.number("depId").map { DepositID(UInt64($0)) }
    let page = ViewPage(
      after: try parameters.number("after"), before: try parameters.number("before"),
      limit: try parameters.limit())
    let transaction = parameters.text("txId")
    let records = try await frontend.history { views async throws(ViewsError) in
      try await views.deposits(
        of: call.account, id: id, asset: asset, transaction: transaction, page: page)
    }
    let tip = try await frontend.read { $0.tip?.height }
    let rows = AssetRow(catalog: call.catalog)
    let state = parameters.text("state")
    return Answer(
      records.map { rows.deposit($0, tip: tip).json }.filter { row in
        state == nil || row["state"]?.string == state
      })
  }
}

extension Frontend {
  /// The newest deposit address of the account, assigned now if there is none.
  func depositAddress(
    of account: AccountID, asset: AssetID, _ catalog: Catalog
  ) async throws(Rejection) -> DepositAddress {
    // Another customer may take the index in between: then the core refuses and the next is tried.
    for _ in 0..<64 {
      let (known, index) = try await read { exchange in
        // One of a wallet whose place another has taken is watched, and shown to nobody any more.
        (
          exchange.depositAddresses(of: account, asset: asset).last.flatMap {
            exchange.isFormer(ScriptIndex(branch: .deposit, index: $0.index)) ? nil : $0
          }, exchange.nextDepositIndex
        )
      }
      if let known { return known }
      let text: String
      do {
        text = try deriveDepositAddress(index)
      } catch {
        logger.error("a deposit address cannot be derived", metadata: ["index": "\(index)"])
        throw Rejection(.internalError, "System error. Try again later.")
      }
      let committed = try await submit([
        .assignDepositAddress(account: account, asset: asset, index: index, address: text)
      ])
      for case .depositAddressAssigned(let address) in committed.flatMap(\.events) {
        return address
      }
      guard let refusal = committed.first?.refusal else { continue }
      if case .depositIndexOutOfOrder = refusal { continue }
      throw RefusalTable(catalog: catalog).rejection(for: refusal, in: .other, asset: asset)
    }
    throw Rejection(.systemBusy, "System is busy, please try again later.")
  }
}
