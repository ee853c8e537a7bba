import Statements
public import Wire

extension KeyHolderRecord {
  /// No file of a signed record is longer, in bytes.
  public static let fileLimit = 8192

  /// Reads what a person's device wrote: one signed statement of whatever kind.
  public init(signedFile bytes: [UInt8]) throws(WireError) {
    guard bytes.count <= Self.fileLimit else { throw .malformed(at: Self.fileLimit) }
    var reader = ByteReader(bytes)
    _ = try reader.read(fixed: 64)
    switch try reader.read(String.self, limit: 64) {
    case Heartbeat.domain: self = .beat(try Signed(bytes: bytes))
    case Claim.domain: self = .claim(try Signed(bytes: bytes))
    case Confirmation.domain: self = .confirm(try Signed(bytes: bytes))
    case Freeze.domain: self = .freeze(try Signed(bytes: bytes))
    case Thaw.domain: self = .thaw(try Signed(bytes: bytes))
    case KeyCheck.domain: self = .keyCheck(try Signed(bytes: bytes))
    default: throw .malformed(at: 64)
    }
  }
}
