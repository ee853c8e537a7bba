/// Writes the network serialisation of Bitcoin.
package struct ConsensusWriter: Sendable {
  /// What has been written so far.
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func integer<T: FixedWidthInteger>(_ value: T) {
    for index in 0..<(T.bitWidth / 8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> T(index * 8)))
    }
  }

  package mutating func fixed(_ value: some Sequence<UInt8>) { bytes.append(contentsOf: value) }

  /// Writes a count in its shortest form.
  package mutating func compactSize(_ value: Int) {
    switch value {
    case ..<0xFD: bytes.append(UInt8(value))
    case ..<0x1_0000:
      bytes.append(0xFD)
      integer(UInt16(value))
    case ..<0x1_0000_0000:
      bytes.append(0xFE)
      integer(UInt32(value))
    default:
      bytes.append(0xFF)
      integer(UInt64(value))
    }
  }

  /// Writes bytes behind their count.
  package mutating func counted(_ value: [UInt8]) {
    compactSize(value.count)
    bytes.append(contentsOf: value)
  }
}
