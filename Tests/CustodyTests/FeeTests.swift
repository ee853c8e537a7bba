// swift-format-ignore-file: NeverForceUnwrap
// Fixed inputs of tests: what traps here is a wrong test.
import Custody
import Structures
import Testing

@Suite struct FeeTests {
  static func rate(_ satsPerKVByte: Int64) -> FeeRate { FeeRate(satsPerKVByte: satsPerKVByte)! }

  @Test func `a fee rate turns into a fee exactly, rounded up`() {
    // As in Bitcoin Core's amount_tests, GetFeeTest.
    let rows: [(rate: Int64, vbytes: Int64, fee: Int64)] = [
      (0, 0, 0), (0, 100_000, 0), (1000, 0, 0), (1000, 1, 1), (1000, 121, 121),
      (1000, 999, 999), (1000, 1000, 1000), (1000, 9000, 9000), (123, 0, 0), (123, 8, 1),
      (123, 9, 2), (123, 121, 15), (123, 122, 16), (123, 999, 123), (123, 1000, 123),
      (123, 9000, 1107),
    ]
    for row in rows { #expect(Self.rate(row.rate).fee(forVBytes: row.vbytes) == row.fee, "\(row)") }
    #expect(Self.rate(1000).fee(forWeight: 1) == 1)
    #expect(Self.rate(1000).fee(forWeight: 418) == 105)
    #expect(FeeRate.highest.fee(forVBytes: .max) == .max)
  }

  @Test func `units convert without loss, and out of range they do not`() {
    #expect(FeeRate(satsPerVByte: 12) == Self.rate(12_000))
    #expect(FeeRate(satsPerKWeight: 250) == Self.rate(1000))
    #expect(FeeRate(satsPerVByte: 1_000_001) == nil)
    #expect(FeeRate(satsPerKVByte: -1) == nil)
    #expect(FeeRate(satsPerKWeight: .max) == nil)
    #expect(Self.rate(1001).satsPerVByteRoundedUp == 2)
    #expect("\(Self.rate(12_045))" == "12.045 sat/vB")
  }

  @Test(arguments: UInt64(0)..<200) func `a rate from a fee is the highest that it pays for`(
    seed: UInt64
  ) {
    var random = SplitMix64(seed: seed)
    let (fee, vbytes) = (
      Int64.random(in: 0...1_000_000, using: &random), Int64.random(in: 1...100_000, using: &random)
    )
    let rate = FeeRate(atMost: fee, for: vbytes)
    #expect(rate.fee(forVBytes: vbytes) <= fee)
    #expect(Self.rate(rate.satsPerKVByte + 1).fee(forVBytes: vbytes) > fee)
  }

  @Test func `an estimate is kept between floor and ceiling, and says why it moved`() {
    let policy = FeePolicy(
      floor: Self.rate(2000), ceiling: Self.rate(50_000), fallback: Self.rate(5000),
      longTerm: Self.rate(10_000))!
    func quote(_ estimate: Int64?, minimum: Int64 = 1000) -> FeeQuote {
      policy.quote(FeeNews(estimate: estimate.map(Self.rate), mempoolMinimum: Self.rate(minimum)))
    }
    let rows: [(estimate: Int64?, minimum: Int64, rate: Int64, reason: FeeQuote.Reason)] = [
      (7000, 1000, 7000, .estimated), (nil, 1000, 5000, .fallback),
      (900, 1000, 2000, .raisedToFloor), (900, 3000, 3000, .raisedToMempoolMinimum),
      (nil, 9000, 9000, .raisedToMempoolMinimum),
      (80_000, 1000, 50_000, .loweredToCeiling(wanted: Self.rate(80_000))),
      (80_000, 60_000, 50_000, .unaffordable(minimum: Self.rate(60_000))),
    ]
    for row in rows {
      let quote = quote(row.estimate, minimum: row.minimum)
      #expect(quote == FeeQuote(rate: Self.rate(row.rate), reason: row.reason), "\(row)")
    }
    #expect(!quote(1, minimum: 50_001).isPayable)
    #expect(
      FeePolicy(
        floor: Self.rate(2), ceiling: Self.rate(1), fallback: Self.rate(2), longTerm: Self.rate(2))
        == nil)
  }

  @Test func `a child pulls its parents up to the wanted rate, within all limits`() {
    func plan(
      fees: Int64, value: Int64 = 100_000, ceiling: Int64 = 50_000,
      family: UnconfirmedFamily = UnconfirmedFamily(
        ancestors: 1, clusterCount: 1, clusterVBytes: 1000)
    ) -> ChildPlan {
      ChildPlan.plan(
        StuckPackage(fees: fees, vbytes: 1000, family: family), spending: value,
        wanted: Self.rate(10_000), childVBytes: 200, dust: 330, ceiling: ceiling)
    }
    #expect(plan(fees: 1000) == .spend(fee: 11_000, kept: 89_000))
    #expect(plan(fees: 9_999) == .spend(fee: 2_001, kept: 97_999))
    #expect(plan(fees: 10_000) == .notNeeded(rate: Self.rate(10_000)))
    #expect(plan(fees: 1000, value: 11_329) == .worthTooLittle(needed: 11_330))
    #expect(plan(fees: 1000, value: 11_330) == .spend(fee: 11_000, kept: 330))
    #expect(plan(fees: 1000, ceiling: 10_999) == .aboveCeiling(needed: 11_000, ceiling: 10_999))
    func family(_ ancestors: Int, _ count: Int, _ vbytes: Int64) -> UnconfirmedFamily {
      UnconfirmedFamily(ancestors: ancestors, clusterCount: count, clusterVBytes: vbytes)
    }
    for (full, room) in [
      (family(25, 25, 1000), family(24, 25, 1000)), (family(1, 64, 1000), family(1, 63, 1000)),
      (family(1, 2, 100_801), family(1, 2, 100_800)),
    ] {
      #expect(plan(fees: 1000, family: full) == .atMempoolLimit)
      #expect(plan(fees: 1000, family: room) == .spend(fee: 11_000, kept: 89_000))
    }
  }
}
