public import Wire

/// One operator's word on withdrawals of an asset: stop, explain, or end what people stopped.
public struct ServiceStatement: Statement, Hashable {
  public static let domain = "holdfast/service/v1"

  /// The operator's name in the configuration.
  public var operatorName: String
  public var asset: String
  /// 0 stops, 1 explains, 2 ends.
  public var action: UInt8
  /// The number of the reason's class.
  public var reasonClass: UInt8
  /// Shown to everybody.
  public var text: String
  /// One more than the decisions before it.
  public var number: UInt64

  public init(
    operatorName: String, asset: String, action: UInt8, reasonClass: UInt8, text: String,
    number: UInt64
  ) {
    self.operatorName = operatorName
    self.asset = asset
    self.action = action
    self.reasonClass = reasonClass
    self.text = text
    self.number = number
  }

  public func encodeFields(into writer: inout ByteWriter) {
    writer.write(operatorName)
    writer.write(asset)
    writer.write(action)
    writer.write(reasonClass)
    writer.write(text)
    writer.write(number)
  }

  public init(fieldsFrom reader: inout ByteReader) throws(WireError) {
    operatorName = try reader.read(limit: StatementLimit.operatorName)
    asset = try reader.read(limit: StatementLimit.assetCode)
    action = try reader.read()
    reasonClass = try reader.read()
    text = try reader.read(limit: StatementLimit.reason)
    number = try reader.read()
  }
}

/// The guard's word on the checks between a suspension and the first payment after it. With it the
/// guard knows its own word again when the journal shows it.
public struct ReopeningStatement: Statement, Hashable {
  public static let domain = "holdfast/reopening/v1"

  public var asset: String
  public var keysProved: UInt32
  public var keysNeeded: UInt32
  public var countersEqual: UInt32
  public var countersNeeded: UInt32
  /// Withdrawals judged again, once they all were.
  public var judged: UInt32?
  public var drainPerHour: UInt32
  /// When the suspension ended, milliseconds since 1970: a word for one reopening is none for another.
  public var since: Int64

  public init(
    asset: String, keysProved: UInt32, keysNeeded: UInt32, countersEqual: UInt32,
    countersNeeded: UInt32, judged: UInt32?, drainPerHour: UInt32, since: Int64
  ) {
    self.asset = asset
    self.keysProved = keysProved
    self.keysNeeded = keysNeeded
    self.countersEqual = countersEqual
    self.countersNeeded = countersNeeded
    self.judged = judged
    self.drainPerHour = drainPerHour
    self.since = since
  }

  public func encodeFields(into writer: inout ByteWriter) {
    writer.write(asset)
    writer.write(keysProved)
    writer.write(keysNeeded)
    writer.write(countersEqual)
    writer.write(countersNeeded)
    writer.write(optional: judged) { $0.write($1) }
    writer.write(drainPerHour)
    writer.write(since)
  }

  public init(fieldsFrom reader: inout ByteReader) throws(WireError) {
    asset = try reader.read(limit: StatementLimit.assetCode)
    keysProved = try reader.read()
    keysNeeded = try reader.read()
    countersEqual = try reader.read()
    countersNeeded = try reader.read()
    judged = try reader.readOptional { r throws(WireError) in try r.read(UInt32.self) }
    drainPerHour = try reader.read()
    since = try reader.read()
  }
}
