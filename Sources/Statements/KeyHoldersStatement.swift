public import Wire

/// The guard's word on who can sign, by the key holders' log that it keeps. With it the guard knows its
/// own word again when the journal shows it.
public struct KeyHoldersStatement: Statement, Hashable {
  public static let domain = "holdfast/key-holders-report/v1"

  /// Seats that could sign, how many must, and how many there are.
  public var live: UInt32
  public var threshold: UInt32
  public var seats: UInt32
  public var frozen: Bool
  /// Whether somebody is missing, or all are in one place.
  public var reduced: Bool
  /// Claims that are open.
  public var claims: UInt32
  /// When the first open claim could be carried out, milliseconds since 1970.
  public var successorAt: Int64?
  /// Entries of the log: it only grows, so an older word is known by it.
  public var logCount: UInt64
  /// 32 bytes, the hash of the last entry.
  public var logHead: [UInt8]

  public init(
    live: UInt32, threshold: UInt32, seats: UInt32, frozen: Bool, reduced: Bool, claims: UInt32,
    successorAt: Int64?, logCount: UInt64, logHead: [UInt8]
  ) {
    self.live = live
    self.threshold = threshold
    self.seats = seats
    self.frozen = frozen
    self.reduced = reduced
    self.claims = claims
    self.successorAt = successorAt
    self.logCount = logCount
    self.logHead = logHead
  }

  public func encodeFields(into writer: inout ByteWriter) {
    writer.write(live)
    writer.write(threshold)
    writer.write(seats)
    writer.write(frozen)
    writer.write(reduced)
    writer.write(claims)
    writer.write(optional: successorAt) { $0.write($1) }
    writer.write(logCount)
    writer.write(logHead)
  }

  public init(fieldsFrom reader: inout ByteReader) throws(WireError) {
    live = try reader.read()
    threshold = try reader.read()
    seats = try reader.read()
    frozen = try reader.read()
    reduced = try reader.read()
    claims = try reader.read()
    successorAt = try reader.readOptional { r throws(WireError) in try r.read(Int64.self) }
    logCount = try reader.read()
    logHead = try reader.read(limit: 32)
  }
}
