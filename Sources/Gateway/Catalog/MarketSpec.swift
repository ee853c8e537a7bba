import Engine
import Money

/// A market with what is needed to read and print its prices and sizes.
struct MarketSpec: Sendable {
  let id: InstrumentID
  let instrument: Instrument
  let base: Asset
  let quote: Asset

  var symbol: String { instrument.symbol }

  /// A price in decimals of the quote asset.
  func text(_ price: Price) -> String {
    WideDecimal.text(
      Int128(price.ticks) * Int128(instrument.tickUnits), decimals: quote.decimals)
  }

  /// A size in decimals of the base asset.
  func text(_ size: Lots) -> String { baseText(Int128(size.count)) }

  /// A sum of sizes, in lots.
  func baseText(_ lots: Int128) -> String {
    WideDecimal.text(lots * Int128(instrument.lotUnits), decimals: base.decimals)
  }

  /// A sum of quote units.
  func quoteText(_ units: Int128) -> String {
    WideDecimal.text(units, decimals: quote.decimals)
  }

  var tickText: String { DecimalText.text(units: instrument.tickUnits, decimals: quote.decimals) }
  var lotText: String { DecimalText.text(units: instrument.lotUnits, decimals: base.decimals) }

  /// What was paid per unit of base on average, as exactly as 128 bits allow, rounded down; blank
  /// when nothing was filled.
  func averageText(quote units: Amount, filled: Lots) -> String {
    guard filled.count > 0 else { return "" }
    let divisor = Int128(filled.count) * Int128(instrument.lotUnits)
    let product = Int128(units.units) * WideDecimal.power(base.decimals)
    for extra in [8, 4, 2, 0] {
      let (scaled, overflow) = product.multipliedReportingOverflow(by: WideDecimal.power(extra))
      if !overflow { return WideDecimal.text(scaled / divisor, decimals: quote.decimals + extra) }
    }
    return ""
  }

  /// The price that `text` says, which must be on a tick.
  func price(_ text: String, name: String) throws(Rejection) -> Price {
    let units: Int64
    do {
      units = try DecimalText.units(of: text, decimals: quote.decimals)
    } catch {
      switch error {
      case .malformed:
        throw Rejection(.parameterInvalid, name: name, problem: "not a decimal number")
      case .tooManyDecimals: throw offTick(name)
      case .tooLarge: throw Rejection(.parameterInvalid, name: name, problem: "too large")
      }
    }
    guard units > 0 else {
      throw Rejection(.parameterInvalid, name: name, problem: "must be greater than 0")
    }
    let (ticks, rest) = units.quotientAndRemainder(dividingBy: instrument.tickUnits)
    guard rest == 0, let price = Price(ticks: ticks) else { throw offTick(name) }
    return price
  }

  private func offTick(_ name: String) -> Rejection {
    Rejection(
      .tooManyDecimals, "Parameter \(name) must be a multiple of the tick size \(tickText).")
  }

  /// The size that `text` says, which must be whole lots.
  func size(_ text: String, name: String) throws(Rejection) -> Lots {
    let units: Int64
    do {
      units = try DecimalText.units(of: text, decimals: base.decimals)
    } catch {
      switch error {
      case .malformed:
        throw Rejection(.parameterInvalid, name: name, problem: "not a decimal number")
      case .tooManyDecimals: throw offLot(name)
      case .tooLarge: throw Rejection(.parameterInvalid, name: name, problem: "too large")
      }
    }
    guard units > 0 else {
      throw Rejection(.parameterInvalid, name: name, problem: "must be greater than 0")
    }
    let (lots, rest) = units.quotientAndRemainder(dividingBy: instrument.lotUnits)
    guard rest == 0 else {
      // Below one lot is too small before it is anything else.
      if lots == 0 {
        throw Rejection(
          .belowMinimumSize,
          "Your order should meet or exceed the minimum order amount "
            + "\(self.text(instrument.minimumSize)).")
      }
      throw offLot(name)
    }
    return Lots(lots)
  }

  private func offLot(_ name: String) -> Rejection {
    Rejection(.sizeNotOnLot, "Order quantity must be a multiple of the lot size \(lotText).")
  }
}
