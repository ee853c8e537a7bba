import Wire

/// Headers of the chain, one after the other, for a signer's clock; none asks how far it has come.
public struct ChainNews: Equatable, Sendable {
  /// Most headers in one message.
  public static let limit = 2000
  /// Consensus serialisation, 80 bytes each.
  public var headers: [[UInt8]]

  public init(headers: [[UInt8]]) { self.headers = headers }

  func encode(into writer: inout ByteWriter) {
    writer.write(list: headers) { $0.write(fixed: $1) }
  }

  init(from reader: inout ByteReader) throws(WireError) {
    headers = try reader.readList(limit: Self.limit) { reader throws(WireError) in
      try reader.read(fixed: 80)
    }
  }
}

/// How far a signer has followed the chain.
public struct ChainPosition: Equatable, Sendable {
  /// Of its newest header.
  public var height: UInt32
  /// That header's hash in internal byte order, 32 bytes.
  public var hash: [UInt8]
  /// Of its checkpoint: it looks at no branch that begins before.
  public var base: UInt32

  public init(height: UInt32, hash: [UInt8], base: UInt32) {
    self.height = height
    self.hash = hash
    self.base = base
  }

  func encode(into writer: inout ByteWriter) {
    writer.write(height)
    writer.write(fixed: hash)
    writer.write(base)
  }

  init(from reader: inout ByteReader) throws(WireError) {
    height = try reader.read()
    hash = try reader.read(fixed: 32)
    base = try reader.read()
  }
}
