import Bitcoin
import Cryptography
import Descriptors
import Money
import Signing
import Testing
import Wire

@Suite struct CeremonyTests {
  private let dice = String(repeating: "142635", count: 17)

  private func secret(_ text: String) throws -> SecretBytes {
    try SecretBytes(copying: Array(text.utf8))
  }

  private func plan(_ threshold: Int, _ holders: Int) throws -> CeremonyPlan {
    try CeremonyPlan(
      network: .regtest, wallet: .multisig(threshold: threshold, holders: holders),
      cost: .interactive,
      created: Timestamp(milliseconds: 1_790_000_000_000))
  }

  @Test func `the descriptor pays to the very keys that are in the files`() throws {
    let passphrases = try (0..<4).map { try secret("passphrase number \($0)") }
    let lines = try (0..<4).map { _ in try secret(dice) }
    let ceremony = try Ceremony(plan: try plan(2, 3), passphrases: passphrases, dice: lines)
    #expect(ceremony.holders.count == 3 && ceremony.descriptor.threshold == 2)
    let accounts = try zip(ceremony.holders, passphrases).map { file, passphrase in
      try KeyFile(parsing: file.bytes).openHolder(passphrase: passphrase).account
    }
    for branch in 0..<2 {
      for index in UInt32(0)..<3 {
        let place = try DerivationPath(parsing: "\(branch)/\(index)")
        let keys = try accounts.map { try $0.descendant(place).publicKey.publicKey }
          .sorted { $0.lexicographicallyPrecedes($1) }
        let script = Script.payToWitnessScriptHash(of: .multisig(threshold: 2, publicKeys: keys))
        #expect(
          try ceremony.descriptor.script(branch: branch, index: index).scriptPubKey == script)
        if branch == 0 {
          #expect(
            Address.text(for: script, network: .regtest)
              == ceremony.record.firstReceiveAddresses[Int(index)])
        }
      }
    }
    let guardKey = try ceremony.guardKey.openSigner(passphrase: passphrases[3])
    #expect(ceremony.record.guardPublicKey == Hex.text(guardKey.publicKey.bytes))
    #expect(ceremony.record.policyID == Hex.text(ceremony.descriptor.policyID))
    #expect(ceremony.record.descriptor == ceremony.descriptor.text)
    #expect(Set(ceremony.record.holders.map(\.xpub)).count == 3, "the same dice give other keys")
  }

  @Test func `the same plan and dice never give the same keys twice`() throws {
    let first = try CeremonyEntropy.seed(dice: try secret(dice), label: "holder-1")
    let second = try CeremonyEntropy.seed(dice: try secret(dice), label: "holder-1")
    let third = try CeremonyEntropy.seed(dice: nil, label: "holder-1")
    let seeds = try [first, second, third].map { try $0.revealed() }
    #expect(Set(seeds).count == 3 && seeds.allSatisfy { $0.count == 32 })
  }

  @Test(arguments: [
    "", "142635", String(repeating: "1", count: 99), String(repeating: "142635", count: 16),
    String(repeating: "142630", count: 20), String(repeating: "12345", count: 20),
  ])
  func `dice that were not rolled are refused`(text: String) throws {
    guard !text.isEmpty else { return }
    #expect(throws: CeremonyError.self) {
      try CeremonyEntropy.seed(dice: try secret(text), label: "holder-1")
    }
  }

  @Test func `a plan that makes no wallet is refused`() throws {
    #expect(throws: CeremonyError.badHolderCount(0)) { try plan(1, 0) }
    #expect(throws: CeremonyError.badHolderCount(16)) { try plan(1, 16) }
    #expect(throws: CeremonyError.badThreshold(0, holders: 3)) { try plan(0, 3) }
    #expect(throws: CeremonyError.badThreshold(4, holders: 3)) { try plan(4, 3) }
    let one = [try secret("only one passphrase")]
    #expect(throws: CeremonyError.passphraseCount(1, needed: 4)) {
      try Ceremony(plan: try plan(2, 3), passphrases: one)
    }
    #expect(throws: CeremonyError.diceCount(1, needed: 2)) {
      try Ceremony(plan: try plan(1, 1), passphrases: one + one, dice: [try secret(dice)])
    }
  }
}
