import Money
import Risk
import Structures
import Testing

@Suite struct RiskRulesTests {
  private static let hour: Int64 = 3_600_000

  private func policy() -> WithdrawalPolicy {
    WithdrawalPolicy(
      refuseAbove: Amount(units: 1000), reviewAbove: Amount(units: 500),
      delayAbove: Amount(units: 100), delayMilliseconds: 60_000, customerHour: Amount(units: 800),
      customerDay: Amount(units: 2000), assetHour: Amount(units: 5000),
      assetDay: Amount(units: 9000), countHour: 3, firstUseMilliseconds: 120_000,
      credentialHoldMilliseconds: Self.hour)
  }

  private func figures(_ amount: Int64) -> WithdrawalFigures {
    WithdrawalFigures(
      now: Timestamp(milliseconds: 10_000_000), amount: Amount(units: amount),
      customerHour: .zero, customerDay: .zero, customerHourCount: 0, assetHour: .zero,
      assetDay: .zero, addressUsedBefore: true, credentialsChangedAt: nil)
  }

  @Test(arguments: [
    (amount: Int64(100), outcome: RiskOutcome.allow, rules: [RiskRule]()),
    (101, .delay, [.amountDelayed]),
    (500, .delay, [.amountDelayed]),
    (501, .review, [.amountReviewed, .amountDelayed]),
    (800, .review, [.amountReviewed, .amountDelayed]),
    (801, .review, [.amountReviewed, .amountDelayed, .customerHour]),
    (1000, .review, [.amountReviewed, .amountDelayed, .customerHour]),
    (1001, .refuse, [.amountRefused, .amountReviewed, .amountDelayed, .customerHour]),
  ])
  func `the amount decides`(amount: Int64, outcome: RiskOutcome, rules: [RiskRule]) {
    let decision = RiskRules.evaluate(figures(amount), under: policy())
    #expect(decision.outcome == outcome)
    #expect(decision.hits.map(\.rule) == rules)
  }

  @Test(arguments: [
    (
      rule: RiskRule.customerHour, prior: Int64(790), passes: Int64(10), outcome: RiskOutcome.review
    ),
    (.customerDay, 1990, 10, .refuse),
    (.assetHour, 4990, 10, .delay),
    (.assetDay, 8990, 10, .review),
  ])
  func `a total may reach its limit and no more`(
    rule: RiskRule, prior: Int64, passes: Int64, outcome: RiskOutcome
  ) {
    for (amount, hit) in [(passes, false), (passes + 1, true)] {
      var figures = figures(amount)
      switch rule {
      case .customerHour: figures.customerHour = Amount(units: prior)
      case .customerDay: figures.customerDay = Amount(units: prior)
      case .assetHour: figures.assetHour = Amount(units: prior)
      default: figures.assetDay = Amount(units: prior)
      }
      let decision = RiskRules.evaluate(figures, under: policy())
      #expect(decision.outcome == (hit ? outcome : .allow))
      #expect(decision.hits.map(\.rule) == (hit ? [rule] : []))
      #expect(decision.hits.first?.measured == (hit ? prior + amount : nil))
    }
  }

  @Test func `the fourth request in an hour waits`() {
    var figures = figures(1)
    figures.customerHourCount = 2
    #expect(RiskRules.evaluate(figures, under: policy()).outcome == .allow)
    figures.customerHourCount = 3
    let decision = RiskRules.evaluate(figures, under: policy())
    #expect(decision.outcome == .delay)
    #expect(decision.releaseAt == Timestamp(milliseconds: 10_060_000))
  }

  @Test func `a first use and fresh credentials wait, and the latest release stands`() {
    var figures = figures(1)
    figures.addressUsedBefore = false
    #expect(
      RiskRules.evaluate(figures, under: policy()).releaseAt
        == Timestamp(milliseconds: 10_120_000))
    figures.credentialsChangedAt = Timestamp(milliseconds: 10_000_000 - Self.hour + 200_000)
    let decision = RiskRules.evaluate(figures, under: policy())
    #expect(decision.hits.map(\.rule) == [.firstUse, .credentialChange])
    #expect(decision.releaseAt == Timestamp(milliseconds: 10_200_000))
    figures.credentialsChangedAt = Timestamp(milliseconds: 10_000_000 - Self.hour)
    #expect(RiskRules.evaluate(figures, under: policy()).hits.map(\.rule) == [.firstUse])
  }

  @Test(arguments: UInt64(0)..<200)
  func `the outcome is the strictest hit, and worse figures never soften it`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var figures = figures(.random(in: 1...1200, using: &random))
    figures.customerHour = Amount(units: .random(in: 0...1000, using: &random))
    figures.customerDay = Amount(units: .random(in: 0...2500, using: &random))
    figures.customerHourCount = .random(in: 0...5, using: &random)
    figures.assetHour = Amount(units: .random(in: 0...6000, using: &random))
    figures.assetDay = Amount(units: .random(in: 0...10_000, using: &random))
    figures.addressUsedBefore = .random(using: &random)
    let before = RiskRules.evaluate(figures, under: policy())
    #expect(before.outcome == before.hits.map(\.outcome).max() ?? .allow)
    var worse = figures
    worse.amount += Amount(units: .random(in: 0...500, using: &random))
    worse.customerDay += Amount(units: .random(in: 0...500, using: &random))
    worse.customerHourCount += .random(in: 0...2, using: &random)
    worse.addressUsedBefore = false
    let after = RiskRules.evaluate(worse, under: policy())
    #expect(after.outcome >= before.outcome)
    #expect(Set(before.hits.map(\.rule)).isSubset(of: after.hits.map(\.rule)))
  }
}
