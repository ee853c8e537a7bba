// swift-format-ignore-file: NeverForceUnwrap
// Fixed inputs of tests: what traps here is a wrong test.
import Custody
import Structures
import Testing

@Suite struct FloatPolicyTests {
  static let policy = FloatPolicy()!
  /// Of 1,000,000,000 owed: target 50,000,000, band 25,000,000 to 75,000,000.
  static func action(
    free: Int64, promised: Int64 = 0, refill: Int64 = 0, sweep: Int64 = 0, rate: Int64 = 5
  ) -> FloatAction {
    policy.action(
      FloatState(
        free: free, promised: promised, liabilities: 1_000_000_000, refillUnderWay: refill,
        sweepUnderWay: sweep,
        fees: FeeQuote(rate: FeeRate(satsPerVByte: rate)!, reason: .estimated)),
      sweepBelow: FeeRate(satsPerVByte: 10)!)
  }

  @Test func `the float is kept in its band, with a reason for every move`() {
    let band = Int64(25_000_000)...75_000_000
    let rows: [(FloatAction, FloatAction)] = [
      (Self.action(free: 50_000_000), .rest(float: 50_000_000, band: band)),
      (Self.action(free: 75_000_000), .rest(float: 75_000_000, band: band)),
      (
        Self.action(free: 75_000_001),
        .sweep(amount: 25_000_001, float: 75_000_001, band: band)
      ),
      (
        Self.action(free: 90_000_000, promised: 30_000_000), .rest(float: 60_000_000, band: band)
      ),
      (Self.action(free: 90_000_000, sweep: 1), .wait(.sweepIsUnderWay(1))),
      (
        Self.action(free: 90_000_000, rate: 10),
        .wait(.feesAreHigh(FeeRate(satsPerVByte: 10)!))
      ),
      (
        Self.action(free: 24_999_999),
        .refill(amount: 25_000_001, reason: .floatIsLow(float: 24_999_999, band: band))
      ),
      (Self.action(free: 20_000_000, refill: 30_000_000), .wait(.refillIsUnderWay(30_000_000))),
      (
        Self.action(free: 10_000_000, promised: 15_000_000),
        .refill(amount: 55_000_000, reason: .withdrawalsWait(missing: 5_000_000))
      ),
      (
        Self.action(free: 10_000_000, promised: 70_000_000, refill: 50_000_000),
        .refill(amount: 60_000_000, reason: .withdrawalsWait(missing: 10_000_000))
      ),
    ]
    for (found, wanted) in rows { #expect(found == wanted) }
  }

  @Test(arguments: UInt64(0)..<200) func `a move ends at the target, and rests there`(seed: UInt64)
  {
    var random = SplitMix64(seed: seed)
    let policy = FloatPolicy(smallestMove: 1)!
    var state = FloatState(
      free: .random(in: 0...2_000_000_000, using: &random),
      promised: .random(in: 0...500_000_000, using: &random),
      liabilities: .random(in: 1000...10_000_000_000, using: &random),
      fees: FeeQuote(rate: .relayed, reason: .estimated))
    switch policy.action(state, sweepBelow: .usual) {
    case .sweep(let amount, _, _): state.free -= amount
    case .refill(let amount, _): state.free += amount
    case .rest: break
    case .wait(let reason): Issue.record("waits: \(reason)")
    }
    guard case .rest = policy.action(state, sweepBelow: .usual) else {
      Issue.record("does not rest")
      return
    }
  }

  @Test func `a policy without a band is refused`() {
    #expect(FloatPolicy(targetBasisPoints: 0) == nil)
    #expect(FloatPolicy(lowBasisPoints: 10_000) == nil)
    #expect(FloatPolicy(highBasisPoints: 10_000) == nil)
  }
}
