public import Wire

/// Which version of the signed policy is meant, and the very one.
public struct PolicyName: Hashable, Sendable {
  /// From 1.
  public var version: UInt64
  /// SHA-256 of the policy's signed bytes, 32 bytes.
  public var hash: [UInt8]

  public init(version: UInt64, hash: [UInt8]) {
    self.version = version
    self.hash = hash
  }

  public func encode(into writer: inout ByteWriter) {
    writer.write(version)
    writer.write(fixed: hash)
  }

  public init(from reader: inout ByteReader) throws(WireError) {
    let at = reader.offset
    version = try reader.read()
    guard version > 0 else { throw .malformed(at: at) }
    hash = try reader.read(fixed: 32)
  }
}
