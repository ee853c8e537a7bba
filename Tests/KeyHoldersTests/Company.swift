import Cryptography
import KeyHolders
import Statements
import Testing

/// A made-up exchange's people, with their devices, a clock and a chain of blocks every ten minutes.
struct Company {
  static let hour: Int64 = 3_600_000
  static let day: Int64 = 24 * hour
  static let start: Int64 = 1_600_000_000_000
  static let proof: [UInt8] = [0x50, 0x72, 0x6F, 0x6F, 0x66]

  var state: KeyHolders
  var log = KeyHolderLog()
  private(set) var now = Company.start
  private(set) var height: Int32 = 100
  private var fork: UInt8 = 0
  private var heads: [(count: UInt64, head: [UInt8])] = []
  private let keys: [String: Ed25519.PrivateKey]

  static let hot = ["alice", "bob", "carol"]
  static let others = [
    "anna", "bert", "cora", "dave", "erin", "frank", "tom", "tina", "theo", "oscar", "olga", "paul",
  ]
  static let names = hot + others

  /// - Parameter change: What is different in its first roster.
  init(change: (inout Roster) -> Void = { _ in }) throws {
    var keys: [String: Ed25519.PrivateKey] = [:]
    for (index, name) in (Self.names + [Freeze.monitor, "mallory"]).enumerated() {
      let seed = SHA256.hash(Array("\(index) \(name)".utf8))
      keys[name] = try Ed25519.PrivateKey(seed: SecretBytes(copying: seed))
    }
    self.keys = keys
    // The spending key's own signature is checked elsewhere; here it is a word only its owner knows.
    state = KeyHolders { key, _, text, proof in
      proof == Company.proof + Array((key + text).utf8)
    }
    try block()
    var roster = Self.roster(keys)
    change(&roster)
    try enact(roster, by: Self.names)
    for name in Self.hot { try beat(name) }
  }

  static func roster(_ keys: [String: Ed25519.PrivateKey], version: UInt32 = 1) -> Roster {
    func owner(_ name: String) -> KeyOwner { KeyOwner(person: name, key: "[\(name)]xpub-\(name)") }
    let seats = zip(hot, ["anna", "bert", "cora"]).map {
      Seat(holder: owner($0), successor: owner($1))
    }
    let council = ["dave", "erin", "frank"].map(owner)
    let trustees = ["tom", "tina", "theo"].map(owner)
    let descriptor =
      "wsh(" + (hot + others.prefix(9)).map { "[\($0)]xpub-\($0)" }.joined(separator: ",") + ")"
    return Roster(
      version: version,
      people: names.map { name in
        Person(
          name: name,
          entity: ["tom", "tina", "theo"].contains(name) ? "\(name) & Partners" : "Holdfast",
          beatKey: keys[name]?.publicKey.bytes ?? [])
      },
      keySets: [
        KeySet(
          wallet: .hot, descriptor: descriptor, threshold: 2, seats: seats, council: council,
          councilThreshold: 2, trustees: trustees, trusteeThreshold: 2, confirmations: 2,
          times: .hot)
      ], custodians: ["oscar", "olga"], passphraseOwners: ["paul"],
      monitorKey: keys[Freeze.monitor]?.publicKey.bytes ?? [], thawMilliseconds: day)
  }

  var roster: Roster { Self.roster(keys, version: (state.roster?.version ?? 0) + 1) }
  func key(_ name: String) throws -> Ed25519.PrivateKey { try #require(keys[name]) }

  // MARK: Time and blocks

  /// Lets time pass with a block every ten minutes, and with the daily beats of `living`.
  mutating func pass(
    _ duration: Int64, living: [String] = []
  ) throws -> [KeyHolderEvent] {
    var events: [KeyHolderEvent] = []
    let end = now + duration
    while now < end {
      let step = min(end - now, 12 * Self.hour)
      for _ in 0..<(step / 600_000) {
        now += 600_000
        events += try block()
      }
      now = max(now, min(end, now + step % 600_000))
      if (now - Self.start) % Self.day < 12 * Self.hour {
        for name in living where state.peopleInService(of: .hot).contains(name) {
          events += try beat(name)
        }
      }
    }
    return events
  }

  @discardableResult mutating func block() throws -> [KeyHolderEvent] {
    height += 1
    return try take(.block(height: height, hash: hash(height)))
  }

  /// Replaces the last `depth` blocks by others.
  mutating func reorganise(_ depth: Int32) throws {
    fork += 1
    height -= depth
    for _ in 0...depth { try block() }
  }

  func hash(_ height: Int32, fork: UInt8? = nil) -> [UInt8] {
    SHA256.hash(Array("\(height) \(fork ?? self.fork)".utf8))
  }

  mutating func moveClock(by milliseconds: Int64) { now += milliseconds }

  // MARK: Records

  @discardableResult mutating func take(_ record: KeyHolderRecord) throws -> [KeyHolderEvent] {
    let events = try state.apply(record, at: now)
    log.append(record, at: now)
    return events
  }

  mutating func enact(_ roster: Roster, by people: [String]) throws {
    let signatures = try people.map {
      RosterSignature(person: $0, signature: try roster.signed(by: key($0)))
    }
    try take(.enact(roster, signatures: signatures))
  }

  /// The beat that `name`'s device would make now.
  func heartbeat(_ name: String, change: (inout Heartbeat) -> Void = { _ in }) -> Heartbeat {
    let next = state.nextBeat(of: name)
    var beat = Heartbeat(
      policyID: (state.roster?.keySet(.hot) ?? state.roster?.keySets.first)?.policyID ?? [],
      person: name, sequence: next?.sequence ?? 1,
      previous: next?.previous ?? [UInt8](repeating: 0, count: 32), blockHeight: height,
      blockHash: hash(height), deviceTime: now, logCount: state.logCount, logHead: state.logHead,
      mark: [UInt8](repeating: 7, count: 32))
    change(&beat)
    return beat
  }

  @discardableResult mutating func beat(
    _ name: String, signedBy signer: String? = nil, change: (inout Heartbeat) -> Void = { _ in }
  ) throws -> [KeyHolderEvent] {
    try take(.beat(Signed(heartbeat(name, change: change), by: key(signer ?? name))))
  }

  @discardableResult mutating func claim(
    _ person: String, by claimant: String, _ reason: Claim.Reason = .unreachable,
    number: UInt64? = nil, signedBy signer: String? = nil
  ) throws -> [KeyHolderEvent] {
    let claim = Claim(
      number: number ?? state.claimCount + 1, wallet: .hot, person: person, reason: reason,
      claimant: claimant)
    return try take(.claim(Signed(claim, by: key(signer ?? claimant))))
  }

  @discardableResult mutating func confirm(
    _ claim: UInt64, by name: String
  ) throws -> [KeyHolderEvent] {
    try take(.confirm(Signed(Confirmation(claim: claim, person: name), by: key(name))))
  }

  @discardableResult mutating func freeze(by name: String) throws -> [KeyHolderEvent] {
    try take(.freeze(Signed(Freeze(number: state.freezeCount + 1, person: name), by: key(name))))
  }

  @discardableResult mutating func thaw(by name: String) throws -> [KeyHolderEvent] {
    try take(.thaw(Signed(Thaw(freeze: state.freezeCount, person: name), by: key(name))))
  }

  @discardableResult mutating func keyCheck(
    _ name: String, knowsTheKey: Bool = true
  ) throws -> [KeyHolderEvent] {
    try take(.keyCheck(signedKeyCheck(name, knowsTheKey: knowsTheKey)))
  }

  /// The key check that `name` would make now.
  func signedKeyCheck(_ name: String, knowsTheKey: Bool = true) throws -> Signed<KeyCheck> {
    var check = KeyCheck(
      policyID: state.roster?.keySet(.hot)?.policyID ?? [], person: name, blockHeight: height,
      blockHash: hash(height), proof: [])
    let word = knowsTheKey ? "[\(name)]xpub-\(name)" : "guess"
    check.proof = Self.proof + Array((word + check.text).utf8)
    return try Signed(check, by: key(name))
  }
}
