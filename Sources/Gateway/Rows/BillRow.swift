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
    row.set("subType", subType(bill, side: order?.side))
    row.set("ts", bill.at.milliseconds)
    row.set("balChg", catalog.text(bill.change, of: bill.asset))
    row.set("bal", catalog.text(bill.balance, of: bill.asset))
    row.fill("posBalChg posBal pnl interest", with: "0")
    row.set("sz", catalog.text(bill.change < .zero ? -bill.change : bill.change, of: bill.asset))
    row.set("px", order?.price.flatMap { price in market.map { $0.text(price) } } ?? "")
    row.set("ccy", catalog.code(of: bill.asset))
    let isFee = bill.reason == .fee || bill.reason == .rebate
    row.set("fee", isFee ? catalog.text(bill.change, of: bill.asset) : "0")
    row.set("instId", market?.symbol ?? "")
    row.set("ordId", order.map { String($0.id.raw) } ?? "")
    row.set("clOrdId", order?.clientOrderID.description ?? "")
    row.set("tag", order?.tag.description ?? "")
    row.set("notes", Self.notes(record))
    row.set("from", bill.reason == .transferIn ? "6" : bill.reason == .transferOut ? "18" : "")
    row.set("to", bill.reason == .transferIn ? "18" : bill.reason == .transferOut ? "6" : "")
    row.set("fillTime", order == nil ? "" : String(bill.at.milliseconds))
    row.blank(
      """
      earnAmt earnApr mgnMode execType tradeId fillIdxPx fillMarkPx fillPxVol fillPxUsd \
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

  private func subType(_ bill: Bill, side: Side?) -> String {
    switch bill.reason {
    case .tradeBuy: "1"
    case .tradeSell: "2"
    case .fee, .rebate: side == .sell ? "2" : "1"
    case .transferIn, .deposit, .transferOut, .withdrawal, .withdrawalFee, .reversal,
      .subaccountIn, .subaccountOut, .adjustment, .reward:
      bill.change < .zero ? "12" : "11"
    }
  }

  /// What OKX has no number for, in words.
  private static func notes(_ record: BillRecord) -> String {
    switch record.bill.reason {
    case .adjustment, .reward: record.note ?? ""
    case .subaccountIn, .subaccountOut: "sub-account"
    default: ""
    }
  }

  /// A bill of the funding account.
  ///
  /// - Parameter isMaster: Whether the account has no master: transfers between the two are
  ///   numbered from either's side.
  func funding(_ record: BillRecord, isMaster: Bool) -> JSON {
    let bill = record.bill
    var row = Row()
    row.set("billId", bill.id.raw)
    row.set("ccy", catalog.code(of: bill.asset))
    row.set("clientId", "")
    row.set("balChg", catalog.text(bill.change, of: bill.asset))
    row.set("bal", catalog.text(bill.balance, of: bill.asset))
    row.set("type", Self.fundingType(bill.reason, isMaster: isMaster))
    row.set("notes", Self.notes(record))
    row.set("ts", bill.at.milliseconds)
    return row.json
  }

  /// OKX's number of a reason in the funding account.
  static func fundingType(_ reason: Bill.Reason, isMaster: Bool) -> String {
    switch reason {
    case .subaccountOut: isMaster ? "20" : "22"
    case .subaccountIn: isMaster ? "21" : "23"
    case .adjustment: "47"
    case .reward: "48"
    case .deposit: "1"
    case .withdrawal, .withdrawalFee: "2"
    case .reversal: "13"
    case .transferIn: "130"
    case .transferOut: "131"
    case .tradeBuy, .tradeSell, .fee, .rebate: "2"
    }
  }
}
