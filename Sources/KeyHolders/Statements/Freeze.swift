public import Statements
public import Wire

/// "Stop everything": any single person of the roster may say it, and so may the monitor.
public struct Freeze: Statement, Hashable {
  public static let domain = "holdfast/freeze/v1"

  /// One more than the freezes before it, so that a freeze cannot be sent twice.
  public var number: UInt64
  /// Who freezes; ``Freeze/monitor`` for the monitor.
  public var person: String

  /// Stands for the monitor where a person's name is asked for; no person may be called so.
  public static let monitor = "monitor"

  public init(number: UInt64, person: String) {
    self.number = number
    self.person = person
  }

  public func encodeFields(into writer: inout ByteWriter) {
    writer.write(number)
    writer.write(person)
  }

  public init(fieldsFrom reader: inout ByteReader) throws(WireError) {
    number = try reader.read()
    person = try reader.read(limit: RosterLimit.name)
  }
}

/// One seat's word that a freeze may end.
public struct Thaw: Statement, Hashable {
  public static let domain = "holdfast/thaw/v1"

  /// ``Freeze/number``.
  public var freeze: UInt64
  public var person: String

  public init(freeze: UInt64, person: String) {
    self.freeze = freeze
    self.person = person
  }

  public func encodeFields(into writer: inout ByteWriter) {
    writer.write(freeze)
    writer.write(person)
  }

  public init(fieldsFrom reader: inout ByteReader) throws(WireError) {
    freeze = try reader.read()
    person = try reader.read(limit: RosterLimit.name)
  }
}
