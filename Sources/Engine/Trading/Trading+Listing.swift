import Matching
import Structures

// What trading learns of the configuration and of new customers.

extension Trading {
  /// Lists a market, or takes a listed one's new rules.
  mutating func list(_ instrument: Instrument, as market: UInt32, scale: NotionalScale) {
    let rules = MarketRules(instrument, scale: scale, capacity: capacity)
    if market < markets.count {
      markets[market].rules.replace(with: rules)
    } else {
      markets.append(Market(rules: rules, book: Book()))
    }
    for tier in 0..<FeeRates.tiers {
      fees[market * FeeRates.tiers + tier] = FeeRates(instrument.fees(ofTier: Int(tier)))
    }
  }

  /// Makes the row of the next account.
  mutating func openAccount() {
    accounts[accountCount] = AccountRow(master: accountCount)
    accountCount += 1
  }
}

extension MarketRules {
  /// Takes new rules and keeps what the market has come to.
  fileprivate mutating func replace(with rules: MarketRules) {
    let old = self
    self = rules
    lastPrice = old.lastPrice
    state = old.state
    (algoAbove, algoBelow) = (old.algoAbove, old.algoBelow)
    setLimits()
  }
}
