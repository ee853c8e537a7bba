public import Statements
public import Wire

/// One entry of the log that everything here follows from.
public enum KeyHolderRecord: Equatable, Sendable {
  /// A block that became part of the best chain at `height`; those at and above it are gone.
  case block(height: Int32, hash: [UInt8])
  /// Nothing but time went by.
  case time
  /// A roster with the signatures under it, by person.
  case enact(Roster, signatures: [RosterSignature])
  case beat(Signed<Heartbeat>)
  case claim(Signed<Claim>)
  case confirm(Signed<Confirmation>)
  case freeze(Signed<Freeze>)
  case thaw(Signed<Thaw>)
  case keyCheck(Signed<KeyCheck>)
  /// This log takes the place of one that is lost.
  case accept([Signed<LogAcceptance>])

  public func encode(into writer: inout ByteWriter) {
    switch self {
    case .block(let height, let hash):
      writer.write(UInt8(0))
      writer.write(height)
      writer.write(hash)
    case .time: writer.write(UInt8(1))
    case .enact(let roster, let signatures):
      writer.write(UInt8(2))
      writer.write(roster.bytes)
      writer.write(list: signatures) { writer, signature in
        writer.write(signature.person)
        writer.write(signature.signature)
      }
    case .beat(let signed): Self.write(signed, kind: 3, into: &writer)
    case .claim(let signed): Self.write(signed, kind: 4, into: &writer)
    case .confirm(let signed): Self.write(signed, kind: 5, into: &writer)
    case .freeze(let signed): Self.write(signed, kind: 6, into: &writer)
    case .thaw(let signed): Self.write(signed, kind: 7, into: &writer)
    case .keyCheck(let signed): Self.write(signed, kind: 8, into: &writer)
    case .accept(let words):
      writer.write(UInt8(9))
      writer.write(list: words) { $0.write($1.bytes) }
    }
  }

  public init(from reader: inout ByteReader) throws(WireError) {
    let at = reader.offset
    switch try reader.read(UInt8.self) {
    case 0: self = .block(height: try reader.read(), hash: try reader.read(limit: 32))
    case 1: self = .time
    case 2:
      self = .enact(
        try Roster(bytes: try reader.read(limit: 1 << 20)),
        signatures: try reader.readList(limit: RosterLimit.people) { reader throws(WireError) in
          RosterSignature(
            person: try reader.read(limit: RosterLimit.name), signature: try reader.read(limit: 64))
        })
    case 3: self = .beat(try Self.read(&reader))
    case 4: self = .claim(try Self.read(&reader))
    case 5: self = .confirm(try Self.read(&reader))
    case 6: self = .freeze(try Self.read(&reader))
    case 7: self = .thaw(try Self.read(&reader))
    case 8: self = .keyCheck(try Self.read(&reader))
    case 9:
      self = .accept(try reader.readList(limit: RosterLimit.seats * 2, Self.read))
    default: throw .malformed(at: at)
    }
  }

  private static func write(
    _ signed: Signed<some Statement>, kind: UInt8, into writer: inout ByteWriter
  ) {
    writer.write(kind)
    writer.write(signed.bytes)
  }

  private static func read<Content>(
    _ reader: inout ByteReader
  ) throws(WireError) -> Signed<Content> {
    try Signed(bytes: try reader.read(limit: 8192))
  }
}

/// One person's signature under a roster.
public struct RosterSignature: Hashable, Sendable {
  public var person: String
  public static let domain = "holdfast/roster-signature/v1"

  /// Ed25519 over ``Statement/bytes`` of the roster, 64 bytes.
  public var signature: [UInt8]

  public init(person: String, signature: [UInt8]) {
    self.person = person
    self.signature = signature
  }

  /// For a file.
  public var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(Self.domain)
    writer.write(person)
    writer.write(fixed: signature)
    return writer.bytes
  }

  public init(bytes: [UInt8]) throws(WireError) {
    var reader = ByteReader(bytes)
    guard try reader.read(String.self, limit: 64) == Self.domain else { throw .malformed(at: 0) }
    person = try reader.read(limit: RosterLimit.name)
    signature = try reader.read(fixed: 64)
    try reader.finish()
  }
}
