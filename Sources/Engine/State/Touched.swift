import Matching
import Money

/// What one command has touched, each once and in the order of the first touch, so that balances
/// and levels are reported once, as they are at its end.
struct Touched: Sendable {
  struct BalanceKey: Hashable, Sendable {
    var account: AccountID
    var asset: AssetID
    var wallet: Wallet
  }

  struct LevelKey: Hashable, Sendable {
    var instrument: InstrumentID
    var side: Side
    var price: Price
  }

  private(set) var balances: [BalanceKey] = []
  private var knownBalances: Set<BalanceKey> = []
  private(set) var levels: [LevelKey] = []
  private var knownLevels: Set<LevelKey> = []

  init() {}

  var isEmpty: Bool { balances.isEmpty && levels.isEmpty }

  mutating func balance(_ key: BalanceKey) {
    if knownBalances.insert(key).inserted { balances.append(key) }
  }

  mutating func level(_ key: LevelKey) {
    if knownLevels.insert(key).inserted { levels.append(key) }
  }

  mutating func removeAll() {
    balances.removeAll(keepingCapacity: true)
    knownBalances.removeAll(keepingCapacity: true)
    levels.removeAll(keepingCapacity: true)
    knownLevels.removeAll(keepingCapacity: true)
  }
}
