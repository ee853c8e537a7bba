import Simulation
import Testing

@Suite struct ModelTests {
  @Test(arguments: UInt64(1)...50)
  func `the exchange does what the slow model does`(seed: UInt64) throws {
    _ = try ModelRun(seed: seed, commands: 600).run()
  }

  @Test func `random commands reach every kind of order and of ending`() throws {
    var coverage = ModelCoverage()
    for seed in UInt64(101)...120 { coverage.add(try ModelRun(seed: seed, commands: 1000).run()) }
    for name in [
      "traded", "amended", "placed limit", "placed market", "placed postOnly", "placed fok",
      "placed ioc", "placed optimalLimitIOC", "canceled user", "canceled fokNotFillable",
      "canceled iocRemainder", "canceled postOnlyWouldTake", "canceled selfTrade",
      "canceled priceBand", "refused full", "refused priceAboveLimit", "refused priceBelowLimit",
      "refused tooManyOpenOrders", "refused insufficientBalance", "refused notionalTooLarge",
      "refused duplicateClientOrderID", "refused unknownOrder", "refused instrumentSuspended",
      "refused onlyLimitInAuction", "auction", "canceled cancelAllAfter", "account changed",
    ] {
      #expect(coverage.counts[name, default: 0] > 0, "\(name)")
    }
  }
}
