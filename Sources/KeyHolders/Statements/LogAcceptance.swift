public import Statements
public import Wire

/// One holder's word that a log counts from here on, in the place of one that is lost.
///
/// It is signed by his key for signs of life and proved by his spending key: the first stands only in
/// the log itself, which whoever made another log could have chosen; the second is in the registered policy.
public struct LogAcceptance: Statement, Hashable {
  public static let domain = "holdfast/log-acceptance/v1"

  /// Entries of the log that is accepted, and the hash of the last of them: all that it has.
  public var keptCount: UInt64
  public var keptHead: [UInt8]
  /// What was published last of the log that is lost.
  public var lostCount: UInt64
  public var lostHead: [UInt8]
  /// ``KeySet/policyID`` of the wallet that the holder's seat belongs to, 32 bytes.
  public var policyID: [UInt8]
  public var person: String
  /// A BIP 322 signature of ``text`` by the person's key in the descriptor.
  public var proof: [UInt8]

  public init(
    keptCount: UInt64, keptHead: [UInt8], lostCount: UInt64, lostHead: [UInt8], policyID: [UInt8],
    person: String, proof: [UInt8] = []
  ) {
    self.keptCount = keptCount
    self.keptHead = keptHead
    self.lostCount = lostCount
    self.lostHead = lostHead
    self.policyID = policyID
    self.person = person
    self.proof = proof
  }

  /// What the spending key signs.
  public var text: String {
    "Holdfast key holders' log: \(person), policy \(Hex.text(policyID)), accepts \(keptCount) entries "
      + "with head \(Hex.text(keptHead)) in the place of \(lostCount) entries with head "
      + Hex.text(lostHead)
  }

  /// Whether both accept the same log in the place of the same one.
  func agrees(with other: LogAcceptance) -> Bool {
    keptCount == other.keptCount && keptHead == other.keptHead && lostCount == other.lostCount
      && lostHead == other.lostHead
  }

  public func encodeFields(into writer: inout ByteWriter) {
    writer.write(keptCount)
    writer.write(keptHead)
    writer.write(lostCount)
    writer.write(lostHead)
    writer.write(policyID)
    writer.write(person)
    writer.write(proof)
  }

  public init(fieldsFrom reader: inout ByteReader) throws(WireError) {
    keptCount = try reader.read()
    keptHead = try reader.read(limit: 32)
    lostCount = try reader.read()
    lostHead = try reader.read(limit: 32)
    policyID = try reader.read(limit: 32)
    person = try reader.read(limit: RosterLimit.name)
    proof = try reader.read(limit: KeyCheck.proofLimit)
  }
}
