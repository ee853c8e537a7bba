import Cryptography
import KeyHolders
import Statements

/// The people of a made-up exchange, who sign what a target tells them to.
struct SampleHolders {
  static let start: Int64 = 1_600_000_000_000
  static let hour: Int64 = 3_600_000
  static let seats = ["alice", "bob", "carol"]
  static let successors = ["anna", "bert", "cora"]
  static let others = ["dave", "erin", "frank", "tom", "tina", "theo", "oscar", "olga", "paul"]
  static let names = seats + successors + others

  private static let keys: [String: Ed25519.PrivateKey] = Dictionary(
    uniqueKeysWithValues: (names + [Freeze.monitor]).compactMap { name in
      let seed = SHA256.hash(Array(name.utf8))
      guard let secret = try? SecretBytes(copying: seed),
        let key = try? Ed25519.PrivateKey(seed: secret)
      else { return nil }
      return (name, key)
    })

  private(set) var state = KeyHolders { _, _, _, proof in proof == [1] }
  private(set) var log = KeyHolderLog()
  private(set) var now = start
  private var height: Int32 = 100

  /// An exchange whose roster is in force and whose holders have given a sign of life.
  static func enacted() -> SampleHolders {
    var company = SampleHolders()
    company.mustTake(.block(height: company.height, hash: company.hash))
    let roster = roster(version: 1)
    company.mustTake(.enact(roster, signatures: names.map { signature(roster, by: $0) }))
    for name in seats { company.mustTake(.beat(signed(company.beat(of: name), by: name))) }
    return company
  }

  static func roster(version: UInt32) -> Roster {
    func owner(_ name: String) -> KeyOwner { KeyOwner(person: name, key: "[\(name)]xpub-\(name)") }
    let (council, trustees) = (Array(others[..<3]), Array(others[3..<6]))
    let owners = seats + successors + council + trustees
    return Roster(
      version: version,
      people: names.map { name in
        Person(
          name: name, entity: trustees.contains(name) ? "\(name) & Partners" : "Holdfast",
          beatKey: keys[name]?.publicKey.bytes ?? [])
      },
      keySets: [
        KeySet(
          wallet: .hot,
          descriptor: "wsh(\(owners.map { "[\($0)]xpub-\($0)" }.joined(separator: ",")))",
          threshold: 2,
          seats: zip(seats, successors).map { Seat(holder: owner($0), successor: owner($1)) },
          council: council.map(owner), councilThreshold: 2, trustees: trustees.map(owner),
          trusteeThreshold: 2, confirmations: 2, times: .hot)
      ], custodians: ["oscar", "olga"], passphraseOwners: ["paul"],
      monitorKey: keys[Freeze.monitor]?.publicKey.bytes ?? [], thawMilliseconds: 24 * hour)
  }

  static func signature(_ roster: Roster, by name: String) -> RosterSignature {
    RosterSignature(person: name, signature: signed(roster, by: name).signature)
  }

  static func signed<Content: Statement>(
    _ statement: Content, by name: String
  ) -> Signed<Content> {
    guard let key = keys[name] else { fatalError("\(name) has no key") }
    return sure("a statement is signed") { () throws(CryptographyError) in
      try Signed(statement, by: key)
    }
  }

  /// The sign of life that `name`'s device would make now.
  func beat(of name: String) -> Heartbeat {
    let next = state.nextBeat(of: name)
    return Heartbeat(
      policyID: state.roster?.keySet(.hot)?.policyID ?? [], person: name,
      sequence: next?.sequence ?? 1,
      previous: next?.previous ?? [UInt8](repeating: 0, count: 32), blockHeight: height,
      blockHash: hash, deviceTime: now, logCount: state.logCount, logHead: state.logHead,
      mark: [UInt8](repeating: 7, count: 32))
  }

  func keyCheck(of name: String, proof: [UInt8]) -> KeyCheck {
    KeyCheck(
      policyID: state.roster?.keySet(.hot)?.policyID ?? [], person: name, blockHeight: height,
      blockHash: hash, proof: proof)
  }

  private var hash: [UInt8] { SHA256.hash(Array("\(height)".utf8)) }

  mutating func nextBlock(after milliseconds: Int64) {
    now += milliseconds
    height += 1
    mustTake(.block(height: height, hash: hash))
  }

  /// Takes `record` or refuses it; nothing changes then.
  mutating func take(_ record: KeyHolderRecord) -> [KeyHolderEvent]? {
    let (head, count) = (state.logHead, state.logCount)
    let events = accepted { () throws(KeyHolderRefusal) in try state.apply(record, at: now) }
    if events == nil {
      require(state.logHead == head && state.logCount == count, "a refusal changes nothing")
    } else {
      log.append(record, at: now)
    }
    return events
  }

  private mutating func mustTake(_ record: KeyHolderRecord) {
    require(take(record) != nil, "\(record) is taken")
  }
}
