import Engine
import JSON
import MarketData
import Matching
import Money
import Structures
import Views

/// The trading account.
enum AccountEndpoints {
  static let all: [Endpoint] = [
    .ask("account/balance", .account(10), balance),
    .ask("account/config", .account(5), config),
    .ask("account/trade-fee", .account(5), tradeFee),
    .ask(
      "account/bills", RateLimit(count: 5, windowMilliseconds: 1000, scope: .account)
    ) { frontend, call throws(Rejection) in
      try await bills(frontend, call, days: 7)
    },
    .ask("account/bills-archive", .account(5)) { frontend, call throws(Rejection) in
      try await bills(frontend, call, days: 90)
    },
    .ask("account/max-size", .account(20), maximumSize),
    .ask("account/max-avail-size", .account(20), maximumAvailable),
    .ask("account/max-withdrawal", .account(20), maximumWithdrawal),
  ]

  private static let balance: Endpoint.Handler = { frontend, call throws(Rejection) in
    let wanted = try call.catalog.assets(in: call.parameters)
    let all = try await frontend.balances(of: call.account, in: .trading)
    let shown = all.filter { wanted?.contains($0.asset) ?? true }
    let valuation = await frontend.hub.valuation()
    return Answer([
      BalanceRow.account(all: all, shown: shown, valuation: valuation, now: call.now)
    ])
  }

  private static let config: Endpoint.Handler = { frontend, call throws(Rejection) in
    let asker = call.account
    let account = try await frontend.read { $0.account(asker) }
    let permissions = call.principal?.permissions ?? []
    var names: [String] = []
    if permissions.contains(.read) { names.append("read_only") }
    if permissions.contains(.trade) { names.append("trade") }
    if permissions.contains(.withdraw) { names.append("withdraw") }
    var row = Row()
    row.set("uid", asker.raw)
    row.set("mainUid", (account?.master ?? asker).raw)
    row.set("acctLv", "1")
    row.set("acctStpMode", (account?.selfTrade ?? .cancelMaker).text)
    row.set("posMode", "net_mode")
    row.set("autoLoan", json: false)
    row.set("greeksType", "PA")
    row.set("feeType", "0")
    row.set("level", FeeText.level(account?.feeTier ?? 0))
    row.set("roleType", "0")
    row.set("spotRoleType", "0")
    row.set("traderInsts", json: [])
    row.set("spotTraderInsts", json: [])
    row.set("opAuth", "0")
    row.set("label", call.principal?.label ?? "")
    row.set("perm", names.joined(separator: ","))
    row.set("enableSpotBorrow", json: false)
    row.set("spotBorrowAutoRepay", json: false)
    row.set("type", account?.master == nil ? "0" : "1")
    row.set("settleCcyList", json: [])
    row.set("stgyType", "0")
    row.blank("levelTmp ctIsoMode mgnIsoMode spotOffsetType kycLv ip liquidationGear settleCcy")
    return Answer([row.json])
  }

  private static let tradeFee: Endpoint.Handler = { frontend, call throws(Rejection) in
    guard try PublicEndpoints.isSpot(call.parameters) else { return Answer([]) }
    let market: MarketSpec?
    if call.parameters.text("instId") != nil {
      market = try call.catalog.market(in: call.parameters)
    } else {
      market = call.catalog.markets.first
    }
    guard let market else { return Answer([]) }
    let account = call.account
    let tier = try await frontend.read { $0.account(account)?.feeTier ?? 0 }
    let fees = market.instrument.fees(ofTier: Int(tier))
    let maker = FeeText.signedRate(fees.makerPPM)
    let taker = FeeText.signedRate(fees.takerPPM)
    var row = Row()
    row.set("level", FeeText.level(tier))
    row.set(
      "feeGroup",
      json: [
        [
          "taker": .string(taker), "maker": .string(maker), "groupId": "1", "elpMaker": "",
        ]
      ])
    row.set("instType", "SPOT")
    row.set("ts", call.now.milliseconds)
    row.set("taker", taker)
    row.set("maker", maker)
    row.set("ruleType", "normal")
    row.set("category", "1")
    row.set("fiat", json: [])
    row.blank("delivery exercise takerU makerU takerUSDC makerUSDC settle")
    return Answer([row.json])
  }

  private static func bills(
    _ frontend: Frontend, _ call: Call, days: Int64
  ) async throws(Rejection) -> Answer {
    if call.parameters.text("instType") != nil, try !PublicEndpoints.isSpot(call.parameters) {
      return Answer([])
    }
    let asset = try call.catalog.asset(in: call.parameters)
    let reasons = reasons(
      type: call.parameters.text("type"), subType: call.parameters.text("subType"))
    if reasons?.isEmpty == true { return Answer([]) }
    let page = try TradeEndpoints.page(call, days: days)
    let isCredit: Bool?
    switch call.parameters.text("subType") {
    case "11": isCredit = true
    case "12": isCredit = false
    default: isCredit = nil
    }
    let records = try await frontend.history { views async throws(ViewsError) in
      try await views.bills(
        of: call.account, wallet: .trading, asset: asset, reasons: reasons, isCredit: isCredit,
        page: page)
    }
    let rows = BillRow(catalog: call.catalog)
    return Answer(records.map(rows.trading))
  }

  private static let moves: Set<Bill.Reason> = [
    .transferIn, .transferOut, .subaccountIn, .subaccountOut, .adjustment, .reward,
  ]

  private static func reasons(type: String?, subType: String?) -> [Bill.Reason]? {
    var reasons: Set<Bill.Reason>?
    switch type {
    case nil: break
    case "1": reasons = moves
    case "2": reasons = [.tradeBuy, .tradeSell, .fee, .rebate]
    default: reasons = []
    }
    let named: Set<Bill.Reason>
    switch subType {
    case nil: return reasons.map { $0.sorted { $0.rawValue < $1.rawValue } }
    case "1": named = [.tradeBuy, .fee, .rebate]
    case "2": named = [.tradeSell, .fee, .rebate]
    case "11", "12": named = moves
    default: named = []
    }
    return (reasons ?? named).intersection(named).sorted { $0.rawValue < $1.rawValue }
  }

  private static let maximumSize: Endpoint.Handler = { frontend, call throws(Rejection) in
    let market = try call.catalog.market(in: call.parameters)
    let (base, quote) = try await available(frontend, call, market)
    var price: Price?
    if let text = call.parameters.text("px") {
      price = try market.price(text, name: "px")
    } else {
      price = await frontend.hub.market(market.id)?.lastTrade?.price
    }
    var row = Row()
    row.set("instId", market.symbol)
    row.set("ccy", "")
    guard let price else {
      row.blank("maxBuy maxSell")
      return Answer([row.json])
    }
    let perUnit = Int128(price.ticks) * Int128(market.instrument.tickUnits)
    let one = WideDecimal.power(market.base.decimals)
    let lots = Int128(quote.units) * one / perUnit / Int128(market.instrument.lotUnits)
    row.set("maxBuy", market.baseText(lots))
    row.set("maxSell", market.quoteText(Int128(base.units) * perUnit / one))
    return Answer([row.json])
  }

  private static let maximumAvailable: Endpoint.Handler = { frontend, call throws(Rejection) in
    var rows: [JSON] = []
    for symbol in try call.parameters.required("instId").split(separator: ",") {
      guard let market = call.catalog.market(symbol: String(symbol)) else {
        throw Rejection(.instrumentUnknown, "Instrument ID \(symbol) doesn't exist.")
      }
      let (base, quote) = try await available(frontend, call, market)
      var row = Row()
      row.set("instId", market.symbol)
      row.set("availBuy", call.catalog.text(quote, of: market.instrument.quote))
      row.set("availSell", call.catalog.text(base, of: market.instrument.base))
      rows.append(row.json)
    }
    return Answer(rows)
  }

  private static let maximumWithdrawal: Endpoint.Handler = { frontend, call throws(Rejection) in
    let wanted = try call.catalog.assets(in: call.parameters)
    let balances = try await frontend.balances(of: call.account, in: .trading)
    return Answer(
      balances.filter { wanted?.contains($0.asset) ?? true }.map { balance in
        var row = Row()
        row.set("ccy", call.catalog.code(of: balance.asset))
        row.fill("maxWd maxWdEx", with: call.catalog.text(balance.available, of: balance.asset))
        row.blank("spotOffsetMaxWd spotOffsetMaxWdEx")
        return row.json
      })
  }

  private static func available(
    _ frontend: Frontend, _ call: Call, _ market: MarketSpec
  ) async throws(Rejection) -> (base: Amount, quote: Amount) {
    let account = call.account
    let instrument = market.instrument
    return try await frontend.read { exchange in
      (
        exchange.balance(of: account, asset: instrument.base, wallet: .trading).available,
        exchange.balance(of: account, asset: instrument.quote, wallet: .trading).available
      )
    }
  }
}

extension Frontend {
  /// The balances in one wallet that are not zero.
  func balances(
    of account: AccountID, in wallet: Wallet
  ) async throws(Rejection) -> [Balance] {
    try await read { $0.balances(of: account) }.filter { $0.wallet == wallet }
  }
}
