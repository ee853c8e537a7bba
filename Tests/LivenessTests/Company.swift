import Bitcoin
import Cryptography
import Descriptors
import KeyHolders
import Liveness
import Statements
import Testing

/// A made-up exchange's key holders with real keys, a real policy, and a chain whose blocks have the
/// work of regtest.
struct Company {
  static let hour: Int64 = 3600
  static let day: Int64 = 24 * hour
  /// Seconds since 1970.
  static let start: Int64 = 1_760_000_000
  static let firstHeight = 100

  static let holders = ["alice", "bob", "carol"]
  static let successors = ["anna", "bert", "cora"]
  static let council = ["dave", "erin", "frank", "gina", "hugo"]
  static let trustees = ["tom", "tina", "theo"]
  static let custodians = ["oscar", "olga", "paul"]
  static let names = holders + successors + council + trustees + custodians

  private(set) var now = start
  private(set) var headers: [BlockHeader] = []
  /// What the log has; the chain may be further.
  private(set) var recorded = 0
  var state = KeyHolders(verifyKeyCheck: KeyCheckProof.verifier)
  var log = KeyHolderLog()
  let descriptor: Descriptor
  let accounts: [String: (origin: KeyOrigin, key: ExtendedPrivateKey)]
  private let beatKeys: [String: Ed25519.PrivateKey]

  init() throws {
    var beatKeys: [String: Ed25519.PrivateKey] = [:]
    var accounts: [String: (origin: KeyOrigin, key: ExtendedPrivateKey)] = [:]
    let path = DerivationPath([48, 1, 0, 2].map { ChildNumber(rawValue: $0 | 1 << 31) })
    for name in Self.names + [Freeze.monitor, "mallory"] {
      beatKeys[name] = try Ed25519.PrivateKey(
        seed: SecretBytes(copying: SHA256.hash(Array("beat \(name)".utf8))))
      let root = try ExtendedPrivateKey(
        seed: SecretBytes(copying: SHA256.hash(Array("coins \(name)".utf8))), network: .regtest)
      accounts[name] = (
        KeyOrigin(fingerprint: root.fingerprint, path: path), try root.descendant(path)
      )
    }
    self.beatKeys = beatKeys
    self.accounts = accounts
    descriptor = try Self.descriptor(accounts)
    for _ in 0..<3 { try mine() }
    try enact(try roster(version: 1), by: Self.names)
    for name in Self.holders { try beat(name) }
  }

  static func descriptor(
    _ accounts: [String: (origin: KeyOrigin, key: ExtendedPrivateKey)],
    form: DecayingPolicy.Form = .wsh
  ) throws -> Descriptor {
    func keys(_ names: [String]) throws -> [DecayingPolicy.Key] {
      try names.map { name in
        let account = try #require(accounts[name])
        return DecayingPolicy.Key(origin: account.origin, account: account.key.publicKey)
      }
    }
    return try DecayingPolicy(
      keys: [
        .holder: try keys(holders), .backup: try keys(successors), .council: try keys(council),
      ], tiers: DecayingPolicy.hotTiers(threshold: 2, councilThreshold: 3)
    ).descriptor(form: form, network: .regtest)
  }

  func owner(_ name: String) throws -> KeyOwner {
    let account = try #require(accounts[name])
    return KeyOwner(person: name, key: "[\(account.origin.text)]\(account.key.publicKey.text)")
  }

  func roster(version: UInt32) throws -> Roster {
    Roster(
      version: version,
      people: try Self.names.map { name in
        Person(
          name: name, entity: Self.trustees.contains(name) ? "\(name) & Partners" : "Holdfast",
          beatKey: try key(name).publicKey.bytes)
      },
      keySets: [
        KeySet(
          wallet: .hot, descriptor: descriptor.text, threshold: 2,
          seats: try zip(Self.holders, Self.successors).map {
            Seat(holder: try owner($0), successor: try owner($1))
          }, council: try Self.council.map(owner), councilThreshold: 3,
          trustees: Self.trustees.map { KeyOwner(person: $0, key: "") }, trusteeThreshold: 2,
          confirmations: 2, times: .hot)
      ], custodians: ["oscar", "olga"], passphraseOwners: ["paul"],
      monitorKey: try key(Freeze.monitor).publicKey.bytes, thawMilliseconds: Self.day * 1000)
  }

  func key(_ name: String) throws -> Ed25519.PrivateKey { try #require(beatKeys[name]) }

  var chain: HeaderChain {
    get throws { try HeaderChain(firstHeight: Self.firstHeight, headers: headers) }
  }

  // MARK: Time and blocks

  /// Puts a block on the chain, which the log learns of unless it is hidden from it.
  mutating func mine(isHidden: Bool = false) throws {
    now += 600
    var header = BlockHeader(
      version: 4, previous: headers.last?.hash ?? .zero,
      merkleRoot: try #require(Digest256(SHA256.hash(Array("\(now)".utf8)))), time: UInt32(now),
      bits: 0x207F_FFFF, nonce: 0)
    while !header.hasProofOfWork { header.nonce += 1 }
    headers.append(header)
    guard !isHidden else { return }
    for index in recorded..<headers.count {
      try take(
        .block(height: Int32(Self.firstHeight + index), hash: headers[index].hash.bytes))
    }
    recorded = headers.count
  }

  /// Lets time pass, a block every ten minutes; the `living` beat once a day.
  mutating func pass(
    _ seconds: Int64, living: [String] = [], isHidden: Bool = false
  ) throws {
    let end = now + seconds
    var next = now + Self.day
    while now < end {
      try mine(isHidden: isHidden)
      guard now >= next else { continue }
      next += Self.day
      for name in living { try beat(name) }
    }
  }

  // MARK: Records

  mutating func take(_ record: KeyHolderRecord) throws {
    _ = try state.apply(record, at: now * 1000)
    log.append(record, at: now * 1000)
  }

  mutating func enact(_ roster: Roster, by people: [String]) throws {
    let signatures = try people.map {
      RosterSignature(person: $0, signature: try roster.signed(by: key($0)))
    }
    try take(.enact(roster, signatures: signatures))
  }

  /// The beat that `name`'s device would make now.
  func heartbeat(_ name: String) throws -> Signed<Heartbeat> {
    let next = try #require(state.nextBeat(of: name))
    let height = Self.firstHeight + recorded - 1
    let beat = Heartbeat(
      policyID: descriptor.policyID, person: name, sequence: next.sequence, previous: next.previous,
      blockHeight: Int32(height), blockHash: headers[recorded - 1].hash.bytes,
      deviceTime: now * 1000, logCount: state.logCount, logHead: state.logHead,
      mark: [UInt8](repeating: 7, count: 32))
    return try Signed(beat, by: key(name))
  }

  mutating func beat(_ name: String) throws { try take(.beat(try heartbeat(name))) }

  mutating func freeze(by name: String) throws {
    try take(
      .freeze(Signed(Freeze(number: state.freezeCount + 1, person: name), by: try key(name))))
  }

  mutating func thaw(by name: String) throws {
    try take(.thaw(Signed(Thaw(freeze: state.freezeCount, person: name), by: try key(name))))
  }

  func keyCheck(_ name: String, with signer: String) throws -> Signed<KeyCheck> {
    var check = KeyCheck(
      policyID: descriptor.policyID, person: name,
      blockHeight: Int32(Self.firstHeight + recorded - 1),
      blockHash: headers[recorded - 1].hash.bytes, proof: [])
    let account = try #require(accounts[signer])
    check.proof = try KeyCheckProof.sign(check.text, with: account.key)
    return try Signed(check, by: key(name))
  }
}
