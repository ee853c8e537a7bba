import Ledger
import Matching
import Money
import Structures

// Trades: the book says who meets whom, the ledger moves the money.

extension Exchange {
  /// Lets `order` trade with the book and returns what has become of it.
  mutating func match(
    _ order: Order, _ taker: Taker, budgetEndsIt: Bool, _ emit: (Event) -> Void
  ) -> Order {
    let index = Int(order.instrument.raw) - 1
    let meetings = markets[index].book.match(taker, scale: markets[index].scale)
    var order = order
    let lastTrade = meetings.lastIndex { if case .traded = $0 { true } else { false } }
    for (number, meeting) in meetings.enumerated() {
      switch meeting {
      case .selfTrade(let maker):
        if let own = orders[OrderID(maker.id)] { close(own, because: .selfTrade, emit) }
      case .traded(let resting, let size, let quote):
        guard let maker = orders[OrderID(resting.id)] else {
          preconditionFailure("every order in a book is open")
        }
        settle(
          size, for: quote, at: resting.price, maker: maker, taker: &order,
          takerEnds: budgetEndsIt && number == lastTrade, emit)
      }
    }
    return order
  }

  private mutating func settle(
    _ size: Lots, for quote: Amount, at price: Price, maker: Order, taker: inout Order,
    takerEnds: Bool, _ emit: (Event) -> Void
  ) {
    guard let instrument = instrument(taker.instrument) else { return }
    let base = Amount(units: size.count * instrument.lotUnits)
    var maker = maker
    let makerFee = (maker.side == .buy ? base : quote).share(instrument.makerFeePPM)
    let takerFee = (taker.side == .buy ? base : quote).share(instrument.takerFeePPM)
    let trade = Trade(
      id: nextTrade, instrument: taker.instrument, price: price, size: size, quote: quote,
      takerSide: taker.side, maker: maker.id, taker: taker.id, makerAccount: maker.account,
      takerAccount: taker.account, makerFee: makerFee, takerFee: takerFee, at: time)
    nextTrade = trade.id.next

    fill(&maker, with: trade, fee: makerFee, ends: false, instrument)
    fill(&taker, with: trade, fee: takerFee, ends: takerEnds, instrument)
    touchLevel(maker)
    emit(.trade(trade))
    for (order, fee) in [(maker, makerFee), (taker, takerFee)] {
      let isMaker = order.id == maker.id
      emit(
        .order(
          order,
          .filled(
            Fill(
              trade: trade.id, price: price, size: size, quote: quote, fee: fee,
              feeAsset: order.feeAsset, isMaker: isMaker))))
    }
    pay(maker: maker, taker: taker, trade, base: base, instrument, emit)
    for order in [maker, taker] {
      if order.state.isOpen { orders.update(order) } else { orders.close(order) }
    }
  }

  /// Counts a trade on one of its orders, and frees what the order no longer needs.
  private mutating func fill(
    _ order: inout Order, with trade: Trade, fee: Amount, ends: Bool, _ instrument: Instrument
  ) {
    order.filled += trade.size
    order.filledQuote += trade.quote
    order.fee += fee
    order.updatedAt = time
    order.held -=
      order.side == .buy
      ? trade.quote : Amount(units: trade.size.count * instrument.lotUnits)
    let isFilled = ends || order.remaining == .zero
    order.state = isFilled ? .filled : .partiallyFilled
    if isFilled {
      releaseHeld(of: &order, downTo: .zero)
    } else if order.side == .buy, let price = order.price, let rest = order.remaining,
      let needed = markets[Int(order.instrument.raw) - 1].scale
        .notional(of: rest, at: price, rounding: .up)
    {
      releaseHeld(of: &order, downTo: needed)
    }
  }

  /// Moves both sides of a trade and both fees, and writes the bills.
  private mutating func pay(
    maker: Order, taker: Order, _ trade: Trade, base: Amount, _ instrument: Instrument,
    _ emit: (Event) -> Void
  ) {
    let (buyer, seller) = maker.side == .buy ? (maker, taker) : (taker, maker)
    post(
      trade.quote, of: instrument.quote, from: customer(buyer.account, .tradingHeld),
      to: customer(seller.account, .tradingAvailable))
    post(
      base, of: instrument.base, from: customer(seller.account, .tradingHeld),
      to: customer(buyer.account, .tradingAvailable))
    for (order, change, asset, reason) in [
      (buyer, -trade.quote, instrument.quote, Bill.Reason.tradeBuy),
      (buyer, base, instrument.base, .tradeBuy),
      (seller, -base, instrument.base, .tradeSell),
      (seller, trade.quote, instrument.quote, .tradeSell),
    ] {
      bill(
        change, of: asset, account: order.account, wallet: .trading, reason: reason,
        reference: order.id.raw, emit)
    }
    for order in [maker, taker] {
      let fee = order.id == maker.id ? trade.makerFee : trade.takerFee
      post(
        fee, of: order.feeAsset, from: customer(order.account, .tradingAvailable),
        to: .house(.tradingFees))
      bill(
        -fee, of: order.feeAsset, account: order.account, wallet: .trading, reason: .fee,
        reference: order.id.raw, emit)
    }
  }
}

extension Amount {
  /// Returns `millionths` of the amount, rounded up: what a customer owes.
  fileprivate func share(_ millionths: Int64) -> Amount {
    do {
      return Amount(
        units: try multiply(units, by: millionths, dividingBy: 1_000_000, rounding: .up))
    } catch {
      preconditionFailure("a fee is at most a tenth of what is received")
    }
  }
}
