import Bitcoin
import Settings
import Descriptors
import Engine
import Foundation
import Money
import Signing
import Structures

extension ExchangeConfiguration {
  /// Reads what the core is told: wallet, operators, holds, assets and markets.
  init(
    _ root: ConfigurationSection, network: Network, guardKey: [UInt8]
  ) throws(ConfigurationError) {
    let wallet = try root.section("wallet")
    let withdrawals = try root.section("withdrawals")
    let assets = try Self.assets(root)
    self.init(
      assets: assets, instruments: try Self.instruments(root, assets: assets),
      operators: try Self.operators(root, assets: assets),
      addressCoolingOffMilliseconds: try withdrawals.milliseconds("addressCoolingOff"),
      credentialHoldMilliseconds: try withdrawals.milliseconds("credentialHold"),
      walletDescriptor: try wallet.walletDescriptor(on: network).text, guardKey: guardKey)
  }

  private static func operators(
    _ root: ConfigurationSection, assets: [Asset]
  ) throws(ConfigurationError) -> [Operator] {
    var operators: [Operator] = []
    for section in try root.sections("operators") {
      let name = try section.string("name")
      guard KeyFile.isLabel(name) else {
        throw section.error(
          "name", "\(name) is not allowed; allowed 1 to 64 letters, digits, blanks and . _ @ -")
      }
      guard !operators.contains(where: { $0.name == name }) else {
        throw section.error("name", "\(name) is there already; each operator is named once")
      }
      let key = try section.bytes("publicKey", count: 32)
      guard !operators.contains(where: { $0.publicKey == key }) else {
        throw section.error(
          "publicKey", "is another operator's already; each operator has a key of his own")
      }
      operators.append(Operator(name: name, publicKey: key))
    }
    guard operators.count >= 2 || !assets.contains(where: { $0.rail == .manual }) else {
      throw root.error(
        "operators", "has \(operators.count) entries; receipts on the manual rail need at least 2")
    }
    return operators
  }
}

/// How the file names an asset's way in and out.
private enum RailName: String, CaseIterable {
  case bitcoin, manual
}

extension ExchangeConfiguration {
  private static func assets(
    _ root: ConfigurationSection
  ) throws(ConfigurationError) -> [Asset] {
    var assets: [Asset] = []
    for section in try root.sections("assets") {
      let asset = try asset(section)
      guard !assets.contains(where: { $0.code == asset.code }) else {
        throw section.error("code", "\(asset.code) is there already; each asset is listed once")
      }
      if asset.rail == .bitcoin, let other = assets.first(where: { $0.rail == .bitcoin }) {
        throw section.error(
          "rail", "\(other.code) is on the rail bitcoin already; one asset is what a wallet holds")
      }
      assets.append(asset)
    }
    guard !assets.isEmpty else { throw root.error("assets", "is missing; at least one is needed") }
    return assets
  }

  private static func asset(
    _ section: ConfigurationSection
  ) throws(ConfigurationError) -> Asset {
    let code = try section.string("code")
    let isCode =
      (1...16).contains(code.utf8.count)
      && code.allSatisfy { $0.isASCII && ($0.isUppercase || $0.isNumber) }
    guard isCode else {
      throw section.error("code", "\(code) is not allowed; allowed 1 to 16 capitals and digits")
    }
    let rail: Asset.Rail =
      try section.choice("rail", of: RailName.self) == .bitcoin ? .bitcoin : .manual
    let decimals = Int(try section.integer("decimals", in: 0...18))
    guard rail == .manual || decimals == 8 else {
      throw section.error("decimals", "\(decimals) is not allowed; the rail bitcoin counts in 8")
    }
    // Below this, nodes do not relay an output to any kind of script (policy "dust").
    let dust: Int64 = rail == .bitcoin ? 546 : 1
    return Asset(
      code: code, name: try section.string("name", default: code), decimals: decimals, rail: rail,
      chain: try section.string("chain"),
      minimumDeposit: try section.amount(
        "minimumDeposit", decimals: decimals, in: 1...Int64.max / 4),
      minimumWithdrawal: try section.amount(
        "minimumWithdrawal", decimals: decimals, in: dust...Int64.max / 4),
      withdrawalFee: try section.amount(
        "withdrawalFee", decimals: decimals, in: 0...Int64.max / 4),
      depositConfirmations: UInt32(
        try section.integer("depositConfirmations", in: 1...1000, default: 3)),
      withdrawalConfirmations: UInt32(
        try section.integer("withdrawalConfirmations", in: 1...1000, default: 3)),
      limits: try limits(try section.section("limits"), decimals: decimals))
  }

  private static func limits(
    _ section: ConfigurationSection, decimals: Int
  ) throws(ConfigurationError) -> WithdrawalLimits {
    func amount(_ key: String) throws(ConfigurationError) -> Amount {
      try section.amount(key, decimals: decimals, in: 0...Int64.max / 4)
    }
    return WithdrawalLimits(
      refuseAbove: try amount("refuseAbove"), reviewAbove: try amount("reviewAbove"),
      delayAbove: try amount("delayAbove"), delayMilliseconds: try section.milliseconds("delay"),
      customerHour: try amount("customerHour"), customerDay: try amount("customerDay"),
      assetHour: try amount("assetHour"), assetDay: try amount("assetDay"),
      countHour: UInt32(try section.integer("countHour", in: 0...1_000_000)),
      firstUseMilliseconds: try section.milliseconds("firstUse"))
  }
}

extension ExchangeConfiguration {
  private static func instruments(
    _ root: ConfigurationSection, assets: [Asset]
  ) throws(ConfigurationError) -> [Instrument] {
    var instruments: [Instrument] = []
    for section in try root.sections("instruments") {
      let instrument = try instrument(section, assets: assets)
      guard !instruments.contains(where: { $0.symbol == instrument.symbol }) else {
        throw section.error(
          "symbol", "\(instrument.symbol) is there already; each market is listed once")
      }
      instruments.append(instrument)
    }
    return instruments
  }

  private static func instrument(
    _ section: ConfigurationSection, assets: [Asset]
  ) throws(ConfigurationError) -> Instrument {
    let symbol = try section.string("symbol")
    let codes = symbol.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    let positions = codes.compactMap { code in assets.firstIndex { $0.code == code } }
    guard codes.count == 2, positions.count == 2, positions[0] != positions[1] else {
      let known = assets.map(\.code).joined(separator: ", ")
      throw section.error("symbol", "\(symbol) is not BASE-QUOTE of two assets; allowed \(known)")
    }
    let (base, quote) = (assets[positions[0]], assets[positions[1]])
    let lot = try section.amount("lotSize", decimals: base.decimals, in: 1...Int64.max / 4)
    func lots(_ key: String) throws(ConfigurationError) -> Lots {
      let amount = try section.amount(
        key, decimals: base.decimals, in: lot.units...Int64.max / 4)
      guard amount.units.isMultiple(of: lot.units) else {
        let size = DecimalText.text(units: lot.units, decimals: base.decimals)
        throw section.error(key, "is not a multiple of lotSize, which is \(size)")
      }
      return Lots(amount.units / lot.units)
    }
    let (minimum, maximum) = (try lots("minimumSize"), try lots("maximumSize"))
    guard minimum <= maximum else {
      throw section.error("maximumSize", "is below minimumSize")
    }
    return Instrument(
      symbol: symbol, base: AssetID(UInt64(positions[0] + 1)),
      quote: AssetID(UInt64(positions[1] + 1)),
      tickUnits: try section.amount("tickSize", decimals: quote.decimals, in: 1...Int64.max / 4)
        .units,
      lotUnits: lot.units, minimumSize: minimum, maximumSize: maximum,
      makerFeePPM: try section.amount("makerFee", decimals: 6, in: 0...100_000).units,
      takerFeePPM: try section.amount("takerFee", decimals: 6, in: 0...100_000).units,
      listedAt: try day(section, "listed"))
  }

  /// Midnight UTC of a day written 2026-01-31.
  private static func day(
    _ section: ConfigurationSection, _ key: String
  ) throws(ConfigurationError) -> Timestamp {
    let text = try section.string(key)
    let style = Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day()
    guard text.utf8.count == 10, let date = try? style.parse(text) else {
      throw section.error(key, "\(text) is not a day; expected such as 2026-01-31")
    }
    return Timestamp(milliseconds: Int64(date.timeIntervalSince1970) * 1000)
  }
}
