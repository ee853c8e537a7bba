public import Wire

/// One command that the guard asks the online server to journal.
public struct GuardOrder: Statement, Hashable {
  public static let domain = "holdfast/guard-order/v1"

  /// Strictly growing over the guard's life; the server refuses one that it has seen, so a recorded
  /// order cannot be sent again.
  public var counter: UInt64
  /// The command in its canonical encoding.
  public var command: [UInt8]

  public init(counter: UInt64, command: [UInt8]) {
    self.counter = counter
    self.command = command
  }

  public func encodeFields(into writer: inout ByteWriter) {
    writer.write(counter)
    writer.write(command)
  }

  public init(fieldsFrom reader: inout ByteReader) throws(WireError) {
    counter = try reader.read()
    command = try reader.read(limit: StatementLimit.command)
  }
}
