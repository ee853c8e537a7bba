import Engine
import Money
import Structures
import Testing

@Suite struct ConfigurationTests {
  @Test func `before its configuration an exchange takes nothing else`() {
    var exchange = Exchange()
    var events: [Event] = []
    exchange.apply(.openAccount(name: "alice"), at: Timestamp(milliseconds: 5)) {
      events.append($0)
    }
    #expect(events == [.refused(.notConfigured)])
    #expect(exchange.isEmpty)
  }

  @Test func `a bad configuration is refused by field`() {
    var world = TestExchange()
    func problem(_ change: (inout ExchangeConfiguration) -> Void) -> String? {
      var configuration = ExchangeConfiguration.sample
      change(&configuration)
      guard case .invalidConfiguration(let text)? = world.refusal(.configure(configuration)) else {
        return nil
      }
      return text
    }
    #expect(
      problem { $0.assets[0].decimals = 19 }
        == "assets[0].decimals: 19 is out of range; allowed 0 to 18")
    #expect(problem { $0.assets[1].code = "BTC" } == "assets[1].code: BTC appears twice")
    #expect(problem { $0.assets[1].rail = .bitcoin }?.hasPrefix("assets: only one") == true)
    #expect(problem { $0.assets[0].depositConfirmations = 0 }?.contains("1 to 300") == true)
    #expect(
      problem { $0.instruments[0].base = AssetID(9) } == "instruments[0].base: 9 names no asset")
    #expect(problem { $0.instruments[0].makerFeePPM = -100_001 }?.contains("makerFeePPM") == true)
    #expect(problem { $0.instruments[0].maximumSize = Lots(.max) }?.contains("maximumSize") == true)
    #expect(
      problem { $0.operators[1].publicKey = [1] } == "operators[1].publicKey: must be 32 bytes")
    #expect(problem { $0.credentialHoldMilliseconds = .max }?.contains("out of range") == true)
    #expect(problem { $0.assets.removeLast() }?.contains("instruments[1]") == true)
    #expect(
      problem {
        $0.instruments.removeLast()
        $0.assets.removeLast()
      } == "assets: none can be removed")
    #expect(problem { $0.instruments[0].lotUnits = 1 }?.contains("cannot change") == true)
    #expect(problem { $0.walletDescriptor = "other" }?.hasPrefix("walletDescriptor") == true)
    #expect(problem { $0.assets[0].withdrawalFee = Amount(units: 600) } == nil)
  }

  @Test func `assets and markets may be added while the exchange runs`() throws {
    var world = TestExchange()
    let alice = world.open("alice")
    world.fund(alice, TestExchange.usdt, 5000)
    var more = ExchangeConfiguration.sample
    var silver = more.assets[2]
    silver.code = "SILVER"
    more.assets.append(silver)
    var market = more.instruments[1]
    market.symbol = "SILVER-USDT"
    market.base = AssetID(4)
    more.instruments.append(market)
    #expect(world.refusal(.configure(more)) == nil)
    #expect(world.exchange.assetID(code: "SILVER") == AssetID(4))
    world.fund(alice, AssetID(4), 900)
    #expect(world.available(alice, AssetID(4), .trading) == 900)
    #expect(world.exchange.instrumentID(symbol: "SILVER-USDT") == InstrumentID(3))
    let again = try Exchange(decoding: world.exchange.encode())
    #expect(again.encode() == world.exchange.encode())
  }

  @Test func `time never goes back`() {
    var world = TestExchange()
    let then = world.exchange.time
    world.exchange.apply(.tick, at: Timestamp(milliseconds: 1)) { _ in }
    #expect(world.exchange.time == then)
    world.exchange.apply(.tick, at: Timestamp(milliseconds: .max)) { _ in }
    #expect(world.exchange.time.milliseconds < .max / 2)
  }
}
