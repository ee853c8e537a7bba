/// Where hashes lie in a table that keeps them in their order, and so may have any size.
public enum HashOrder {
  /// The place of `hash` among `size`: the same share of it as `hash` is of 2^32. See Lemire, "Fast
  /// Random Integer Generation in an Interval", 2019.
  @inlinable @inline(__always)
  public static func place(of hash: UInt32, among size: UInt32) -> UInt32 {
    UInt32(truncatingIfNeeded: (UInt64(hash) &* UInt64(size)) >> 32)
  }
}
