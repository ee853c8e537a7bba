import Engine
import Foundation
import Money
import Settings
import Structures

// How the file describes the markets.

extension ExchangeConfiguration {
  /// Reads the markets, whose symbols name two of `assets`.
  static func instruments(
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
    let fees = try FeeTier(section)
    return Instrument(
      symbol: symbol, base: AssetID(UInt64(positions[0] + 1)),
      quote: AssetID(UInt64(positions[1] + 1)),
      tickUnits: try section.amount("tickSize", decimals: quote.decimals, in: 1...Int64.max / 4)
        .units,
      lotUnits: lot.units, minimumSize: minimum, maximumSize: maximum,
      makerFeePPM: fees.makerPPM, takerFeePPM: fees.takerPPM, listedAt: try day(section, "listed"),
      feeTiers: try feeTiers(section, first: fees),
      priceLimitPPM: try section.share("priceLimit"),
      marketBandPPM: try section.share("marketBand"),
      openOrdersLimit: UInt32(try section.integer("openOrders", in: 1...4000, default: 500)))
  }

  /// The fees of the second tier and those after it. A rebate is paid out of the taker's fee of the
  /// same trade, whichever tier the taker is of.
  private static func feeTiers(
    _ section: ConfigurationSection, first: FeeTier
  ) throws(ConfigurationError) -> [FeeTier] {
    let sections = try section.sections("feeTiers")
    guard sections.count <= 15 else {
      throw section.error("feeTiers", "has \(sections.count) tiers; allowed 15 beyond the first")
    }
    var tiers: [FeeTier] = []
    for section in sections { tiers.append(try FeeTier(section)) }
    let smallest = (tiers + [first]).map(\.takerPPM).min() ?? 0
    for (tier, section) in zip([first] + tiers, [section] + sections)
    where -tier.makerPPM > smallest {
      let rebate = DecimalText.text(units: -tier.makerPPM, decimals: 6)
      let fee = DecimalText.text(units: smallest, decimals: 6)
      throw section.error(
        "makerFee", "is a rebate of \(rebate), above the smallest takerFee of the market, \(fee)")
    }
    return tiers
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

extension FeeTier {
  fileprivate init(_ section: ConfigurationSection) throws(ConfigurationError) {
    self.init(
      makerPPM: try section.amount("makerFee", decimals: 6, in: -100_000...100_000).units,
      takerPPM: try section.amount("takerFee", decimals: 6, in: 0...100_000).units)
  }
}

extension ConfigurationSection {
  /// A share of a price, 0 to 1, in millionths; 0 when the file does not say.
  fileprivate func share(_ key: String) throws(ConfigurationError) -> Int64 {
    try amount(key, decimals: 6, in: 0...1_000_000, default: .zero).units
  }
}
