/// Writes the network serialisation of Bitcoin.
package struct ConsensusWriter: Sendable {
  /// What has been written so far.
  package private(set) var bytes: [UInt8] = []

  package init() {}

  /// Creates a writer with room for `byteCount` bytes.
  package init(byteCount: Int) { bytes.reserveCapacity(byteCount) }

  package mutating func integer<T: FixedWidthInteger>(_ value: T) {
    var rest = UInt64(truncatingIfNeeded: value)
    for _ in 0..<(T.bitWidth / 8) {
      bytes.append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }

  package mutating func fixed(_ value: [UInt8]) { bytes.append(contentsOf: value) }

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

  /// Bytes of ``compactSize(_:)``.
  package static func width(of count: Int) -> Int {
    switch count {
    case ..<0xFD: 1
    case ..<0x1_0000: 3
    case ..<0x1_0000_0000: 5
    default: 9
    }
  }

  /// Writes bytes behind their count.
  package mutating func counted(_ value: [UInt8]) {
    compactSize(value.count)
    bytes.append(contentsOf: value)
  }

  /// Bytes of ``counted(_:)``.
  package static func countedWidth(of value: [UInt8]) -> Int {
    width(of: value.count) + value.count
  }
}
