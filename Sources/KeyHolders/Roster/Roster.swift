public import Statements
public import Wire

/// Who everybody is: the document that a quorum enacts and everything else here is judged by.
public struct Roster: Statement, Hashable {
  public static let domain = "holdfast/roster/v1"

  /// 1 for the first one, then one more each.
  public var version: UInt32
  public var people: [Person]
  public var keySets: [KeySet]
  /// Those who keep the vault's door, by ``Person/name``.
  public var custodians: [String]
  /// Those who know the passphrases of the vault's key files.
  public var passphraseOwners: [String]
  /// Ed25519 key of the guard, which watches for silence and for duress, 32 bytes.
  public var monitorKey: [UInt8]
  /// How long after its quorum the end of a freeze takes effect, in milliseconds.
  public var thawMilliseconds: Int64

  public init(
    version: UInt32, people: [Person], keySets: [KeySet], custodians: [String],
    passphraseOwners: [String], monitorKey: [UInt8], thawMilliseconds: Int64
  ) {
    self.version = version
    self.people = people
    self.keySets = keySets
    self.custodians = custodians
    self.passphraseOwners = passphraseOwners
    self.monitorKey = monitorKey
    self.thawMilliseconds = thawMilliseconds
  }

  /// The person of that name.
  public func person(_ name: String) -> Person? { people.first { $0.name == name } }

  public func keySet(_ wallet: KeySet.Wallet) -> KeySet? {
    keySets.first { $0.wallet == wallet }
  }

  public func encodeFields(into writer: inout ByteWriter) {
    writer.write(version)
    writer.write(list: people) { writer, person in
      writer.write(person.name)
      writer.write(person.entity)
      writer.write(person.beatKey)
    }
    writer.write(list: keySets) { $1.encode(into: &$0) }
    writer.write(list: custodians) { $0.write($1) }
    writer.write(list: passphraseOwners) { $0.write($1) }
    writer.write(monitorKey)
    writer.write(thawMilliseconds)
  }

  public init(fieldsFrom reader: inout ByteReader) throws(WireError) {
    func name(_ reader: inout ByteReader) throws(WireError) -> String {
      try reader.read(limit: RosterLimit.name)
    }
    version = try reader.read()
    people = try reader.readList(limit: RosterLimit.people) { reader throws(WireError) in
      Person(
        name: try name(&reader), entity: try reader.read(limit: RosterLimit.entity),
        beatKey: try reader.read(limit: 32))
    }
    keySets = try reader.readList(
      limit: KeySet.Wallet.allCases.count, KeySet.init(from:))
    custodians = try reader.readList(limit: RosterLimit.people, name)
    passphraseOwners = try reader.readList(limit: RosterLimit.people, name)
    monitorKey = try reader.read(limit: 32)
    thawMilliseconds = try reader.read()
  }
}
