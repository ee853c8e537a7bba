import Ledger
import Matching
import Money
import Structures

extension Trading {
  /// Whether books, orders, lists and balances agree. `held` says what else is set aside, by ledger
  /// slot. Recounts everything.
  func isConsistent(besides held: [UInt32: Int64]) -> Bool {
    guard ledger.recountAgrees() else { return false }
    var aside = [Int128](repeating: 0, count: Int(ledger.slotCount))
    for (slot, units) in held {
      guard slot < ledger.slotCount else { return false }
      aside[Int(slot)] += Int128(units)
    }
    var resting: UInt32 = 0
    for market in 0..<markets.count {
      for side in [Side.buy, .sell] {
        var agrees = true
        markets[market].book.walk(side.inBook, in: orders) { slot in
          agrees = isConsistent(slot, market, side)
          guard agrees else { return false }
          aside[Int(records[slot].spends)] += Int128(records[slot].held)
          resting += 1
          return true
        }
        guard agrees else { return false }
      }
    }
    return resting == orders.count && byID.count == resting
      && (0..<ledger.slotCount).allSatisfy { Int128(ledger[$0].held.units) == aside[Int($0)] }
      && listsAgree(resting)
  }

  /// Whether a resting order is what its book and its balances say.
  private func isConsistent(_ slot: UInt32, _ market: UInt32, _ side: Side) -> Bool {
    let (record, resting) = (record(at: slot), orders[slot])
    let (flags, rules) = (record.flags, markets[market].rules)
    guard record.account < accountCount, flags.mayRest, flags.isOpen, flags.hasPrice,
      !flags.isByBudget, flags.cancelSource == nil, record.market == market, flags.side == side,
      resting.owner == accounts[record.account].master, openSlot(record.id) == slot,
      (flags.state == .live) == (record.filled == 0), record.filled <= record.size,
      record.remaining == resting.size,
      let price = Price(ticks: resting.price),
      let notional = rules.scale.notional(of: Lots(record.remaining), at: price, rounding: .up),
      isSlot(record.spends, of: record.account, rules.spent(by: side)),
      isSlot(record.receives, of: record.account, rules.received(by: side))
    else { return false }
    // The market's maximum may be lower by now than it was for the order.
    let (based, isWide) = record.remaining.multipliedReportingOverflow(by: rules.lotUnits)
    return !isWide && record.held == (side == .buy ? notional.units : based)
      && (record.clientOrderID.isEmpty
        || openSlot(record.clientOrderID, of: record.account) == slot)
  }

  private func isSlot(_ slot: UInt32, of account: UInt32, _ asset: Int) -> Bool {
    slot < ledger.slotCount && ledger[slot].customer == account && ledger[slot].asset == asset
      && ledger[slot].wallet == .trading
  }

  /// Whether the accounts' lists hold each open order once, the newest first.
  private func listsAgree(_ resting: UInt32) -> Bool {
    var listed: UInt32 = 0
    for account in 0..<accountCount {
      var count: UInt32 = 0
      var previous: UInt32 = 0
      var byMarket: [UInt32: UInt32] = [:]
      var link = accounts[account].lastOpen
      while link != 0 {
        guard link <= orders.fresh, count < resting else { return false }
        let record = records[link - 1]
        guard record.account == account, links[link - 1].previous == previous,
          openSlot(record.id) == link - 1, previous == 0 || records[previous - 1].id > record.id
        else { return false }
        count += 1
        byMarket[record.market, default: 0] += 1
        previous = link
        link = links[link - 1].next
      }
      guard count == accounts[account].openCount,
        !accounts[account].isCounted
          || byMarket.allSatisfy({ marketCounts.count(of: account, on: $0.key) == $0.value })
      else { return false }
      listed += count
    }
    return listed == resting
  }
}
