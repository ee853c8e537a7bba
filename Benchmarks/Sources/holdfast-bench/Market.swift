import Engine
import Money
import Structures

/// The exchange that is measured: two assets, one market, customers with plenty of both.
struct Market: Sendable {
  static let btc = AssetID(1)
  static let usdt = AssetID(2)
  static let pair = InstrumentID(1)
  /// 60 000 USDT in ticks of 0.1.
  static let startTicks: Int64 = 600_000
  static let firstTime = Timestamp(milliseconds: 1_767_225_600_000)

  /// Accounts 1 to this number exist.
  let customers: Int

  /// Configuration, accounts and money for all customers. Both assets are on the manual rail, so
  /// that no chain is needed: the mix is about trading.
  var commands: [Command] {
    var commands: [Command] = [.configure(configuration)]
    for number in 1...customers {
      let account = AccountID(UInt64(number))
      commands.append(.openAccount(name: "customer\(number)"))
      for (asset, amount) in [(Self.btc, Self.bitcoins), (Self.usdt, Self.dollars)] {
        for person in configuration.operators {
          commands.append(
            .attestReceipt(
              AttestReceipt(
                operatorName: person.name, account: account, asset: asset, amount: amount,
                reference: "receipt\(number)", signature: [UInt8](repeating: 0, count: 64))))
        }
        commands.append(
          .transfer(
            account: account, asset: asset, amount: amount, from: .funding, to: .trading))
      }
    }
    return commands
  }

  /// 10 000 BTC.
  private static let bitcoins = Amount(units: 1_000_000_000_000)
  /// 100 million USDT.
  private static let dollars = Amount(units: 100_000_000_000_000)

  private var configuration: ExchangeConfiguration {
    let open = Amount(units: 1 << 50)
    let limits = WithdrawalLimits(
      refuseAbove: open, reviewAbove: open, delayAbove: open, delayMilliseconds: 0,
      customerHour: open, customerDay: open, assetHour: open, assetDay: open, countHour: 1000,
      firstUseMilliseconds: 0)
    func asset(_ code: String, decimals: Int) -> Asset {
      Asset(
        code: code, name: code, decimals: decimals, rail: .manual, chain: "\(code)-Manual",
        minimumDeposit: Amount(units: 1), minimumWithdrawal: Amount(units: 1),
        withdrawalFee: .zero, depositConfirmations: 1, withdrawalConfirmations: 1, limits: limits)
    }
    return ExchangeConfiguration(
      assets: [asset("BTC", decimals: 8), asset("USDT", decimals: 6)],
      instruments: [
        Instrument(
          symbol: "BTC-USDT", base: Self.btc, quote: Self.usdt, tickUnits: 100_000, lotUnits: 1000,
          minimumSize: Lots(1), maximumSize: Lots(100_000_000), makerFeePPM: 800,
          takerFeePPM: 1000, listedAt: Self.firstTime)
      ],
      operators: [
        Operator(name: "dave", publicKey: [UInt8](repeating: 1, count: 32)),
        Operator(name: "erin", publicKey: [UInt8](repeating: 2, count: 32)),
      ],
      addressCoolingOffMilliseconds: 0, credentialHoldMilliseconds: 0, walletDescriptor: "",
      guardKey: [UInt8](repeating: 3, count: 32))
  }
}
