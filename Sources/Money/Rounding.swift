/// Which way an inexact division goes. Every division of money names one.
public enum Rounding: Sendable {
  /// Towards positive infinity: for what a customer owes or must set aside.
  case up
  /// Towards negative infinity: for what a customer receives.
  case down
}

/// Why a product of money cannot be formed.
public enum MoneyError: Error, Equatable, Sendable {
  /// The result does not fit in 63 bits.
  case overflow
}

/// Returns `a` × `b` ÷ `divisor`, rounded as asked, formed in 128 bits so that no step can wrap.
///
/// - Parameters:
///   - a: A non-negative factor.
///   - b: A non-negative factor.
///   - divisor: At least 1.
/// - Throws: ``MoneyError/overflow`` when the result does not fit in 63 bits.
public func multiply(
  _ a: Int64, by b: Int64, dividingBy divisor: Int64, rounding: Rounding
) throws(MoneyError) -> Int64 {
  precondition(a >= 0 && b >= 0 && divisor >= 1, "factors of money are not negative")
  var (whole, rest) = (Int128(a) * Int128(b)).quotientAndRemainder(dividingBy: Int128(divisor))
  if rest > 0, rounding == .up { whole += 1 }
  guard let exact = Int64(exactly: whole) else { throw .overflow }
  return exact
}
