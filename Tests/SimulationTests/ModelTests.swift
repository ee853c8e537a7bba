import Simulation
import Testing

@Suite struct ModelTests {
  @Test(arguments: UInt64(1)...50)
  func `the exchange does what the slow model does`(seed: UInt64) throws {
    _ = try ModelRun(seed: seed, commands: 400).run()
  }
}
