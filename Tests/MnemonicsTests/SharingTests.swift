import Cryptography
import Mnemonics
import Testing
import Wire

@Suite struct SharingTests {
  @Test(arguments: [16, 18, 32, 64], [true, false])
  func `any sufficient groups of shares give the secret back, and fewer do not`(
    count: Int, isExtendable: Bool
  ) throws {
    let master = SecureRandom.bytes(count)
    let passphrase = try secret("pass")
    let groups = try ShamirSecret.split(
      secret(master), groupThreshold: 2,
      groups: [
        .init(threshold: 1, count: 1), .init(threshold: 2, count: 3), .init(threshold: 3, count: 5),
      ], passphrase: passphrase, iterationExponent: 0, isExtendable: isExtendable)
    #expect(groups.map(\.count) == [1, 3, 5])
    let read = try groups.map { try $0.map { try ShamirShare(phrase: $0.phrase()) } }
    let choices: [[[ShamirShare]]] = [
      [read[0], Array(read[1][1...2])], [Array(read[1][0...1]), Array(read[2][2...4])],
      [read[0], Array(read[2][0...2])], read,
    ]
    for shares in choices.map({ Array($0.joined()) }) {
      let whole = try ShamirSecret.combine(shares.shuffled() + shares, passphrase: passphrase)
      #expect(try whole.revealed() == master)
      let other = try ShamirSecret.combine(shares)
      #expect(try other.revealed() != master)
    }
    #expect(throws: MnemonicError.tooFewShares(group: nil, have: 1, need: 2)) {
      try ShamirSecret.combine(read[0], passphrase: passphrase)
    }
    #expect(throws: MnemonicError.tooFewShares(group: 3, have: 2, need: 3)) {
      try ShamirSecret.combine(read[0] + read[2][3...4], passphrase: passphrase)
    }
    let foreign = try ShamirSecret.split(
      secret(master), groupThreshold: 1, groups: [.init(threshold: 1, count: 1)])
    #expect(throws: MnemonicError.differentSets) {
      try ShamirSecret.combine(read[0] + foreign[0], passphrase: passphrase)
    }
  }

  @Test func `a scheme that is none is refused`() throws {
    let master = try secret([UInt8](repeating: 7, count: 16))
    let bad: [(Int, [ShamirSecret.Group])] = [
      (1, []), (2, [.init(threshold: 1, count: 1)]), (0, [.init(threshold: 1, count: 1)]),
      (1, [.init(threshold: 1, count: 2)]), (1, [.init(threshold: 3, count: 2)]),
      (1, [.init(threshold: 2, count: 17)]),
      (1, Array(repeating: .init(threshold: 1, count: 1), count: 17)),
    ]
    for (threshold, groups) in bad {
      #expect(throws: MnemonicError.self) {
        try ShamirSecret.split(master, groupThreshold: threshold, groups: groups)
      }
    }
    for count in [1, 15, 17] {
      #expect(throws: MnemonicError.wrongSecretLength(bytes: count)) {
        try ShamirSecret.split(
          secret([UInt8](repeating: 7, count: count)), groupThreshold: 1,
          groups: [.init(threshold: 1, count: 1)])
      }
    }
  }

  @Test func `every single changed word of a share is noticed`() throws {
    let shares = try ShamirSecret.split(
      secret([UInt8](repeating: 7, count: 16)), groupThreshold: 1,
      groups: [.init(threshold: 2, count: 2)], iterationExponent: 0)
    let words = try text(shares[0][0].phrase()).split(separator: " ").map(String.init)
    for position in words.indices {
      var changed = words
      changed[position] = words[position] == "academic" ? "acid" : "academic"
      #expect(throws: MnemonicError.wrongChecksum) {
        try ShamirShare(phrase: secret(changed.joined(separator: " ")))
      }
    }
  }

  @Test(arguments: [(2, 3), (3, 5), (9, 31)], [16, 32, 64])
  func `any sufficient codex32 shares give the seed back`(
    scheme: (threshold: Int, count: Int), bytes: Int
  ) throws {
    let master = SecureRandom.bytes(bytes)
    let shares = try Codex32.split(
      secret(master), threshold: scheme.threshold, count: scheme.count, identifier: "h0ld")
    #expect(Set(shares.map(\.header.index)).count == scheme.count)
    let read = try shares.map { try Codex32(text: $0.text()) }.shuffled()
    let used = Array(read.prefix(scheme.threshold))
    #expect(try Codex32.derive("s", from: used).seed().revealed() == master)
    #expect(throws: MnemonicError.self) { try Codex32.derive("s", from: Array(used.dropLast())) }
    #expect(throws: MnemonicError.conflictingShares) {
      try Codex32.derive("s", from: used + [used[0]])
    }
    #expect(throws: MnemonicError.self) { try used[0].seed() }
  }
}
