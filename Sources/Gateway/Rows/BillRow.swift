import Engine
import JSON
import Money
import Structures
import Views

/// Bills in OKX form.
struct BillRow {
  let catalog: Catalog

  /// A bill of the trading account.
  func trading(_ record: BillRecord) -> JSON {
    let bill = record.bill
    let order = record.order?.order
    let market = order.flatMap { catalog.market($0.instrument) }
    var row = Row()
    row.set("instType", order == nil ? "" : "SPOT")
    row.set("billId", bill.id.raw)
    row.set("type", type(bill.reason))
    row.set("subType", subType(bill.reason, side: order?.side))
    row.set("ts", bill.at.milliseconds)
    row.set("balChg", catalog.text(bill.change, of: bill.asset))
    row.set("bal", catalog.text(bill.balance, of: bill.asset))
    row.fill("posBalChg posBal pnl interest", with: "0")
    row.set("sz", catalog.text(bill.change < .zero ? -bill.change : bill.change, of: bill.asset))
    row.set("px", order?.price.flatMap { price in market.map { $0.text(price) } } ?? "")
    row.set("ccy", catalog.code(of: bill.asset))
    row.set("fee", bill.reason == .fee ? catalog.text(bill.change, of: bill.asset) : "0")
    row.set("instId", market?.symbol ?? "")
    row.set("ordId", order.map { String($0.id.raw) } ?? "")
    row.set("clOrdId", order?.clientOrderID.description ?? "")
    row.set("tag", order?.tag.description ?? "")
    row.set("from", bill.reason == .transferIn ? "6" : bill.reason == .transferOut ? "18" : "")
    row.set("to", bill.reason == .transferIn ? "18" : bill.reason == .transferOut ? "6" : "")
    row.set("fillTime", order == nil ? "" : String(bill.at.milliseconds))
    row.blank(
      """
      earnAmt earnApr mgnMode execType notes tradeId fillIdxPx fillMarkPx fillPxVol fillPxUsd \
      fillMarkVol fillFwdPx
      """)
    return row.json
  }

  private func type(_ reason: Bill.Reason) -> String {
    switch reason {
    case .tradeBuy, .tradeSell, .fee, .rebate: "2"
    default: "1"
    }
  }

  private func subType(_ reason: Bill.Reason, side: Side?) -> String {
    switch reason {
    case .tradeBuy: "1"
    case .tradeSell: "2"
    case .fee, .rebate: side == .sell ? "2" : "1"
    case .transferIn, .deposit: "11"
    case .transferOut, .withdrawal, .withdrawalFee, .reversal: "12"
    }
  }

  /// A bill of the funding account.
  func funding(_ record: BillRecord) -> JSON {
    let bill = record.bill
    var row = Row()
    row.set("billId", bill.id.raw)
    row.set("ccy", catalog.code(of: bill.asset))
    row.set("clientId", "")
    row.set("balChg", catalog.text(bill.change, of: bill.asset))
    row.set("bal", catalog.text(bill.balance, of: bill.asset))
    row.set("type", Self.fundingType(bill.reason))
    row.set("notes", "")
    row.set("ts", bill.at.milliseconds)
    return row.json
  }

  /// OKX's number of a reason in the funding account.
  static func fundingType(_ reason: Bill.Reason) -> String {
    switch reason {
    case .deposit: "1"
    case .withdrawal, .withdrawalFee: "2"
    case .reversal: "13"
    case .transferIn: "130"
    case .transferOut: "131"
    case .tradeBuy, .tradeSell, .fee, .rebate: "2"
    }
  }
}
