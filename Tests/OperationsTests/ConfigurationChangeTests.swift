import Descriptors
import Engine
import Journal
import Money
import Operations
import Structures
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

  /// A change of something that balances or orders count by, named by its key.
  enum Forbidden: String, CaseIterable {
    case swappedAssets = "assets[0].code"
    case removedAsset = "assets[1]"
    case decimals = "assets[1].decimals"
    case rail = "assets[1].rail"
    case removedMarket = "instruments[0]"
    case renamedMarket = "instruments[0].symbol"
    case tick = "instruments[0].tickSize"
    case lot = "instruments[0].lotSize"
    case wallet = "wallet.descriptorFile"
    case capacity = "capacity.orders"

    func apply(to configuration: inout ExchangeConfiguration) {
      switch self {
      case .swappedAssets: configuration.assets.swapAt(0, 1)
      case .removedAsset: configuration.assets.removeLast()
      case .decimals: configuration.assets[1].decimals = 7
      case .rail: configuration.assets[1].rail = .bitcoin
      case .removedMarket: configuration.instruments.removeLast()
      case .renamedMarket: configuration.instruments[0].symbol = "BTC-EUR"
      case .tick: configuration.instruments[0].tickUnits += 1
      case .lot: configuration.instruments[0].lotUnits += 1
      case .wallet: configuration.walletDescriptor = "wsh(new)#bbbbbbbb"
      case .capacity: configuration.capacity.orders += 1
      }
    }
  }

  @Test(arguments: Forbidden.allCases)
  func `what balances and orders count by cannot change`(change: Forbidden) throws {
    var next = current
    change.apply(to: &next)
    let conflict = try #require(throws: ConfigurationChange.Conflict.self) {
      try ConfigurationChange.isNeeded(from: self.current, to: next)
    }
    #expect(conflict.path == change.rawValue)
  }

  @Test func `starting configures an empty journal and then only what changed`() async throws {
    let folder = try TestFolder()
    let sequencer = try Sequencer.open(
      directory: folder.file("data"), clock: { Timestamp(milliseconds: 1000) })
    var configuration = current
    configuration.walletDescriptor = try TestExchange.descriptor().text
    #expect(try await StartUp.configure(sequencer, with: configuration))
    let key = try await sequencer.read { $0.hashKey }
    #expect(key != .zero)
    #expect(try await StartUp.configure(sequencer, with: configuration) == false)
    configuration.addressCoolingOffMilliseconds += 1
    #expect(try await StartUp.configure(sequencer, with: configuration))
    var wrong = configuration
    wrong.assets[0].decimals = 2
    await #expect(throws: StartUp.Failure.self) {
      try await StartUp.configure(sequencer, with: wrong)
    }
    #expect(try await sequencer.read { $0.configuration } == configuration)
    #expect(try await sequencer.read { $0.hashKey } == key)
    await sequencer.shutdown()
  }
}
