import Cryptography
public import Statements
public import Wire

/// A holder's sign of life: present at his device, after a block that nobody could know before.
///
/// It is chained to the holder's beat before it and to the log that his device was shown, so that each
/// holder is a witness of the log's past.
public struct Heartbeat: Statement, Hashable {
  public static let domain = "holdfast/heartbeat/v1"
  /// Most stays in an itinerary.
  public static let stayLimit = 16

  /// A stay that the holder declares ahead, so that not all are in one place at once.
  public struct Stay: Hashable, Sendable {
    /// ISO 3166-1 code or another name of the region, at most 16 bytes.
    public var region: String
    /// Milliseconds since 1970.
    public var from: Int64
    public var until: Int64

    public init(region: String, from: Int64, until: Int64) {
      self.region = region
      self.from = from
      self.until = until
    }
  }

  /// ``KeySet/policyID`` of the wallet that the seat belongs to, 32 bytes.
  public var policyID: [UInt8]
  public var person: String
  /// 1 for the first one, then one more each.
  public var sequence: UInt64
  /// ``id`` of the beat before, zeros for the first, 32 bytes.
  public var previous: [UInt8]
  public var blockHeight: Int32
  /// 32 bytes, in the order that they have inside a block.
  public var blockHash: [UInt8]
  /// The device's own clock, milliseconds since 1970: recorded, never trusted.
  public var deviceTime: Int64
  /// Entries of the log that the device was shown, and the hash of the last of them.
  public var logCount: UInt64
  public var logHead: [UInt8]
  /// When the holder last tried his backup, milliseconds since 1970; 0 for never.
  public var lastDrill: Int64
  public var itinerary: [Stay]
  /// ``HeartbeatMark``, 32 bytes: tells the monitor, and nobody else, whether the holder is under duress.
  public var mark: [UInt8]

  public init(
    policyID: [UInt8], person: String, sequence: UInt64, previous: [UInt8], blockHeight: Int32,
    blockHash: [UInt8], deviceTime: Int64, logCount: UInt64, logHead: [UInt8], lastDrill: Int64 = 0,
    itinerary: [Stay] = [], mark: [UInt8] = []
  ) {
    self.policyID = policyID
    self.person = person
    self.sequence = sequence
    self.previous = previous
    self.blockHeight = blockHeight
    self.blockHash = blockHash
    self.deviceTime = deviceTime
    self.logCount = logCount
    self.logHead = logHead
    self.lastDrill = lastDrill
    self.itinerary = itinerary
    self.mark = mark
  }

  /// What the next beat names as ``previous``.
  public var id: [UInt8] { SHA256.hash(bytes) }

  public func encodeFields(into writer: inout ByteWriter) {
    encodeUnmarked(into: &writer)
    writer.write(mark)
  }

  /// Everything that the mark is made of.
  func encodeUnmarked(into writer: inout ByteWriter) {
    writer.write(policyID)
    writer.write(person)
    writer.write(sequence)
    writer.write(previous)
    writer.write(blockHeight)
    writer.write(blockHash)
    writer.write(deviceTime)
    writer.write(logCount)
    writer.write(logHead)
    writer.write(lastDrill)
    writer.write(list: itinerary) { writer, stay in
      writer.write(stay.region)
      writer.write(stay.from)
      writer.write(stay.until)
    }
  }

  public init(fieldsFrom reader: inout ByteReader) throws(WireError) {
    policyID = try reader.read(limit: 32)
    person = try reader.read(limit: RosterLimit.name)
    sequence = try reader.read()
    previous = try reader.read(limit: 32)
    blockHeight = try reader.read()
    blockHash = try reader.read(limit: 32)
    deviceTime = try reader.read()
    logCount = try reader.read()
    logHead = try reader.read(limit: 32)
    lastDrill = try reader.read()
    itinerary = try reader.readList(limit: Self.stayLimit) { reader throws(WireError) in
      Stay(
        region: try reader.read(limit: 16), from: try reader.read(), until: try reader.read())
    }
    mark = try reader.read(limit: 32)
  }
}
