import Matching
import Money
import Structures
import Testing

@Suite struct NotionalScaleTests {
  @Test(arguments: [
    // 0.1 USDT ticks, 0.00001 BTC lots: one tick × one lot is exactly one millionth of a USDT.
    (
      ticks: Int64(624_315), lots: Int64(3), tick: Int64(100_000), lot: Int64(1000), 1_872_945,
      1_872_945
    ),
    // 0.00000001 BTC lots: a thousandth of a unit each.
    (624_315, 3, 100_000, 1, 1872, 1873),
    (1, 1, 1, 1, 0, 1),
  ])
  func `a notional is price times size in quote units`(
    ticks: Int64, lots: Int64, tick: Int64, lot: Int64, down: Int64, up: Int64
  ) throws {
    let scale = try #require(NotionalScale(tickUnits: tick, lotUnits: lot, baseDecimals: 8))
    let price = try #require(Price(ticks: ticks))
    #expect(scale.notional(of: Lots(lots), at: price, rounding: .down) == Amount(units: down))
    #expect(scale.notional(of: Lots(lots), at: price, rounding: .up) == Amount(units: up))
  }

  @Test func `what does not fit is nil, never wrapped`() throws {
    let scale = try #require(
      NotionalScale(tickUnits: .max, lotUnits: 1, baseDecimals: 0))
    let price = try #require(Price(ticks: .max))
    #expect(scale.notional(of: Lots(.max), at: price, rounding: .up) == nil)
    #expect(scale.lots(for: Amount(units: .max), at: price) == .zero)
    #expect(NotionalScale(tickUnits: .max, lotUnits: 2, baseDecimals: 0) == nil)
    #expect(NotionalScale(tickUnits: 0, lotUnits: 2, baseDecimals: 0) == nil)
    #expect(NotionalScale(tickUnits: 1, lotUnits: 1, baseDecimals: 19) == nil)
  }

  @Test func `a budget buys the most lots it can pay for`() throws {
    let scale = try #require(NotionalScale(tickUnits: 7, lotUnits: 3, baseDecimals: 2))
    let price = try #require(Price(ticks: 5))
    for budget in Int64(0)...200 {
      let lots = scale.lots(for: Amount(units: budget), at: price)
      // 7 × 3 × 5 = 105 hundredths of a unit for a lot.
      #expect(lots.count * 105 <= budget * 100)
      #expect((lots.count + 1) * 105 > budget * 100)
    }
  }

  @Test(arguments: 0...18)
  func `dividing by multiplying is exact next to every multiple`(decimals: Int) throws {
    var cases = 0
    let power = (0..<decimals).reduce(Int64(1)) { power, _ in power * 10 }
    // One tick × one lot of these ticks is one over a divisor of the power of ten.
    for twos in 0...decimals {
      for fives in 0...decimals {
        let tick = (0..<twos).reduce(Int64(1)) { tick, _ in tick * 2 }
        let (whole, overflow) = (0..<fives).reduce((tick, false)) { tick, _ in
          let (product, overflow) = tick.0.multipliedReportingOverflow(by: 5)
          return (product, tick.1 || overflow)
        }
        guard !overflow else { continue }
        let scale = try #require(
          NotionalScale(tickUnits: whole, lotUnits: 1, baseDecimals: decimals))
        let divisor = power / whole
        for multiple in [1, 2, 3, 1 << 20, 1 << 40, 1 << 60, Int64.max / divisor] {
          let (near, overflow) = multiple.multipliedReportingOverflow(by: divisor)
          guard !overflow else { continue }
          for ticks in [near &- 1, near, near &+ 1] {
            guard let price = Price(ticks: ticks) else { continue }
            let (down, rest) = ticks.quotientAndRemainder(dividingBy: divisor)
            let up = down + (rest > 0 ? 1 : 0)
            let most = NotionalScale.ceiling.units
            #expect(
              scale.notional(of: Lots(1), at: price, rounding: .down)
                == (down <= most ? Amount(units: down) : nil), "\(ticks) / \(divisor)")
            #expect(
              scale.notional(of: Lots(1), at: price, rounding: .up)
                == (up <= most ? Amount(units: up) : nil), "\(ticks) / \(divisor)")
            cases += 1
          }
        }
      }
    }
    #expect(cases > 10)
  }

  @Test(arguments: UInt64(0)..<20)
  func `the short ways agree with the long one`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    /// A number of random length, so that every way is taken.
    func number() -> Int64 {
      let shift = Int64.random(in: 0...62, using: &random)
      return max(1, Int64.random(in: 0...(.max), using: &random) >> shift)
    }
    for _ in 0..<500 {
      let (tick, lot) = (number() >> 31 | 1, number() >> 31 | 1)
      let decimals = Int.random(in: 0...18, using: &random)
      let scale = try #require(
        NotionalScale(tickUnits: tick, lotUnits: lot, baseDecimals: decimals))
      let (ticks, lots, budget) = (number(), number(), number())
      let price = try #require(Price(ticks: ticks))
      let power = (0..<decimals).reduce(Int128(1)) { power, _ in power * 10 }
      let factor = Int128(tick) * Int128(lot)
      let (product, overflow) = (Int128(ticks) * Int128(lots)).multipliedReportingOverflow(
        by: factor)
      let ceiling = Int128(NotionalScale.ceiling.units)
      for rounding in [Rounding.down, .up] {
        let units = product / power + (rounding == .up && product % power > 0 ? 1 : 0)
        let expected = overflow || units > ceiling ? nil : Amount(units: Int64(units))
        #expect(
          scale.notional(of: Lots(lots), at: price, rounding: rounding) == expected, "seed \(seed)")
      }
      let most = Lots(Int64(clamping: Int128(budget) * power / (Int128(ticks) * factor)))
      #expect(scale.lots(for: Amount(units: budget), at: price) == most, "seed \(seed)")
      #expect(scale.lots(for: Amount(units: -budget), at: price) == .zero)
    }
  }
}
