public import Money
public import Structures

extension Book {
  /// Lets `taker` meet the next order of the other side, and says what came of it. Call it until it
  /// says ``Meeting/ended`` or cancels the taker.
  ///
  /// A trade is at the maker's price; its quote is rounded down: the buyer pays and the seller gets
  /// the same number of units. Slots are not given back; the caller does that.
  ///
  /// - Precondition: The maker's notional does not exceed ``NotionalScale/ceiling``.
  @inlinable @inline(__always)
  public mutating func step(
    _ taker: inout Taker, scale: NotionalScale, in slots: inout OrderSlots
  ) -> Meeting {
    step(&taker, within: taker.limitRank, scale: scale, in: &slots)
  }

  /// The same for callers that have the taker's ``Taker/limitRank``, which its steps do not change.
  @inlinable @inline(__always)
  package mutating func step(
    _ taker: inout Taker, within worst: UInt64, scale: NotionalScale, in slots: inout OrderSlots
  ) -> Meeting {
    let side = taker.side.opposite
    guard taker.size > .zero, isReached(side, by: worst) else { return .ended }
    let level = ladder[side].bestLevel
    let entry = ladder.levels.place(of: level)
    let slot = entry.value.first
    let maker = slots.orders.place(of: slot)
    guard maker.value.owner != taker.owner else {
      if taker.selfTrade == .cancelTaker { return .takerCanceled }
      unlink(slot, lots: maker.value.size, side, in: &slots)
      return taker.selfTrade == .cancelMaker
        ? .makerCanceled(slot: slot) : .bothCanceled(slot: slot)
    }
    guard let price = Price(ticks: maker.value.price) else {
      preconditionFailure("a price is positive")
    }
    let size = maker.value.size
    var lots = min(taker.size.count, size)
    if let budget = taker.budget {
      lots = min(lots, scale.lots(for: budget, at: price).count)
      guard lots > 0 else { return .ended }
    }
    guard let quote = scale.notional(of: Lots(lots), at: price, rounding: .down) else {
      preconditionFailure("a resting order's notional was checked when it came")
    }
    // No more than the order, which is part of the level.
    entry.value.size &-= lots
    if !entry.value.isTouched {
      entry.value.isTouched = true
      ladder.touch(level)
    }
    maker.value.size = size &- lots
    if lots == size {
      // The first order of its level.
      let next = maker.value.next
      entry.value.first = next
      if next == RestingOrder.none {
        entry.value.last = next
      } else {
        slots.orders.place(of: next).value.previous = RestingOrder.none
      }
      maker.value.level = RestingOrder.none
      let left = entry.value.orders - 1
      entry.value.orders = left
      if left == 0 { ladder.vacate(level, side) }
    }
    taker.size = Lots(taker.size.count - lots)
    if let budget = taker.budget { taker.budget = budget - quote }
    return .traded(
      slot: slot, lots: Lots(lots), price: price, quote: quote, makerLeaves: lots == size)
  }

  /// Returns what ``step(_:scale:in:)`` would trade in all with at most `makers` orders of others,
  /// changing nothing.
  public func fillable(
    _ taker: Taker, scale: NotionalScale, in slots: borrowing OrderSlots, makers: Int = .max
  ) -> Fillable {
    var result = Fillable(size: .zero, quote: .zero, isBudgetSpent: false)
    var rest = taker
    var left = makers
    let worst = taker.limitRank
    walk(taker.side.opposite, in: slots) { slot in
      let maker = slots[slot]
      guard rest.size > .zero,
        Ladder.rank(UInt64(maker.price), taker.side.opposite) <= worst,
        let price = Price(ticks: maker.price)
      else { return false }
      guard maker.owner != taker.owner else { return taker.selfTrade == .cancelMaker }
      guard left > 0 else { return false }
      left -= 1
      var lots = min(rest.size, Lots(maker.size))
      if let budget = rest.budget {
        let affordable = scale.lots(for: budget, at: price)
        result.isBudgetSpent = affordable < lots
        lots = min(lots, affordable)
      }
      guard let quote = scale.notional(of: lots, at: price, rounding: .down) else {
        preconditionFailure("a resting order's notional was checked when it came")
      }
      result.size += lots
      result.quote += quote
      rest.size -= lots
      if let budget = rest.budget { rest.budget = budget - quote }
      return !result.isBudgetSpent
    }
    return result
  }

  /// Whether all of `taker`, which has no budget, would trade with at most `makers` orders of others.
  ///
  /// Answers from the levels' sums when they do not suffice, so that asking for the impossible
  /// costs no walk over orders.
  public func fillsWhole(
    _ taker: Taker, scale: NotionalScale, in slots: borrowing OrderSlots, makers: Int = .max
  ) -> Bool {
    let side = taker.side.opposite
    let worst = taker.limitRank
    var missing = taker.size.count
    var level = ladder[side].bestLevel
    while missing > 0, level != RestingOrder.none, ladder.rank(of: level) <= worst {
      missing -= min(missing, ladder.levels[level].size)
      level = ladder.next(after: level)
    }
    guard missing == 0 else { return false }
    return fillable(taker, scale: scale, in: slots, makers: makers).size == taker.size
  }
}
