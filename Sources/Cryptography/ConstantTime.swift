// Unsafe file. Sound because both arrays live through the call and have the length handed over.
import CSodium

/// Comparisons whose duration says nothing about the content.
public enum ConstantTime {
  /// Returns whether `a` and `b` are the same bytes. Only the lengths may be learnt from timing.
  public static func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    guard a.count == b.count else { return false }
    return unsafe sodium_memcmp(a, b, a.count) == 0
  }
}
