import Engine
import Money
import Structures

extension Exchange {
  /// A small exchange with one market, for targets that need one.
  static let sample = ExchangeConfiguration(
    assets: [
      asset("BTC", decimals: 8, rail: .bitcoin), asset("USDT", decimals: 6, rail: .manual),
    ],
    instruments: [
      Instrument(
        symbol: "BTC-USDT", base: AssetID(1), quote: AssetID(2), tickUnits: 100_000,
        lotUnits: 1000, minimumSize: Lots(1), maximumSize: Lots(100_000_000), makerFeePPM: 800,
        takerFeePPM: 1000, listedAt: Timestamp(milliseconds: 0))
    ],
    operators: [
      Operator(name: "dave", publicKey: [UInt8](repeating: 1, count: 32)),
      Operator(name: "erin", publicKey: [UInt8](repeating: 2, count: 32)),
    ],
    addressCoolingOffMilliseconds: 1000, credentialHoldMilliseconds: 1000,
    walletDescriptor: "wsh(test)", guardKey: [UInt8](repeating: 3, count: 32))

  private static func asset(_ code: String, decimals: Int, rail: Asset.Rail) -> Asset {
    let most = Amount(units: 1_000_000_000_000)
    return Asset(
      code: code, name: code, decimals: decimals, rail: rail, chain: code + "-Chain",
      minimumDeposit: Amount(units: 1), minimumWithdrawal: Amount(units: 1000),
      withdrawalFee: Amount(units: 500), depositConfirmations: 2, withdrawalConfirmations: 2,
      limits: WithdrawalLimits(
        refuseAbove: most, reviewAbove: most, delayAbove: most, delayMilliseconds: 1000,
        customerHour: most, customerDay: most, assetHour: most, assetDay: most, countHour: 10,
        firstUseMilliseconds: 1000))
  }
}
