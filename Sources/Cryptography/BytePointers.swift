// Unsafe file. Sound because a secret is never empty, so its buffer always has a base address.

extension UnsafeRawBufferPointer {
  /// The first byte of a buffer that is not empty, typed as C wants it.
  var bytePointer: UnsafePointer<UInt8> {
    guard let base = baseAddress else { preconditionFailure("a secret is never empty") }
    return unsafe base.assumingMemoryBound(to: UInt8.self)
  }
}

extension UnsafeMutableRawBufferPointer {
  /// The first byte of a buffer that is not empty, typed as C wants it.
  var bytePointer: UnsafeMutablePointer<UInt8> {
    guard let base = baseAddress else { preconditionFailure("a secret is never empty") }
    return unsafe base.assumingMemoryBound(to: UInt8.self)
  }
}

extension UnsafeRawBufferPointer {
  /// The first byte of a buffer that is not empty, typed as C wants text.
  var characterPointer: UnsafePointer<CChar> {
    guard let base = baseAddress else { preconditionFailure("a secret is never empty") }
    return unsafe base.assumingMemoryBound(to: CChar.self)
  }
}
