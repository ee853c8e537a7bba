import Engine
import JSON
import MarketData
import Money

/// What coins are worth in US dollars, as far as the markets here say. Dollar coins count as dollars.
struct Valuation: Sendable {
  private static let dollars: Set<String> = ["USD", "USDT", "USDC"]

  let catalog: Catalog
  /// The last price in each market that has one.
  let lastPrices: [InstrumentID: Price]

  /// Returns `amount` in millionths of a dollar, rounded down, or `nil` when no market prices it.
  func dollarMicros(_ amount: Amount, of asset: AssetID) -> Int128? {
    guard let held = catalog.asset(asset) else { return nil }
    if Self.dollars.contains(held.code) {
      return Int128(amount.units) * 1_000_000 / WideDecimal.power(held.decimals)
    }
    for market in catalog.markets
    where market.instrument.base == asset && Self.dollars.contains(market.quote.code) {
      guard let price = lastPrices[market.id] else { continue }
      let perUnit = Int128(price.ticks) * Int128(market.instrument.tickUnits)
      let (product, overflow) = Int128(amount.units).multipliedReportingOverflow(by: perUnit)
      if overflow { return nil }
      let quote = product / WideDecimal.power(held.decimals)
      return quote * 1_000_000 / WideDecimal.power(market.quote.decimals)
    }
    return nil
  }

  /// The same as text, blank when there is no price.
  func text(_ amount: Amount, of asset: AssetID) -> String {
    dollarMicros(amount, of: asset).map { WideDecimal.text($0, decimals: 6) } ?? ""
  }
}

/// The trading account in OKX form.
enum BalanceRow {
  /// The "Balance object" with one detail row for each of `shown`.
  ///
  /// - Parameters:
  ///   - all: Every balance of the trading wallet: their sum is `totalEq`.
  ///   - shown: The ones to list.
  static func account(
    all: [Balance], shown: [Balance], valuation: Valuation, now: Timestamp
  ) -> JSON {
    var total: Int128 = 0
    for balance in all {
      total += valuation.dollarMicros(balance.total, of: balance.asset) ?? 0
    }
    var row = Row()
    row.set("uTime", now.milliseconds)
    row.set("totalEq", WideDecimal.text(total, decimals: 6))
    row.set("isoEq", "0")
    row.set("details", json: .array(shown.map { detail($0, valuation: valuation, now: now) }))
    row.blank(
      """
      adjEq availEq ordFroz imr mmr borrowFroz mgnRatio notionalUsd notionalUsdForBorrow \
      notionalUsdForSwap notionalUsdForFutures notionalUsdForOption upl delta deltaLever \
      deltaNeutralStatus
      """)
    return row.json
  }

  private static func detail(_ balance: Balance, valuation: Valuation, now: Timestamp) -> JSON {
    let catalog = valuation.catalog
    let total = catalog.text(balance.total, of: balance.asset)
    let available = catalog.text(balance.available, of: balance.asset)
    let held = catalog.text(balance.held, of: balance.asset)
    let dollars = valuation.text(balance.total, of: balance.asset)
    var row = Row()
    row.set("ccy", catalog.code(of: balance.asset))
    row.fill("eq cashBal spotBal", with: total)
    row.set("uTime", now.milliseconds)
    row.fill("availEq availBal", with: available)
    row.fill("frozenBal ordFrozen", with: held)
    row.fill("eqUsd disEq", with: dollars)
    row.fill("isoEq fixedBal stgyEq isoUpl rewardBal twap colRes", with: "0")
    row.set("collateralEnabled", json: false)
    row.set("collateralRestrict", json: false)
    row.set("autoLendStatus", "off")
    row.blank(
      """
      liab upl uplLiab crossLiab isoLiab mgnRatio imr mmr interest frpType maxLoan borrowFroz \
      notionalLever spotInUseAmt clSpotInUseAmt maxSpotInUse maxSpotInUseAmt spotIsoBal smtSyncEq \
      spotCopyTradingEq openAvgPx accAvgPx spotUpl spotUplRatio totalPnl totalPnlRatio \
      colBorrAutoConversion autoLendMtAmt coinUsdPrice
      """)
    return row.json
  }
}
