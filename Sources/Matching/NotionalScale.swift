public import Money

/// Turns price × size of one market into units of its quote asset.
public struct NotionalScale: Equatable, Sendable, BitwiseCopyable {
  // Quote units for one tick × one lot are `factor` ÷ `divisor`, in lowest terms: for most markets
  // the divisor is 1 and nothing is divided.
  @usableFromInline let factor: UInt64
  @usableFromInline let divisor: UInt64
  // A number below 2^63 divided by `divisor` is the upper half of its double times `reciprocal`, shifted
  // right by `shift`, exactly: 2^(63 + shift) ÷ divisor, rounded up, where 2^shift is the first power of
  // two that is not below the divisor. Rounding up adds less than 2^shift to reciprocal × divisor, so
  // that a product is too large by less than 1 ÷ divisor. See Granlund and Montgomery, "Division by
  // Invariant Integers using Multiplication", 1994.
  @usableFromInline let reciprocal: UInt64
  @usableFromInline let shift: UInt64
  /// What is divided at most: what comes to ``ceiling``, or what is below 2^63.
  @usableFromInline let mostRaised: UInt64

  /// The largest notional that is formed, in quote units.
  @inlinable public static var ceiling: Amount { Amount(units: 1 << 60) }

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
    let power: UInt64 = (0..<baseDecimals).reduce(1) { power, _ in power * 10 }
    var (a, b) = (UInt64(product), power)
    while b > 0 { (a, b) = (b, a % b) }
    factor = UInt64(product) / a
    divisor = power / a
    let (most, isWide) = UInt64(Self.ceiling.units).multipliedReportingOverflow(by: divisor)
    mostRaised = isWide ? .max >> 1 : min(most, .max >> 1 - divisor) + (divisor - 1)
    let width = 64 - (divisor - 1).leadingZeroBitCount
    shift = UInt64(width)
    if width == 0 {
      reciprocal = 1 << 63
    } else {
      let (whole, rest) = divisor.dividingFullWidth((1 << UInt64(width - 1), 0))
      reciprocal = whole + (rest > 0 ? 1 : 0)
    }
  }

  /// Returns what `size` at `price` comes to, or `nil` when it is above ``ceiling``.
  @inlinable @inline(__always)
  public func notional(
    of size: Lots, at price: Price, rounding: Rounding
  ) -> Amount? {
    precondition(size >= .zero, "a size is not negative")
    if let units = narrowNotional(of: size.count, at: price.ticks, rounding: rounding) {
      return Amount(units: units)
    }
    return wideNotional(of: size, at: price, rounding: rounding)
  }

  /// The same in units, where 64 bits suffice for each step, as they nearly always do; `nil` says nothing.
  /// Neither price nor size is negative.
  @inlinable @inline(__always)
  package func narrowNotional(of size: Int64, at price: Int64, rounding: Rounding) -> Int64? {
    let (steps, wide) = UInt64(bitPattern: price)
      .multipliedReportingOverflow(by: UInt64(bitPattern: size))
    let (product, wider) = steps.multipliedReportingOverflow(by: factor)
    let (raised, widest) = product.addingReportingOverflow(rounding == .up ? divisor &- 1 : 0)
    guard !wide, !wider, !widest, raised <= mostRaised else { return nil }
    return Int64(
      truncatingIfNeeded: (raised << 1).multipliedFullWidth(by: reciprocal).high &>> shift)
  }

  /// For steps beyond 64 bits, and for what is above the ceiling.
  @usableFromInline @inline(never) func wideNotional(
    of size: Lots, at price: Price, rounding: Rounding
  ) -> Amount? {
    // Ticks × lots has at most 126 bits; only its product with the factor can leave 128.
    let steps = UInt128(UInt64(price.ticks)) * UInt128(UInt64(size.count))
    let (product, overflow) = steps.multipliedReportingOverflow(by: UInt128(factor))
    guard !overflow else { return nil }
    var (units, rest) = product.quotientAndRemainder(dividingBy: UInt128(divisor))
    if rest > 0, rounding == .up { units += 1 }
    guard units <= UInt128(UInt64(Self.ceiling.units)) else { return nil }
    return Amount(units: Int64(units))
  }

  /// Returns the most lots that `budget` pays for at `price`; zero for a budget that is not
  /// positive.
  @inlinable public func lots(for budget: Amount, at price: Price) -> Lots {
    guard budget.units > 0 else { return .zero }
    let (cost, wide) = UInt64(price.ticks).multipliedReportingOverflow(by: factor)
    guard !wide else { return wideLots(for: budget, at: price) }
    let product = UInt64(budget.units).multipliedFullWidth(by: divisor)
    guard product.high < cost else { return Lots(.max) }
    let quotient =
      product.high == 0 ? product.low / cost : cost.dividingFullWidth(product).quotient
    return Lots(Int64(clamping: quotient))
  }

  /// For a lot's cost beyond 64 bits.
  @usableFromInline func wideLots(for budget: Amount, at price: Price) -> Lots {
    let cost = UInt128(UInt64(price.ticks)) * UInt128(factor)
    return Lots(Int64(clamping: UInt128(UInt64(budget.units)) * UInt128(divisor) / cost))
  }
}
