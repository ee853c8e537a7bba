import Algos
import Engine
import JSON
import Money
import Structures
import Views

/// Orders and fills in OKX form.
enum OrderRow {
  /// The "Order object" of the REST interface.
  ///
  /// - Parameter attached: The algo orders attached to it.
  static func rest(
    _ record: OrderRecord, attached: [Algo] = [], market: MarketSpec, catalog: Catalog
  ) -> JSON {
    var row = Row()
    common(&row, record, attached: attached, market: market, catalog: catalog)
    row.blank("cancelSourceReason")
    return row.json
  }

  /// A push of the `orders` channel about `change`.
  static func push(
    _ record: OrderRecord, change: OrderChange, attached: [Algo] = [], market: MarketSpec,
    catalog: Catalog, lastPrice: Price?
  ) -> JSON {
    var row = Row()
    common(&row, record, attached: attached, market: market, catalog: catalog)
    var fill: Fill?
    if case .filled(let one) = change { fill = one }
    row.set("fillPnl", "0")
    row.set("fillFee", fill.map { charged($0.fee, of: $0.feeAsset, catalog) } ?? "0")
    row.set("fillFeeCcy", fill.map { catalog.code(of: $0.feeAsset) } ?? "")
    row.set("execType", fill.map { $0.isMaker ? "M" : "T" } ?? "")
    let notional = market.quoteText(Int128(record.order.filledQuote.units))
    row.set("fillNotionalUsd", notional)
    row.set("notionalUsd", notional)
    var requestID = ""
    var amended = ""
    if case .amended(let id) = change { (requestID, amended) = (id.description, "0") }
    row.set("reqId", requestID)
    row.set("amendResult", amended)
    row.set("amendSource", amended.isEmpty ? "" : "1")
    row.set("lastPx", lastPrice.map(market.text) ?? "")
    row.set("code", "0")
    row.blank("msg fillPxVol fillPxUsd fillMarkVol fillFwdPx fillMarkPx fillIdxPx")
    return row.json
  }

  /// The "Fill object".
  static func fill(_ record: FillRecord, market: MarketSpec, catalog: Catalog) -> JSON {
    let fill = record.fill
    var row = Row()
    row.set("instType", "SPOT")
    row.set("instId", market.symbol)
    row.set("tradeId", fill.trade.raw)
    row.set("ordId", record.order.raw)
    row.set("clOrdId", record.clientOrderID.description)
    row.set("billId", record.id.raw)
    row.set("subType", record.side == .buy ? "1" : "2")
    row.set("tag", record.tag.description)
    row.set("fillPx", market.text(fill.price))
    row.set("fillSz", market.text(fill.size))
    row.set("fillPnl", "0")
    row.blank("fillIdxPx fillPxVol fillPxUsd fillMarkVol fillFwdPx fillMarkPx posSide")
    row.set("side", record.side.text)
    row.set("execType", fill.isMaker ? "M" : "T")
    row.set("feeCcy", catalog.code(of: fill.feeAsset))
    row.set("fee", charged(fill.fee, of: fill.feeAsset, catalog))
    row.set(
      "feeRate", FeeText.signedRate(market.feePPM(of: fill, side: record.side)))
    row.set("ts", record.at.milliseconds)
    row.set("fillTime", record.at.milliseconds)
    row.set("tradeQuoteCcy", market.quote.code)
    return row.json
  }

  /// A fee with OKX's sign: negative is charged.
  static func charged(_ fee: Amount, of asset: AssetID, _ catalog: Catalog) -> String {
    catalog.text(-fee, of: asset)
  }

  private static func common(
    _ row: inout Row, _ record: OrderRecord, attached: [Algo], market: MarketSpec,
    catalog: Catalog
  ) {
    let order = record.order
    row.set("instType", "SPOT")
    row.set("instId", market.symbol)
    let size: String
    let unit: String
    switch order.size {
    case .base(let lots):
      size = market.text(lots)
      unit = order.type == .market ? "base_ccy" : ""
    case .quote(let amount):
      size = market.quoteText(Int128(amount.units))
      unit = "quote_ccy"
    }
    row.set("tgtCcy", unit)
    row.set("ordId", order.id.raw)
    row.set("clOrdId", order.clientOrderID.description)
    row.set("tag", order.tag.description)
    row.set("px", order.price.map(market.text) ?? "")
    row.set("sz", size)
    row.set("pnl", "0")
    row.set("ordType", order.type.text)
    row.set("side", order.side.text)
    row.set("tdMode", "cash")
    row.set("accFillSz", market.text(order.filled))
    let fill = record.lastFill
    row.set("fillPx", fill.map { market.text($0.price) } ?? "")
    row.set("tradeId", fill.map { String($0.trade.raw) } ?? "")
    row.set("fillSz", fill.map { market.text($0.size) } ?? "0")
    row.set("fillTime", fill.map { String($0.at.milliseconds) } ?? "")
    row.set("avgPx", market.averageText(quote: order.filledQuote, filled: order.filled))
    row.set("state", order.state.text)
    row.set("stpMode", order.selfTrade.text)
    row.set("feeCcy", catalog.code(of: order.feeAsset))
    row.set("fee", charged(order.fee, of: order.feeAsset, catalog))
    // A rebate is paid from the taker's fee, which is in what the maker gives.
    let given = order.side == .buy ? market.instrument.quote : market.instrument.base
    row.set("rebateCcy", catalog.code(of: given))
    row.set("rebate", catalog.text(order.rebate, of: given))
    row.set("category", "normal")
    row.set("reduceOnly", "false")
    row.set("isTpLimit", "false")
    row.set("cancelSource", order.cancelSource.map { String($0.rawValue) } ?? "")
    row.set("uTime", order.updatedAt.milliseconds)
    row.set("cTime", order.createdAt.milliseconds)
    row.set("tradeQuoteCcy", market.quote.code)
    let algos = AlgoRow(catalog: catalog)
    row.set(
      "attachAlgoOrds", json: .array(attached.map { algos.attached($0, market: market) }))
    row.set("linkedAlgoOrd", json: ["algoId": ""])
    row.blank(
      """
      ccy pxUsd pxVol pxType posSide stpId lever attachAlgoClOrdId tpTriggerPx tpTriggerPxType \
      tpOrdPx slTriggerPx slTriggerPxType slOrdPx source quickMgnType algoClOrdId algoId outcome
      """)
  }
}
