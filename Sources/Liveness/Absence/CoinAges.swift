/// How old the coins of a wallet are against the locks of its policy. Every coin has its own clock; one that lies
/// still opens to more and more people, so coins are moved before the last lock opens: the yearly refresh.
public struct CoinAges: Equatable, Sendable {
  /// A coin that a block has.
  public struct Coin: Equatable, Sendable {
    public var satoshi: Int64
    /// Blocks, the one that it was mined in counted.
    public var age: UInt32

    public init(satoshi: Int64, age: UInt32) {
      self.satoshi = satoshi
      self.age = age
    }
  }

  /// The coins whose newest open tier is this one.
  public struct Tier: Equatable, Sendable {
    /// Blocks after which it opens.
    public let delay: UInt32
    public internal(set) var coins = 0
    public internal(set) var satoshi: Int64 = 0
    /// Age of the oldest, in blocks; 0 where there is none.
    public internal(set) var oldest: UInt32 = 0
    /// Blocks until the first of them comes to the next tier; `nil` in the last tier and where there is none.
    public internal(set) var next: UInt32?
  }

  /// What somebody has to move.
  public struct Warning: Equatable, Sendable {
    public let coins: Int
    public let satoshi: Int64
    /// Blocks until the last tier opens for the first of them; 0 where it is open.
    public let blocks: UInt32
  }

  public private(set) var tiers: [Tier]
  /// Coins for which the last tier is open, or opens within the margin.
  public private(set) var warning: Warning?
  /// Blocks before the last tier at which a coin is to be moved.
  public let margin: UInt32

  /// Sorts coins by what is open for them.
  ///
  /// - Parameters:
  ///   - delays: 0 and the locks of the policy, rising, in blocks.
  ///   - margin: Blocks; without it a seventh of the last lock: four days of four weeks, sixty of 425 days.
  public init(_ coins: [Coin], delays: [UInt32], margin: UInt32? = nil) {
    let last = delays.last ?? 0
    self.margin = margin ?? last / 7
    tiers = delays.map { Tier(delay: $0) }
    for coin in coins {
      let index = delays.lastIndex { $0 <= coin.age } ?? 0
      tiers[index].coins += 1
      tiers[index].satoshi += coin.satoshi
      tiers[index].oldest = max(tiers[index].oldest, coin.age)
    }
    for (index, following) in delays.enumerated().dropFirst() where tiers[index - 1].coins > 0 {
      tiers[index - 1].next = following - tiers[index - 1].oldest
    }
    // A policy without a lock has no last tier that neglect could open.
    guard last > 0 else { return }
    let late = coins.filter { $0.age >= last - min(last, self.margin) }
    guard let oldest = late.map(\.age).max() else { return }
    warning = Warning(
      coins: late.count, satoshi: late.reduce(0) { $0 + $1.satoshi },
      blocks: oldest >= last ? 0 : last - oldest)
  }
}
