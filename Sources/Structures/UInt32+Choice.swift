extension UInt32 {
  /// Returns `other` where `condition` holds, else this number.
  ///
  /// Written so that the compiler makes no branch of it, which it likes to do when one of the numbers
  /// lies in memory: for conditions that nobody can foresee.
  @inlinable @inline(__always)
  package func replaced(by other: UInt32, if condition: Bool) -> UInt32 {
    self ^ ((self ^ other) & (0 &- (condition ? 1 : 0)))
  }
}
