import Bitcoin
import Cryptography
import Foundation
import Mnemonics
import Signing
import Testing

@Suite struct UnsealingTests {
  static let passphrase = try! SecretBytes(copying: Array("correct horse battery".utf8))
  static let file = try! KeyFile.sealHolder(
    seed: SecretBytes(copying: [UInt8](repeating: 9, count: 32)), network: .regtest,
    label: "holder-1", created: SigningFixture.now, passphrase: passphrase, cost: .interactive)

  static func share(_ threshold: Int, of people: Int) throws -> Unsealing.Shared {
    try Unsealing.share(file, passphrase: passphrase, threshold: threshold, people: people)
  }

  static func secret(_ phrases: [SecretBytes]) throws(UnsealingError) -> SecretBytes {
    var shares = ShareCollection()
    for phrase in phrases { try shares.add(phrase) }
    return try shares.secret()
  }

  @Test(arguments: [(2, 2), (2, 3), (3, 3), (3, 5)])
  func `every threshold of people opens the key, and one fewer does not`(
    threshold: Int, people: Int
  ) throws {
    let shared = try Self.share(threshold, of: people)
    #expect(shared.file.identity == Self.file.identity)
    let secret = try Self.secret(Array(shared.phrases.prefix(threshold))).revealed()
    var opened = 0
    for chosen in 0..<(1 << people) {
      let phrases = shared.phrases.indices.filter { chosen >> $0 & 1 == 1 }.map {
        shared.phrases[$0]
      }
      if phrases.count >= threshold {
        #expect(try Self.secret(phrases).revealed() == secret)
        opened += 1
      } else {
        #expect(throws: UnsealingError.self) { try Self.secret(phrases) }
      }
    }
    #expect(opened > 0)
    // What opens one subset opens all: they give the same secret.
    let key = try shared.file.openHolder(passphrase: try SecretBytes(copying: secret))
    #expect(key.origin == (try Self.file.openHolder(passphrase: Self.passphrase)).origin)
    #expect(throws: KeyFileError.wrongPassphrase) {
      try shared.file.openHolder(passphrase: Self.passphrase)
    }
  }

  @Test func `the same share twice counts once`() throws {
    let shared = try Self.share(2, of: 3)
    var shares = ShareCollection()
    #expect(shares.missing == nil)
    try shares.add(shared.phrases[0])
    try shares.add(shared.phrases[0])
    #expect(shares.missing == 1)
    #expect(throws: UnsealingError.self) { try shares.secret() }
    try shares.add(shared.phrases[2])
    #expect(shares.missing == 0)
    _ = try shares.secret()
  }

  @Test func `a share of another set is refused and the others stay`() throws {
    let (shared, other) = (try Self.share(2, of: 3), try Self.share(2, of: 3))
    var shares = ShareCollection()
    try shares.add(shared.phrases[0])
    #expect(throws: UnsealingError.shares(.differentSets)) { try shares.add(other.phrases[1]) }
    try shares.add(shared.phrases[1])
    _ = try shares.secret()
  }

  @Test func `a share with one word changed is refused`() throws {
    let shared = try Self.share(2, of: 3)
    var words = String(decoding: try shared.phrases[0].revealed(), as: UTF8.self)
      .split(separator: " ")
    #expect(words.count == 33)
    words[10] = words[10] == "academic" ? "acid" : "academic"
    let changed = try SecretBytes(copying: Array(words.joined(separator: " ").utf8))
    var shares = ShareCollection()
    #expect(throws: UnsealingError.shares(.wrongChecksum)) { try shares.add(changed) }
    let nonsense = try SecretBytes(copying: Array("not a share".utf8))
    #expect(throws: UnsealingError.self) { try shares.add(nonsense) }
  }

  @Test(arguments: [(1, 3), (0, 3), (4, 3), (2, 1), (2, 17)])
  func `a scheme with one share alone, or more than there are, is refused`(
    threshold: Int, people: Int
  ) {
    #expect(throws: UnsealingError.badScheme(threshold: threshold, people: people)) {
      try Self.share(threshold, of: people)
    }
  }
}
