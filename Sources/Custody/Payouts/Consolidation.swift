public import Engine
import Money

/// Which coins to gather into one while fees are low.
public struct Consolidation: Equatable, Sendable {
  /// Places in the caller's list, in its order.
  public var positions: [Int]
  /// Network fee in satoshi.
  public var fee: Int64
  /// What comes back, in satoshi.
  public var output: Int64

  /// When to gather coins, and how many.
  public struct Policy: Equatable, Sendable {
    /// Only below this rate.
    public var below: FeeRate
    /// Coins that the wallet may hold without anything being done.
    public var coinCount: Int
    /// Coins of at least so much are left as they are, in satoshi.
    public var largest: Int64
    /// Coins in one transaction.
    public var inputLimit: Int
    /// Weight of one transaction.
    public var weight: Int64
    /// Bytes of previous transactions that the signers take.
    public var evidence: Int

    public init(
      below: FeeRate, coinCount: Int, largest: Int64, inputLimit: Int = 50,
      weight: Int64 = MempoolLimits.transactionWeight, evidence: Int = .max
    ) {
      self.below = below
      self.coinCount = coinCount
      self.largest = largest
      self.inputLimit = inputLimit
      self.weight = weight
      self.evidence = evidence
    }
  }

  /// Returns the smallest coins that are worth gathering, or `nil` when none are or fees are high.
  ///
  /// - Parameters:
  ///   - pool: The coins at `rate`; what it leaves alone stays alone.
  ///   - size: Of a transaction with one output of the wallet's own.
  ///   - budget: The most to spend on it, in satoshi.
  public static func plan(
    _ pool: CoinPool, coins: [OwnedOutput], rate: FeeRate, size: PayoutSize, dust: Int64,
    budget: Int64, policy: Policy
  ) -> Consolidation? {
    guard rate < policy.below, pool.confirmed.count > policy.coinCount else { return nil }
    let small = pool.confirmed.filter { coins[$0.position].amount.units < policy.largest }
      .sorted { CoinCandidate.precedes($1, $0) }
    let limit = CoinLoad(
      weight: policy.weight - 4 * (size.base + size.changeOutput),
      evidence: Int64(policy.evidence), count: Int64(policy.inputLimit))
    var chosen: [CoinCandidate] = []
    var load = CoinLoad.none
    for coin in small {
      var next = load
      next += coin.load
      guard next.fits(limit) else { continue }
      let vbytes = size.base + size.changeOutput + size.input * next.count
      guard rate.fee(forVBytes: vbytes) <= budget else { break }
      load = next
      chosen.append(coin)
    }
    guard chosen.count >= 2 else { return nil }
    let vbytes = size.base + size.changeOutput + size.input * load.count
    let fee = rate.fee(forVBytes: vbytes)
    let sum = chosen.reduce(0) { $0 + coins[$1.position].amount.units }
    guard sum - fee >= dust else { return nil }
    return Consolidation(positions: chosen.map(\.position).sorted(), fee: fee, output: sum - fee)
  }
}
