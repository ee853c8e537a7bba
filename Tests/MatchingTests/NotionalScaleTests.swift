import Matching
import Money
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
}
