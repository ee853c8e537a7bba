import Liveness
import Testing

@Suite struct CoinAgesTests {
  private static let hot: [UInt32] = [0, 1008, 4032]

  private func ages(_ coins: [(Int64, UInt32)], margin: UInt32? = nil) -> CoinAges {
    CoinAges(
      coins.map { CoinAges.Coin(satoshi: $0.0, age: $0.1) }, delays: Self.hot, margin: margin)
  }

  @Test func `each coin counts under the newest tier that is open for it`() {
    let ages = ages([(5, 1), (7, 1007), (11, 1008), (13, 4031), (17, 4032), (19, 50_000)])
    #expect(ages.tiers.map(\.coins) == [2, 2, 2])
    #expect(ages.tiers.map(\.satoshi) == [12, 24, 36])
    #expect(ages.tiers.map(\.oldest) == [1007, 4031, 50_000])
    #expect(ages.tiers.map(\.next) == [1, 1, nil])
  }

  /// Age of the only coin, blocks until its last tier; `nil` where nobody is warned.
  @Test(
    arguments: [
      (3455, nil), (3456, 576), (4031, 1), (4032, 0), (60_000, 0),
    ] as [(UInt32, UInt32?)])
  func `a coin is warned of a seventh of the lock before it opens`(age: UInt32, blocks: UInt32?) {
    let warning = ages([(21, age), (2, 10)]).warning
    #expect(warning?.blocks == blocks)
    if let warning { #expect((warning.coins, warning.satoshi) == (1, 21)) }
  }

  @Test func `the margin is what one asks for, however long`() {
    #expect(ages([(1, 1)], margin: .max).warning?.blocks == 4031)
    #expect(ages([(1, 4031)], margin: 0).warning == nil)
    #expect(ages([(1, 4032)], margin: 0).warning?.blocks == 0)
  }

  @Test func `a wallet without coins or without locks warns of nothing`() {
    #expect(ages([]).warning == nil)
    #expect(ages([]).tiers.map(\.next) == [nil, nil, nil])
    let lockless = CoinAges([CoinAges.Coin(satoshi: 1, age: 9_999_999)], delays: [0])
    #expect(lockless.warning == nil)
    #expect(lockless.tiers.map(\.coins) == [1])
  }
}
