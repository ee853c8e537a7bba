public import Engine
public import Money
public import OrderFlow
public import Structures

// ExchangeFlow owns the translation of a workload into commands of the exchange: configuration,
// customers and money first, then each command as a customer would send it.

/// A workload's exchange: its markets, its customers, and its orders as commands.
///
/// Every order carries a client id of 16 digits that looks random, so that the check for duplicates
/// works. Cancels and moves name the exchange's own order id. A move is an amendment of the price.
public struct ExchangeFlow: Sendable {
  /// The quote asset of all markets; market `symbol` trades asset `symbol` + 2 for it.
  public static let quote = AssetID(1)
  /// Workloads begin here.
  public static let firstTime = Timestamp(milliseconds: 1_767_225_600_000)
  /// What each customer who buys has of the quote asset, and each who sells of every base asset.
  public static let funds = Amount(units: 100_000_000_000)

  public let symbols: Int
  public let users: Int

  public init(symbols: Int, users: Int) {
    self.symbols = symbols
    self.users = users
  }

  public init(_ header: OrderFlowHeader) {
    self.init(symbols: Int(header.symbols), users: Int(header.users))
  }

  public static func base(_ symbol: Int) -> AssetID { AssetID(UInt64(symbol) + 2) }

  public static func account(_ user: UInt32) -> AccountID { AccountID(UInt64(user) + 1) }

  /// Commands arrive at 100 000 a second.
  public static func time(ofCommand index: Int) -> Timestamp {
    firstTime.advanced(byMilliseconds: Int64(index / 100))
  }

  /// Configuration, accounts, and money by receipts of two operators, moved to the trading wallet.
  public func prepare(_ body: (Command) -> Void) {
    let configuration = configuration
    body(.configure(configuration))
    for user in 0..<users {
      let account = Self.account(UInt32(user))
      body(.openAccount(name: "customer\(user)"))
      // Even users buy: they need the quote asset. Odd ones sell: they need every base asset.
      let assets = user.isMultiple(of: 2) ? [Self.quote] : (0..<symbols).map(Self.base)
      for asset in assets {
        for person in configuration.operators {
          body(
            .attestReceipt(
              AttestReceipt(
                operatorName: person.name, account: account, asset: asset, amount: Self.funds,
                reference: "receipt\(user)", signature: [UInt8](repeating: 0, count: 64))))
        }
        body(
          .transfer(
            account: account, asset: asset, amount: Self.funds, from: .funding, to: .trading))
      }
    }
  }

  /// Prices in 0.01 of a quote asset with six decimals, sizes in 0.000001 of base assets with eight:
  /// so a price times a size is divided by 100 and rounded.
  public var configuration: ExchangeConfiguration {
    ExchangeConfiguration(
      assets: [Self.asset("USDT", decimals: 6)]
        + (0..<symbols).map { Self.asset("C\($0)", decimals: 8) },
      instruments: (0..<symbols).map { symbol in
        Instrument(
          symbol: "C\(symbol)-USDT", base: Self.base(symbol), quote: Self.quote, tickUnits: 10_000,
          lotUnits: 100, minimumSize: Lots(1), maximumSize: Lots(100_000_000), makerFeePPM: 800,
          takerFeePPM: 1000, listedAt: Self.firstTime)
      },
      operators: [
        Operator(name: "dave", publicKey: [UInt8](repeating: 1, count: 32)),
        Operator(name: "erin", publicKey: [UInt8](repeating: 2, count: 32)),
      ],
      addressCoolingOffMilliseconds: 0, credentialHoldMilliseconds: 0, walletDescriptor: "",
      guardKey: [UInt8](repeating: 3, count: 32))
  }

  private static func asset(_ code: String, decimals: Int) -> Asset {
    let open = Amount(units: 1 << 50)
    return Asset(
      code: code, name: code, decimals: decimals, rail: .manual, chain: "\(code)-Manual",
      minimumDeposit: Amount(units: 1), minimumWithdrawal: Amount(units: 1), withdrawalFee: .zero,
      depositConfirmations: 1, withdrawalConfirmations: 1,
      limits: WithdrawalLimits(
        refuseAbove: open, reviewAbove: open, delayAbove: open, delayMilliseconds: 0,
        customerHour: open, customerDay: open, assetHour: open, assetDay: open, countHour: 1000,
        firstUseMilliseconds: 0))
  }
}
