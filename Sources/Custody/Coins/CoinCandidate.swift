/// What inputs use up: a transaction may have so much of each.
public struct CoinLoad: Equatable, Sendable, BitwiseCopyable {
  /// Weight units. See BIP-141.
  public var weight: Int64
  /// Bytes of the previous transactions that prove the amounts to the signers.
  public var evidence: Int64
  public var count: Int64

  public init(weight: Int64, evidence: Int64 = 0, count: Int64 = 1) {
    self.weight = weight
    self.evidence = evidence
    self.count = count
  }

  static let none = CoinLoad(weight: 0, evidence: 0, count: 0)

  static func += (a: inout CoinLoad, b: CoinLoad) {
    a.weight += b.weight
    a.evidence += b.evidence
    a.count += b.count
  }

  static func -= (a: inout CoinLoad, b: CoinLoad) {
    a.weight -= b.weight
    a.evidence -= b.evidence
    a.count -= b.count
  }

  func fits(_ limit: CoinLoad) -> Bool {
    weight <= limit.weight && evidence <= limit.evidence && count <= limit.count
  }
}

/// A coin as a selection sees it.
public struct CoinCandidate: Equatable, Sendable, BitwiseCopyable {
  /// Its place in the caller's list.
  public let position: Int
  /// Satoshi that it adds after paying for its own input, above 0.
  public let worth: Int64
  /// What its input costs now over what it would cost some day; below 0 when fees are low.
  public let waste: Int64
  public let load: CoinLoad

  /// Describes a coin, or `nil` when it does not pay for itself.
  public init?(
    position: Int, value: Int64, fee: Int64, longTermFee: Int64, load: CoinLoad
  ) {
    guard value > fee else { return nil }
    self.position = position
    self.load = load
    worth = value - fee
    waste = fee - longTermFee
  }

  /// The most valuable first, of equal ones the less wasteful, then as listed.
  package static func precedes(_ a: CoinCandidate, _ b: CoinCandidate) -> Bool {
    if a.worth != b.worth { return a.worth > b.worth }
    if a.waste != b.waste { return a.waste < b.waste }
    return a.position < b.position
  }
}

/// What coins are wanted for. Amounts in satoshi.
public struct CoinRequest: Equatable, Sendable {
  /// Payments and the fee of the transaction without inputs and change.
  public var target: Int64
  /// What a change output costs now.
  public var changeFee: Int64
  /// What it costs now and when it is spent.
  public var changeCost: Int64
  /// Less than this is not worth an output, and goes to the miners.
  public var smallestChange: Int64
  /// The change that is aimed at, where there is change.
  public var wantedChange: Int64
  /// The most that may go to the miners in place of change.
  public var excessLimit: Int64
  public var limit: CoinLoad
  /// Fixes every random choice: the same request chooses the same coins.
  public var seed: UInt64

  /// The least and usual change of Bitcoin Core's wallet.
  public static let usualChange: Int64 = 50_000

  public init(
    target: Int64, changeFee: Int64, changeCost: Int64, smallestChange: Int64,
    wantedChange: Int64 = usualChange, excessLimit: Int64 = .max, limit: CoinLoad, seed: UInt64
  ) {
    precondition(target > 0 && changeFee >= 0 && changeCost >= 0 && smallestChange >= 0)
    self.target = target
    self.changeFee = changeFee
    self.changeCost = changeCost
    self.smallestChange = smallestChange
    self.wantedChange = max(wantedChange, smallestChange)
    self.excessLimit = excessLimit
    self.limit = limit
    self.seed = seed
  }
}
