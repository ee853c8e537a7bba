package import Engine
import Money
package import Structures

/// The shape of one random run: which markets, how many customers, how rich, how crowded.
///
/// Every seed has its own, so that some runs live at the edge of the number range, some in a book of
/// three prices, some among customers who can afford nothing.
package struct TradingScenario: Sendable {
  /// How the prices and sizes of one market are drawn.
  struct Market: Sendable {
    var center: Int64
    var spread: Int64
    var largestSize: Int64
  }

  package private(set) var configuration: ExchangeConfiguration
  private(set) var markets: [Market] = []
  private(set) var accounts: Int
  /// What each customer is given of each asset at first.
  private(set) var wealth: Int64
  /// How many different client ids are in use; 0 for none.
  private(set) var clientIDs: Int64
  /// Above so many open orders in a market, cancels become as frequent as orders.
  private(set) var crowd: Int

  /// - Parameter accountsLimit: The most customers to begin with.
  package init(using random: inout SplitMix64, accountsLimit: Int) {
    let assets = Int.random(in: 2...4, using: &random)
    accounts = min([2, 3, 8, 40].randomElement(using: &random) ?? 2, accountsLimit)
    wealth = [1000, 1_000_000, 1 << 40, 1 << 55].randomElement(using: &random) ?? 1000
    clientIDs = [0, 3, 1000].randomElement(using: &random) ?? 3
    crowd = [8, 8, 60, 60, 300, 300, 2500].randomElement(using: &random) ?? 60
    configuration = ExchangeConfiguration(
      assets: (0..<assets).map { Self.asset("COIN\($0)", using: &random) }, instruments: [],
      operators: ["dave", "erin"].enumerated().map {
        Operator(name: $1, publicKey: Array(repeating: UInt8($0), count: 32))
      }, addressCoolingOffMilliseconds: 0, credentialHoldMilliseconds: 0, walletDescriptor: "",
      guardKey: Array(repeating: 9, count: 32),
      capacity: Self.capacity(using: &random))
    for _ in 0..<Int.random(in: 1...4, using: &random) { addMarket(using: &random) }
  }

  /// Mostly ample, sometimes so small that it fills up.
  private static func capacity(using random: inout SplitMix64) -> ExchangeCapacity {
    guard Int.random(in: 0..<5, using: &random) == 0 else {
      return ExchangeCapacity(orders: 1 << 14, accounts: 1 << 14, balances: 1 << 16, algos: 1 << 10)
    }
    return ExchangeCapacity(
      orders: .random(in: 16...64, using: &random), accounts: .random(in: 16...64, using: &random),
      balances: .random(in: 16...128, using: &random), algos: 16)
  }

  private static func asset(_ code: String, using random: inout SplitMix64) -> Asset {
    let never = Amount(units: 0)
    return Asset(
      code: code, name: code, decimals: [0, 2, 6, 8, 18].randomElement(using: &random) ?? 8,
      rail: .manual, chain: code + "-Manual", minimumDeposit: Amount(units: 1),
      minimumWithdrawal: never, withdrawalFee: never, depositConfirmations: 1,
      withdrawalConfirmations: 1,
      limits: WithdrawalLimits(
        refuseAbove: never, reviewAbove: never, delayAbove: never, delayMilliseconds: 0,
        customerHour: never, customerDay: never, assetHour: never, assetDay: never, countHour: 0,
        firstUseMilliseconds: 0))
  }

  /// Lists one more market between two of the assets.
  mutating func addMarket(using random: inout SplitMix64) {
    let assets = configuration.assets
    let base = Int.random(in: 0..<assets.count, using: &random)
    let quote = (base + Int.random(in: 1..<assets.count, using: &random)) % assets.count
    let tick: Int64
    let lot: Int64
    switch Int.random(in: 0..<5, using: &random) {
    case 0: (tick, lot) = (1, 1)
    case 1: (tick, lot) = (7, 3)
    case 2: (tick, lot) = (100_000, max(1, min(1000, wealth / 1000)))
    case 3: (tick, lot) = (1 << 40, 1 << 22)
    default:
      (tick, lot) = (
        .random(in: 1...10_000_000, using: &random),
        .random(in: 1...max(1, min(wealth >> 10, 1 << 38)), using: &random)
      )
    }
    let most = (Int64(1) << 60) / lot
    let maximum = [40, 1_000_000, most].randomElement(using: &random).map { min($0, most) } ?? 40
    let fees: [Int64] = [0, 1, 800, 1000, 100_000]
    configuration.instruments.append(
      Instrument(
        symbol: "MARKET\(configuration.instruments.count)", base: AssetID(UInt64(base) + 1),
        quote: AssetID(UInt64(quote) + 1), tickUnits: tick, lotUnits: lot,
        minimumSize: Lots(min(maximum, [1, 1, 2, 10].randomElement(using: &random) ?? 1)),
        maximumSize: Lots(maximum), makerFeePPM: fees.randomElement(using: &random) ?? 0,
        takerFeePPM: fees.randomElement(using: &random) ?? 0,
        listedAt: Timestamp(milliseconds: 0)))
    setLimits(configuration.instruments.count - 1, using: &random)
    // Most markets have prices that customers can pay; a few are far off.
    let typical = min(maximum, 16)
    let power = (0..<assets[base].decimals).reduce(Int128(1)) { power, _ in power * 10 }
    let payable = Int128(wealth >> 7) * power / (Int128(tick) * Int128(lot) * Int128(typical))
    let wild = ([5, 100, 1 << 40] as [Int64]).randomElement(using: &random) ?? 100
    let center =
      Int.random(in: 0..<6, using: &random) == 0
      ? wild : min(max(Int64(clamping: payable), 5), 1 << 55)
    markets.append(
      Market(
        center: center,
        spread: min(center - 1, ([1, 3, 30, 300] as [Int64]).randomElement(using: &random) ?? 3),
        largestSize: min(maximum, [10, 100, maximum].randomElement(using: &random) ?? 100)))
  }

  /// Draws a market's limits of prices and of open orders.
  private mutating func setLimits(_ index: Int, using random: inout SplitMix64) {
    let shares: [Int64] = [0, 0, 0, 1, 1000, 50_000, 1_000_000]
    configuration.instruments[index].priceLimitPPM = shares.randomElement(using: &random) ?? 0
    configuration.instruments[index].marketBandPPM = shares.randomElement(using: &random) ?? 0
    configuration.instruments[index].openOrdersLimit =
      ([3, 40, 500, 500] as [UInt32]).randomElement(using: &random) ?? 500
    configuration.instruments[index].feeTiers =
      [
        [], [FeeTier(makerPPM: 5, takerPPM: 20)],
        [
          FeeTier(makerPPM: 500, takerPPM: 700), FeeTier(makerPPM: -300, takerPPM: 200),
        ],
      ].randomElement(using: &random) ?? []
    if Int.random(in: 0..<3, using: &random) == 0 {
      let rebate = ([1, 800, 100_000] as [Int64]).randomElement(using: &random) ?? 1
      configuration.instruments[index].makerFeePPM = -rebate
    }
  }

  /// Draws other fees and limits for one market.
  mutating func changeTerms(using random: inout SplitMix64) {
    let index = Int.random(in: 0..<configuration.instruments.count, using: &random)
    let fees: [Int64] = [0, 1, 800, 1000, 100_000]
    configuration.instruments[index].makerFeePPM = fees.randomElement(using: &random) ?? 0
    configuration.instruments[index].takerFeePPM = fees.randomElement(using: &random) ?? 0
    let maximum = configuration.instruments[index].maximumSize.count
    configuration.instruments[index].minimumSize = Lots(
      .random(in: 1...min(maximum, 20), using: &random))
    setLimits(index, using: &random)
  }
}
