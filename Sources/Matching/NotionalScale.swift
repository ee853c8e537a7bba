public import Money

/// Turns price × size of one market into units of its quote asset.
public struct NotionalScale: Equatable, Sendable, BitwiseCopyable {
  /// Quote units for one tick × one lot are `factor` ÷ `divisor`.
  private let factor: Int128
  private let divisor: Int128

  /// The largest notional that is formed, in quote units.
  public static let ceiling = Amount(units: 1 << 60)

  /// Creates the scale of a market.
  ///
  /// - Parameters:
  ///   - tickUnits: Quote units per tick, for one whole unit of base. At least 1.
  ///   - lotUnits: Base units per lot. At least 1.
  ///   - baseDecimals: Decimals of the base asset's ledger unit, 0 to 18.
  /// - Returns: `nil` when tick × lot does not fit in 63 bits.
  public init?(tickUnits: Int64, lotUnits: Int64, baseDecimals: Int) {
    guard tickUnits >= 1, lotUnits >= 1, (0...18).contains(baseDecimals) else { return nil }
    let (product, overflow) = tickUnits.multipliedReportingOverflow(by: lotUnits)
    guard !overflow else { return nil }
    factor = Int128(product)
    divisor = (0..<baseDecimals).reduce(1) { power, _ in power * 10 }
  }

  /// Returns what `size` at `price` comes to, or `nil` when it is above ``ceiling``.
  public func notional(of size: Lots, at price: Price, rounding: Rounding) -> Amount? {
    // Ticks × lots has at most 126 bits; only its product with the factor can leave 128.
    let steps = Int128(price.ticks) * Int128(size.count)
    let (product, overflow) = steps.multipliedReportingOverflow(by: factor)
    guard !overflow else { return nil }
    var (units, rest) = product.quotientAndRemainder(dividingBy: divisor)
    if rest > 0, rounding == .up { units += 1 }
    guard units <= Int128(Self.ceiling.units) else { return nil }
    return Amount(units: Int64(units))
  }

  /// Returns the most lots that `budget` pays for at `price`.
  public func lots(for budget: Amount, at price: Price) -> Lots {
    let cost = Int128(price.ticks) * factor
    let lots = Int128(budget.units) * divisor / cost
    return Lots(Int64(clamping: lots))
  }
}
