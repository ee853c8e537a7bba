public import Wire

/// Addresses that nothing may be paid to, as whoever keeps the list vouches for them at one time.
public struct SanctionsStatement: Statement, Hashable {
  public static let domain = "holdfast/sanctions/v1"
  /// Most addresses of one list.
  public static let limit = 200_000

  /// When it was issued, in milliseconds since 1970 by the issuer's clock.
  public var issuedAtMilliseconds: Int64
  /// Of any chain and network, in ascending order of their bytes, none twice.
  public let addresses: [String]

  /// - Parameter addresses: In any order.
  public init(issuedAtMilliseconds: Int64, addresses: Set<String>) {
    self.issuedAtMilliseconds = issuedAtMilliseconds
    self.addresses = addresses.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  public func encodeFields(into writer: inout ByteWriter) {
    writer.write(issuedAtMilliseconds)
    writer.write(list: addresses) { $0.write($1) }
  }

  public init(fieldsFrom reader: inout ByteReader) throws(WireError) {
    issuedAtMilliseconds = try reader.read()
    let at = reader.offset
    addresses = try reader.readList(limit: Self.limit) { reader throws(WireError) in
      try reader.read(String.self, limit: StatementLimit.address)
    }
    for (one, next) in zip(addresses, addresses.dropFirst())
    where !one.utf8.lexicographicallyPrecedes(next.utf8) {
      throw .malformed(at: at)
    }
  }
}
