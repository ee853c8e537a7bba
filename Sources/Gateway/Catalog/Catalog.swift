import Engine
import Money
import Structures

/// What is traded and held here, looked up by the names that clients use.
struct Catalog: Sendable {
  let configuration: ExchangeConfiguration
  private let assetIDs: [String: AssetID]
  private let marketIDs: [String: InstrumentID]

  /// An exchange that is not configured yet.
  static let empty = Catalog(
    ExchangeConfiguration(
      assets: [], instruments: [], operators: [], addressCoolingOffMilliseconds: 0,
      credentialHoldMilliseconds: 0, walletDescriptor: "", guardKey: []))

  init(_ configuration: ExchangeConfiguration) {
    self.configuration = configuration
    assetIDs = Dictionary(
      zip(configuration.assets.map(\.code), configuration.assets.indices.map(Self.id)),
      uniquingKeysWith: { first, _ in first })
    marketIDs = Dictionary(
      zip(configuration.instruments.map(\.symbol), configuration.instruments.indices.map(Self.id)),
      uniquingKeysWith: { first, _ in first })
  }

  private static func id<Subject>(_ index: Int) -> Identifier<Subject> {
    Identifier(UInt64(index) + 1)
  }

  /// All assets with their ids, in the configuration's order.
  var assets: [(id: AssetID, asset: Asset)] {
    configuration.assets.enumerated().map { (Self.id($0.offset), $0.element) }
  }

  /// All markets in the configuration's order.
  var markets: [MarketSpec] {
    configuration.instruments.indices.compactMap { market(Self.id($0)) }
  }

  func asset(_ id: AssetID) -> Asset? {
    let index = Int(id.raw) - 1
    return configuration.assets.indices.contains(index) ? configuration.assets[index] : nil
  }

  func assetID(_ code: String) -> AssetID? { assetIDs[code] }

  /// The currency code, such as "BTC".
  func code(of id: AssetID) -> String { asset(id)?.code ?? "" }

  /// `amount` in decimals of the asset.
  func text(_ amount: Amount, of id: AssetID) -> String {
    DecimalText.text(units: amount.units, decimals: asset(id)?.decimals ?? 0)
  }

  func market(_ id: InstrumentID) -> MarketSpec? {
    let index = Int(id.raw) - 1
    guard configuration.instruments.indices.contains(index) else { return nil }
    let instrument = configuration.instruments[index]
    guard let base = asset(instrument.base), let quote = asset(instrument.quote) else { return nil }
    return MarketSpec(id: id, instrument: instrument, base: base, quote: quote)
  }

  func market(symbol: String) -> MarketSpec? { marketIDs[symbol].flatMap(market) }

  /// The market that a request names by `instId` or by the number `instIdCode`.
  func market(in parameters: Parameters) throws(Rejection) -> MarketSpec {
    if let symbol = parameters.text("instId") {
      guard let market = market(symbol: symbol) else {
        throw Rejection(
          .instrumentUnknown,
          "Instrument ID, Instrument ID code, or Spread ID doesn't exist.")
      }
      return market
    }
    guard let code = parameters.text("instIdCode") else {
      throw Rejection(.parameterEmpty, name: "instId")
    }
    guard let number = UInt64(code), let market = market(InstrumentID(number)) else {
      throw Rejection(
        .instrumentUnknown, "Instrument ID, Instrument ID code, or Spread ID doesn't exist.")
    }
    return market
  }

  /// The asset that a request names by `ccy`, if it names one.
  func asset(in parameters: Parameters) throws(Rejection) -> AssetID? {
    guard let code = parameters.text("ccy") else { return nil }
    guard let id = assetID(code) else {
      throw Rejection(.currencyUnknown, "Token \(code) does not exist.")
    }
    return id
  }

  /// The asset that a request must name by `ccy`.
  func requiredAsset(in parameters: Parameters) throws(Rejection) -> (id: AssetID, asset: Asset) {
    let code = try parameters.required("ccy")
    guard let id = assetID(code), let asset = asset(id) else {
      throw Rejection(.currencyUnknown, "Token \(code) does not exist.")
    }
    return (id, asset)
  }

  /// The assets of a comma-separated `ccy`, or `nil` when it is not given.
  func assets(in parameters: Parameters) throws(Rejection) -> Set<AssetID>? {
    guard let list = parameters.text("ccy") else { return nil }
    var ids: Set<AssetID> = []
    for code in list.split(separator: ",") {
      guard let id = assetID(String(code)) else {
        throw Rejection(.currencyUnknown, "Token \(code) does not exist.")
      }
      ids.insert(id)
    }
    return ids
  }

  /// A positive amount of `asset` in decimal text.
  func amount(_ text: String, name: String, of asset: Asset) throws(Rejection) -> Amount {
    let units: Int64
    do {
      units = try DecimalText.units(of: text, decimals: asset.decimals)
    } catch {
      switch error {
      case .malformed:
        throw Rejection(.parameterInvalid, name: name, problem: "not a decimal number")
      case .tooManyDecimals(let limit):
        throw Rejection(.parameterInvalid, name: name, problem: "at most \(limit) decimals")
      case .tooLarge: throw Rejection(.parameterInvalid, name: name, problem: "too large")
      }
    }
    guard units > 0 else {
      throw Rejection(.amountNotPositive, "Parameter \(name) must be greater than 0.")
    }
    return Amount(units: units)
  }
}
