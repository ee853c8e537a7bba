import Engine
import Journal
import Money
import Operations
import Testing

@Suite struct ConfigurationChangeTests {
  private let current: ExchangeConfiguration

  init() throws {
    current = TestExchange.configuration(
      descriptor: "wsh(old)#aaaaaaaa", dave: try TestExchange.key(1),
      erin: try TestExchange.key(2), guardKey: try TestExchange.key(3))
  }

  @Test func `what is in force is not submitted again`() throws {
    #expect(try ConfigurationChange.isNeeded(from: current, to: current) == false)
  }

  @Test func `limits, fees and operators may change, and assets be appended`() throws {
    var next = current
    next.assets[0].limits.countHour = 3
    next.instruments[0].takerFeePPM = 1
    next.operators.removeLast()
    #expect(try ConfigurationChange.isNeeded(from: current, to: next))
    var longer = current
    var asset = current.assets[1]
    asset.code = "EUR"
    longer.assets.append(asset)
    #expect(try ConfigurationChange.isNeeded(from: current, to: longer))
  }

  @Test(
    arguments: [
      ("assets[0].code", { $0.assets.swapAt(0, 1) }),
      ("assets[1]", { $0.assets.removeLast() }),
      ("assets[1].decimals", { $0.assets[1].decimals = 7 }),
      ("assets[1].rail", { $0.assets[1].rail = .bitcoin }),
      ("instruments[0]", { $0.instruments.removeLast() }),
      ("instruments[0].symbol", { $0.instruments[0].symbol = "BTC-EUR" }),
      ("instruments[0].tickSize", { $0.instruments[0].tickUnits += 1 }),
      ("instruments[0].lotSize", { $0.instruments[0].lotUnits += 1 }),
      ("wallet.descriptorFile", { $0.walletDescriptor = "wsh(new)#bbbbbbbb" }),
    ] as [(String, @Sendable (inout ExchangeConfiguration) -> Void)])
  func `what balances and orders count by cannot change`(
    path: String, change: @Sendable (inout ExchangeConfiguration) -> Void
  ) throws {
    var next = current
    change(&next)
    let conflict = try #require(throws: ConfigurationChange.Conflict.self) {
      try ConfigurationChange.isNeeded(from: self.current, to: next)
    }
    #expect(conflict.path == path)
  }

  @Test func `starting configures an empty journal and then only what changed`() async throws {
    let folder = try TestFolder()
    let sequencer = try Sequencer.open(
      directory: folder.file("data"), clock: { Timestamp(milliseconds: 1000) })
    var configuration = current
    configuration.walletDescriptor = try TestExchange.descriptor().text
    #expect(try await StartUp.configure(sequencer, with: configuration))
    #expect(try await StartUp.configure(sequencer, with: configuration) == false)
    configuration.addressCoolingOffMilliseconds += 1
    #expect(try await StartUp.configure(sequencer, with: configuration))
    var wrong = configuration
    wrong.assets[0].decimals = 2
    await #expect(throws: StartUp.Failure.self) {
      try await StartUp.configure(sequencer, with: wrong)
    }
    #expect(try await sequencer.read { $0.configuration } == configuration)
    await sequencer.shutdown()
  }
}
