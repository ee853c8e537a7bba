/// How much of what customers are owed stands in the hot wallet.
public struct FloatPolicy: Equatable, Sendable {
  /// Hundredths of a percent of all liabilities: 500 is 5%.
  public var targetBasisPoints: Int64
  /// Below and above this, as hundredths of a percent of the target, nothing is moved.
  public var lowBasisPoints: Int64
  public var highBasisPoints: Int64
  /// Less than this is not worth moving, in satoshi.
  public var smallestMove: Int64

  /// Creates a policy, or `nil` unless low < 10,000 < high and the target is 1 to 10,000.
  public init?(
    targetBasisPoints: Int64 = 500, lowBasisPoints: Int64 = 5_000,
    highBasisPoints: Int64 = 15_000, smallestMove: Int64 = 1_000_000
  ) {
    guard (1...10_000).contains(targetBasisPoints), (0..<10_000).contains(lowBasisPoints),
      (10_001...1_000_000).contains(highBasisPoints), smallestMove > 0
    else { return nil }
    self.targetBasisPoints = targetBasisPoints
    self.lowBasisPoints = lowBasisPoints
    self.highBasisPoints = highBasisPoints
    self.smallestMove = smallestMove
  }

  /// What the hot wallet should hold for `liabilities`, rounded up, in satoshi.
  public func target(_ liabilities: Int64) -> Int64 {
    Self.share(targetBasisPoints, of: liabilities)
  }

  /// The band around the target in which nothing is moved, in satoshi.
  public func band(_ liabilities: Int64) -> ClosedRange<Int64> {
    let target = target(liabilities)
    return Self.share(lowBasisPoints, of: target)...Self.share(highBasisPoints, of: target)
  }

  /// From where on a refill that was asked for is not needed any more, in satoshi: midway between the
  /// band's lower end and the target, so that a request does not come and go with every payment.
  public func recovered(_ liabilities: Int64) -> Int64 {
    let low = band(liabilities).lowerBound
    return low + (target(liabilities) - low) / 2
  }

  private static func share(_ basisPoints: Int64, of amount: Int64) -> Int64 {
    precondition(amount >= 0)
    return Int64(clamping: (Int128(amount) * Int128(basisPoints) + 9_999) / 10_000)
  }
}

/// What the hot wallet looks like to who plans for it. Amounts in satoshi.
public struct FloatState: Equatable, Sendable {
  /// Coins that are ours, confirmed and in no payout.
  public var free: Int64
  /// Released withdrawals with their fees, that no transaction pays yet.
  public var promised: Int64
  /// What customers and the house are owed.
  public var liabilities: Int64
  /// What was asked of cold storage and has not arrived.
  public var refillUnderWay: Int64
  /// What is on its way to cold storage.
  public var sweepUnderWay: Int64
  public var fees: FeeQuote

  public init(
    free: Int64, promised: Int64, liabilities: Int64, refillUnderWay: Int64 = 0,
    sweepUnderWay: Int64 = 0, fees: FeeQuote
  ) {
    self.free = free
    self.promised = promised
    self.liabilities = liabilities
    self.refillUnderWay = refillUnderWay
    self.sweepUnderWay = sweepUnderWay
    self.fees = fees
  }
}

/// What to do with the hot wallet now, and why.
public enum FloatAction: Equatable, Sendable {
  /// The float is inside its band.
  case rest(float: Int64, band: ClosedRange<Int64>)
  /// Move so much to cold storage: the float is above its band.
  case sweep(amount: Int64, float: Int64, band: ClosedRange<Int64>)
  /// Ask the holders of cold storage for so much: the float, or what is promised, needs it.
  case refill(amount: Int64, reason: RefillReason)
  /// Something is on its way already, or too little to move.
  case wait(WaitReason)

  public enum RefillReason: Equatable, Sendable {
    /// Withdrawals wait for coins; customers see this.
    case withdrawalsWait(missing: Int64)
    case floatIsLow(float: Int64, band: ClosedRange<Int64>)
  }

  public enum WaitReason: Equatable, Sendable {
    case refillIsUnderWay(Int64)
    case sweepIsUnderWay(Int64)
    case tooLittle(Int64)
    /// Moving to cold storage is never urgent.
    case feesAreHigh(FeeRate)
  }
}

extension FloatPolicy {
  /// Decides what to do.
  ///
  /// Both moves aim at the middle of the band, so that the next one is far away. What withdrawals are
  /// promised does not count as float.
  ///
  /// - Parameter sweepBelow: The fee rate above which a sweep waits.
  public func action(_ state: FloatState, sweepBelow: FeeRate) -> FloatAction {
    let band = band(state.liabilities)
    let target = target(state.liabilities)
    let float = state.free - state.promised
    let coming = float + state.refillUnderWay
    if coming < band.lowerBound || coming < 0 {
      let amount = target - coming
      // Withdrawals that wait are not kept waiting for an amount that is worth the walk.
      if coming < 0 { return .refill(amount: amount, reason: .withdrawalsWait(missing: -coming)) }
      guard amount >= smallestMove else { return .wait(.tooLittle(amount)) }
      return .refill(amount: amount, reason: .floatIsLow(float: float, band: band))
    }
    if float < band.lowerBound { return .wait(.refillIsUnderWay(state.refillUnderWay)) }
    guard float > band.upperBound else { return .rest(float: float, band: band) }
    guard state.sweepUnderWay == 0 else { return .wait(.sweepIsUnderWay(state.sweepUnderWay)) }
    let amount = float - target
    guard amount >= smallestMove else { return .wait(.tooLittle(amount)) }
    guard state.fees.isPayable, state.fees.rate < sweepBelow else {
      return .wait(.feesAreHigh(state.fees.rate))
    }
    return .sweep(amount: amount, float: float, band: band)
  }
}
