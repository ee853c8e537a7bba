import Algos
import Ledger
import Matching
import Money
import Structures

extension Exchange {
  /// Whether every part of the state agrees with every other. It recounts everything, so it is for
  /// reading snapshots and for tests; what can be checked cheaply is checked after each command.
  public var isConsistent: Bool {
    guard let held = heldForWithdrawals else { return false }
    return box.trading.ledger.assetCount == configuration?.assets.count ?? 0
      && Int(box.trading.accountCount) == customers.count
      && box.trading.isConsistent(besides: held) && idsAreKnown && accountsAgree && algosAgree
  }

  /// What open withdrawals hold, by ledger slot; `nil` when one has no balance.
  private var heldForWithdrawals: [UInt32: Int64]? {
    var held: [UInt32: Int64] = [:]
    for id in withdrawals.open.elements {
      guard let open = withdrawals[id],
        let account = open.account.index(in: customers.count),
        let asset = open.asset.index(in: box.trading.ledger.assetCount),
        let slot = box.trading.ledger.slot(of: UInt32(account), asset: asset, in: .funding)
      else { return nil }
      let (needed, overflow) = open.amount.units.addingReportingOverflow(open.fee.units)
      let (sum, wraps) = held[slot, default: 0].addingReportingOverflow(needed)
      guard !overflow, !wraps else { return nil }
      held[slot] = sum
    }
    return held
  }

  /// Whether each sub-account is one of an account that was there before and is none.
  private var accountsAgree: Bool {
    (0..<box.trading.accountCount).allSatisfy { index in
      let master = box.trading.accounts[index].master
      return master <= index && box.trading.accounts[master].master == master
    }
  }

  /// Whether every algo order belongs to a customer and a market, and every order that one waits for
  /// is open and watched; and no market is crossed outside an auction.
  private var algosAgree: Bool {
    algos.capacity == Int(configuration?.capacity.algos ?? 0)
      && algos.open.allSatisfy { algo in
        account(algo.account) != nil && instrument(algo.instrument) != nil
          && (!algo.childIsOpen || isWatched(algo.child, by: algo))
          && (algo.state != .attached || isWatched(algo.parent, by: algo))
      }
  }

  private func isWatched(_ order: UInt64, by algo: Algo) -> Bool {
    box.trading.openSlot(order).map { slot in
      let record = box.trading.records[slot]
      return record.flags.isWatched && UInt64(record.account) + 1 == algo.owner
        && UInt64(record.market) + 1 == algo.market
    } ?? false
  }

  private var idsAreKnown: Bool {
    deposits.onChain.allSatisfy { asset($0.asset) != nil && account($0.account) != nil }
      && deposits.waitingReceipts.allSatisfy { asset($0.asset) != nil }
      && deposits.creditedTotals.count <= configuration?.assets.count ?? 0
      && withdrawals.all.allSatisfy { asset($0.asset) != nil && account($0.account) != nil }
      && chain.addresses.allSatisfy { asset($0.asset) != nil && account($0.account) != nil }
      && withdrawals.payouts.allSatisfy { payout in
        asset(payout.asset) != nil
          && payout.withdrawals.allSatisfy { withdrawals[$0]?.asset == payout.asset }
      }
      && suspensions.allSatisfy { asset($0.asset) != nil }
      && changesAreKnown
  }

  private var changesAreKnown: Bool {
    let parts = changes.parts
    return parts.contacts.allSatisfy { account($0.0) != nil && (3...254).contains($0.1.utf8.count) }
      && parts.changes.allSatisfy { account($0.account) != nil }
      && parts.holds.allSatisfy { account($0.account) != nil }
  }
}

extension OrderState {
  /// Whether the order may still trade.
  public var isOpen: Bool {
    switch self {
    case .live, .partiallyFilled: true
    case .filled, .canceled: false
    }
  }
}
