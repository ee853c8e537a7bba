public import Statements
public import Wire

/// "This holder cannot act any more": what starts the activation of his successor.
public struct Claim: Statement, Hashable {
  public static let domain = "holdfast/claim/v1"

  public enum Reason: UInt8, Hashable, Sendable, CaseIterable {
    case death = 0
    case memoryLoss = 1
    case detention = 2
    case unreachable = 3
    case duress = 4
    case deviceLost = 5
  }

  /// One more than the claims opened before it, so that a claim cannot be sent twice.
  public var number: UInt64
  public var wallet: KeySet.Wallet
  /// Whom it is about; the one who signs it, if he gives up his own key.
  public var person: String
  public var reason: Reason
  /// SHA-256 of the evidence, which is kept elsewhere, 32 bytes; zeros for none.
  public var evidence: [UInt8]
  /// Who opens it.
  public var claimant: String

  public init(
    number: UInt64, wallet: KeySet.Wallet, person: String, reason: Reason,
    evidence: [UInt8] = [UInt8](repeating: 0, count: 32), claimant: String
  ) {
    self.number = number
    self.wallet = wallet
    self.person = person
    self.reason = reason
    self.evidence = evidence
    self.claimant = claimant
  }

  public func encodeFields(into writer: inout ByteWriter) {
    writer.write(number)
    writer.write(wallet.rawValue)
    writer.write(person)
    writer.write(reason.rawValue)
    writer.write(evidence)
    writer.write(claimant)
  }

  public init(fieldsFrom reader: inout ByteReader) throws(WireError) {
    number = try reader.read()
    var at = reader.offset
    guard let wallet = KeySet.Wallet(rawValue: try reader.read()) else { throw .malformed(at: at) }
    self.wallet = wallet
    person = try reader.read(limit: RosterLimit.name)
    at = reader.offset
    guard let reason = Reason(rawValue: try reader.read()) else { throw .malformed(at: at) }
    self.reason = reason
    evidence = try reader.read(limit: 32)
    claimant = try reader.read(limit: RosterLimit.name)
  }
}

/// Another person's word that a claim is true.
public struct Confirmation: Statement, Hashable {
  public static let domain = "holdfast/claim-confirmation/v1"

  /// ``Claim/number``.
  public var claim: UInt64
  public var person: String

  public init(claim: UInt64, person: String) {
    self.claim = claim
    self.person = person
  }

  public func encodeFields(into writer: inout ByteWriter) {
    writer.write(claim)
    writer.write(person)
  }

  public init(fieldsFrom reader: inout ByteReader) throws(WireError) {
    claim = try reader.read()
    person = try reader.read(limit: RosterLimit.name)
  }
}
