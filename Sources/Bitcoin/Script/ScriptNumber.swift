/// Numbers on the stack: little-endian magnitude with the sign in the highest bit, zero as nothing.
package enum ScriptNumber {
  /// Why an element is not a number.
  package enum Failure: Error { case tooLong, notMinimal }

  /// Returns the shortest form of `number`.
  package static func bytes(_ number: Int64) -> [UInt8] {
    guard number != 0 else { return [] }
    var magnitude = number.magnitude
    var bytes: [UInt8] = []
    while magnitude > 0 {
      bytes.append(UInt8(truncatingIfNeeded: magnitude))
      magnitude >>= 8
    }
    if let last = bytes.last, last & 0x80 != 0 {
      bytes.append(number < 0 ? 0x80 : 0)
    } else if number < 0 {
      bytes[bytes.count - 1] |= 0x80
    }
    return bytes
  }

  /// Returns the number in `bytes` of at most `limit` bytes (at most 8).
  package static func value(
    _ bytes: [UInt8], limit: Int = 4, requireMinimal: Bool
  ) throws(Failure) -> Int64 {
    precondition(limit <= 8)
    guard bytes.count <= limit else { throw .tooLong }
    guard let last = bytes.last else { return 0 }
    // The highest byte may hold nothing but a sign only when the byte below needs the room.
    if requireMinimal, last & 0x7F == 0,
      bytes.count == 1 || bytes[bytes.count - 2] & 0x80 == 0
    {
      throw .notMinimal
    }
    var magnitude: Int64 = 0
    for (index, byte) in bytes.enumerated() {
      let digits = index == bytes.count - 1 ? byte & 0x7F : byte
      magnitude |= Int64(digits) << Int64(8 * index)
    }
    return last & 0x80 != 0 ? -magnitude : magnitude
  }
}
