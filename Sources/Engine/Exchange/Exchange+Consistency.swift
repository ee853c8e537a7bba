import Ledger
import Matching
import Money
import Structures

extension Exchange {
  /// Whether every part of the state agrees with every other. It recounts everything, so it is for
  /// reading snapshots and for tests; what can be checked cheaply is checked after each command.
  public var isConsistent: Bool {
    ledger.assetCount == configuration?.assets.count ?? 0 && ledger.recountAgrees()
      && openOrdersAgreeWithBooks && heldMoneyAgrees && idsAreKnown
  }

  private var openOrdersAgreeWithBooks: Bool {
    var resting = 0
    for (index, market) in markets.enumerated() {
      resting += market.book.count
      for side in [Side.buy, .sell] {
        var agrees = true
        market.book.walk(side.inBook) { entry in
          guard let order = orders[OrderID(entry.id)], case .base(let size) = order.size else {
            agrees = false
            return false
          }
          agrees =
            order.account.raw == entry.owner && order.price == entry.price && order.side == side
            && order.instrument == InstrumentID(UInt64(index) + 1) && order.state.isOpen
            && order.filled >= .zero && order.filled <= size && size - order.filled == entry.size
          return agrees
        }
        guard agrees else { return false }
      }
    }
    return resting == orders.open.reduce(0) { $0 + $1.elements.count }
  }

  /// Money held in trading wallets is exactly what open orders hold, and in funding wallets what
  /// open withdrawals do.
  private var heldMoneyAgrees: Bool {
    var expected: [Touched.BalanceKey: Int128] = [:]
    for id in orders.open.flatMap(\.elements) {
      guard let order = orders[id], let instrument = instrument(order.instrument) else {
        return false
      }
      let asset = order.side == .buy ? instrument.quote : instrument.base
      expected[.init(account: order.account, asset: asset, wallet: .trading), default: 0] +=
        Int128(order.held.units)
    }
    for id in withdrawals.open.elements {
      guard let open = withdrawals[id] else { return false }
      expected[.init(account: open.account, asset: open.asset, wallet: .funding), default: 0] +=
        Int128(open.amount.units) + Int128(open.fee.units)
    }
    for record in customers.records {
      for asset in 0..<ledger.assetCount {
        for wallet in Wallet.allCases {
          let key = Touched.BalanceKey(
            account: record.account.id, asset: AssetID(UInt64(asset) + 1), wallet: wallet)
          let held = balance(of: key.account, asset: key.asset, wallet: wallet).held
          guard expected.removeValue(forKey: key) ?? 0 == Int128(held.units) else { return false }
        }
      }
    }
    return expected.isEmpty
  }

  private var idsAreKnown: Bool {
    deposits.all.allSatisfy { asset($0.asset) != nil && account($0.account) != nil }
      && withdrawals.all.allSatisfy { asset($0.asset) != nil && account($0.account) != nil }
      && chain.addresses.allSatisfy { asset($0.asset) != nil && account($0.account) != nil }
      && withdrawals.payouts.allSatisfy { payout in
        asset(payout.asset) != nil
          && payout.withdrawals.allSatisfy { withdrawals[$0]?.asset == payout.asset }
      }
      && suspensions.allSatisfy { asset($0.asset) != nil }
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
