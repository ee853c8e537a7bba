import Engine
import Money
import Structures

/// What must hold of the events that customers were told, whatever the model thinks of them: fills
/// sum up to orders, bills to balances, numbers are used once, and a closed order stays closed.
struct EventAudit: Sendable {
  private struct Sums {
    var filled: Int64 = 0
    var quote: Int64 = 0
    var isOpen = true
  }

  private var orders: [OrderID: Sums] = [:]
  private var totals: [ModelExchange.Purse: Int64] = [:]
  private var lastTrade: UInt64 = 0
  private var lastBill: UInt64 = 0

  mutating func check(_ events: [Event]) throws(Violation) {
    var sides: [TradeID: Int64] = [:]
    for event in events {
      switch event {
      case .order(let order, let change): try check(order, change, &sides)
      case .trade(let trade):
        try require(trade.id.raw == lastTrade + 1, "trade \(trade.id) follows \(lastTrade)")
        try require(trade.size > .zero, "trade \(trade.id) is of nothing")
        lastTrade = trade.id.raw
        sides[trade.id] = 0
      case .bill(let bill):
        try require(bill.id.raw == lastBill + 1, "bill \(bill.id) follows \(lastBill)")
        lastBill = bill.id.raw
        let purse = ModelExchange.Purse(
          account: bill.account, asset: bill.asset, wallet: bill.wallet)
        totals[purse, default: 0] += bill.change.units
      case .balance(let account, let balance):
        try require(
          balance.available >= .zero && balance.held >= .zero, "a balance is negative: \(balance)")
        let purse = ModelExchange.Purse(
          account: account, asset: balance.asset, wallet: balance.wallet)
        try require(
          totals[purse, default: 0] == balance.total.units,
          "the bills of \(purse) come to \(totals[purse, default: 0]), not \(balance.total.units)")
      case .level(let level):
        try require(level.size >= .zero, "a level is negative: \(level)")
        try require(
          (level.size == .zero) == (level.orders == 0), "lots without orders or the other way")
      default: break
      }
    }
    for (trade, size) in sides {
      try require(size == 0, "trade \(trade) has not one buyer and one seller")
    }
  }

  private mutating func check(
    _ order: Order, _ change: OrderChange, _ sides: inout [TradeID: Int64]
  ) throws(Violation) {
    switch change {
    case .placed:
      try require(orders[order.id] == nil, "order \(order.id) is placed twice")
      orders[order.id] = Sums()
    case .filled(let fill):
      orders[order.id]?.filled += fill.size.count
      orders[order.id]?.quote += fill.quote.units
      sides[fill.trade, default: 0] += order.side == .buy ? fill.size.count : -fill.size.count
    case .amended, .canceled: break
    }
    guard let sums = orders[order.id] else {
      throw Violation("order \(order.id) was never placed")
    }
    try require(sums.isOpen, "order \(order.id) was closed before")
    try require(
      order.filled.count == sums.filled && order.filledQuote.units == sums.quote,
      "the fills of order \(order.id) come to \(sums.filled), not \(order.filled.count)")
    if case .base(let size) = order.size {
      try require(order.filled <= size, "order \(order.id) is filled beyond its size")
    }
    try require(
      order.held >= .zero && (order.state.isOpen || order.held == .zero),
      "order \(order.id) holds \(order.held.units) although \(order.state)")
    orders[order.id]?.isOpen = order.state.isOpen
  }
}
