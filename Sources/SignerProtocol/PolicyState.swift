public import Statements
import Wire

/// Which policies a signer has taken.
public struct PolicyState: Equatable, Sendable {
  /// What it decides by; `nil` while that is its own configuration.
  public var inForce: PolicyName?
  /// What waits, and when it takes effect by the signer's clock, in milliseconds since 1970.
  public var pending: PolicyName?
  public var effectiveAtMilliseconds: Int64

  public init(inForce: PolicyName?, pending: PolicyName?, effectiveAtMilliseconds: Int64) {
    self.inForce = inForce
    self.pending = pending
    self.effectiveAtMilliseconds = effectiveAtMilliseconds
  }

  /// The newest that it has taken.
  public var newest: PolicyName? { pending ?? inForce }

  func encode(into writer: inout ByteWriter) {
    writer.write(optional: inForce) { $1.encode(into: &$0) }
    writer.write(optional: pending) { $1.encode(into: &$0) }
    writer.write(effectiveAtMilliseconds)
  }

  init(from reader: inout ByteReader) throws(WireError) {
    inForce = try reader.readOptional { r throws(WireError) in try PolicyName(from: &r) }
    pending = try reader.readOptional { r throws(WireError) in try PolicyName(from: &r) }
    effectiveAtMilliseconds = try reader.read()
  }
}
