/// Why a roster cannot stand.
public enum RosterProblem: Error, Hashable, Sendable {
  case text(field: String, bytes: Int, limit: Int)
  case keyLength(field: String, bytes: Int)
  case number(field: String, value: Int64, lowest: Int64, highest: Int64)
  case repeated(field: String, value: String)
  case unknownPerson(field: String, name: String)
  /// A key does not stand in the wallet's descriptor.
  case keyNotInDescriptor(person: String)
  /// One person in two roles that must be apart.
  case rolesMeet(person: String, one: String, other: String)
  /// Two trustees of one entity, or a trustee of a holder's.
  case entitiesMeet(trustee: String, other: String, entity: String)
}

extension RosterProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .text(let field, let bytes, let limit):
      "\(field): \(bytes) bytes; it must have 1 to \(limit)"
    case .keyLength(let field, let bytes): "\(field): \(bytes) bytes; a key has 32"
    case .number(let field, let value, let lowest, let highest):
      "\(field): \(value); it must be from \(lowest) to \(highest)"
    case .repeated(let field, let value): "\(field): \"\(value)\" appears twice"
    case .unknownPerson(let field, let name): "\(field): there is no person \"\(name)\""
    case .keyNotInDescriptor(let person):
      "key of \(person): it does not stand in the wallet's descriptor"
    case .rolesMeet(let person, let one, let other):
      "\(person): nobody may be \(one) and \(other) at once"
    case .entitiesMeet(let trustee, let other, let entity):
      "trustee \(trustee): \(other) belongs to \"\(entity)\", too; a trustee stands apart"
    }
  }
}
