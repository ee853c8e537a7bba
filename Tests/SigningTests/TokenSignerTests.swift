import Bitcoin
import Cryptography
import Descriptors
import Foundation
import Money
import PKCS11
import SignerProtocol
import Signing
import Testing

/// A signer whose key is in SoftHSM2: the same judgement and memory as with a file.
@Suite struct TokenSignerTests {
  typealias F = SigningFixture

  private static func word(_ signer: Signer, _ others: [Attestation]) throws -> Attestation {
    let news = WitnessNews(attestations: others, challenges: others.map(\.challenge))
    guard case .attested(let word) = signer.answer(.witness(news)) else {
      throw SignerRefusal(.internalFault, "no word")
    }
    return word
  }

  private static func payment(_ number: UInt64, _ amount: Int64 = 100_000) -> SigningRequest {
    F.request(
      [F.payment(F.release(number, account: 7, amount: amount, to: F.address(1)))],
      coins: [UInt32(number)])
  }

  private static func signer(
    _ key: any SigningKey, _ bench: SignerBench, _ name: String, witnesses: Int = 0
  ) throws -> Signer {
    var policy = F.policy
    policy.witnesses = witnesses
    return try Signer(
      policy: policy, key: key, recordPath: bench.record + name, clock: { bench.now })
  }

  @Test func `a token and a file, or two tokens, make a transaction that the script rules accept`()
    async
  {
    await #expect(processExitsWith: .success) {
      let hsm = try SoftHSM()
      let other = try hsm.makeKey("dave-later")
      let later = other.publicKey
      other.forget()
      let key = try hsm.makeKey()
      let plain = try F.multisig.replacing(holder: 2, withFixed: [key.publicKey])
      let decaying = try F.decaying.descriptor(.wsh).replacing(
        holder: 2, withFixed: [key.publicKey, later])
      for wallet in [plain, decaying] {
        try F.$descriptor.withValue(wallet) {
          let bench = try SignerBench()
          let request = F.request(
            [F.payment(F.release(1, account: 7, amount: 300_000, to: F.address(1)))],
            coins: [0, 3])
          let signers = [
            try TokenSignerTests.signer(key, bench, "token"),
            try TokenSignerTests.signer(F.openHolder(2), bench, "file"),
          ]
          #expect(signers[0].status.fingerprint == key.fingerprint.bytes)
          let answers = try signers.map { signer in
            guard case .signed(let signed) = signer.answer(.sign(request)) else {
              throw SignerRefusal(.internalFault, "not signed")
            }
            return signed
          }
          var transaction = try Transaction(parsing: request.transaction)
          for (index, coin) in [UInt32(0), 3].enumerated() {
            let path = try wallet.script(branch: 0, index: coin).spendingPath()
            var signatures: [DerivedKey: [UInt8]] = [:]
            for place in path.quorum.keys {
              signatures[place] =
                answers.map { $0.signatures[index] }.first { $0.publicKey == place.publicKey }?
                .signature
            }
            transaction.inputs[index].witness = try #require(path.witness(signatures))
          }
          let spent = [0, 3].map { F.funding($0).outputs[0] }
          try SpendingTransaction(transaction, spending: spent).verify(flags: .standard)
        }
      }
    }
  }

  @Test func `a token that is away costs no budget, and a freeze forgets the PIN`() async {
    await #expect(processExitsWith: .success) {
      let hsm = try SoftHSM()
      let key = try hsm.makeKey()
      let wallet = try F.multisig.replacing(holder: 1, withFixed: [key.publicKey])
      try F.$descriptor.withValue(wallet) {
        let bench = try SignerBench()
        do {
          let signer = try TokenSignerTests.signer(key, bench, "token")
          #expect(signer.refusal(TokenSignerTests.payment(1)) == nil)
          let before = signer.status
          try hsm.remove()
          for number in UInt64(2)..<8 {
            #expect(signer.refusal(TokenSignerTests.payment(number)) == .keyAway)
          }
          #expect(signer.status == before, "nothing was written, and no budget used")
          #expect(SignerRefusal(.keyAway, "").isTemporary)
          // The policy is the same: what may not be signed is refused as such, token or not.
          #expect(signer.refusal(TokenSignerTests.payment(2, 900_001_000)) != .keyAway)
          try hsm.putBack()
          #expect(signer.refusal(TokenSignerTests.payment(2)) == nil)
          guard case .status(let status) = signer.answer(.freeze(reason: "a test")) else {
            Issue.record("not frozen")
            return
          }
          #expect(status.frozen == "a test")
          #expect(signer.refusal(TokenSignerTests.payment(3)) == .frozen)
          #expect(throws: SigningKeyFault.gone) { try key.makeReady() }
        }
        // A start of a frozen signer opens the key, and forgets it at once.
        let again = try TokenKey(hsm.place(), pin: SoftHSM.secret())
        let frozen = try TokenSignerTests.signer(again, bench, "token")
        #expect(throws: SigningKeyFault.gone) { try again.makeReady() }
        #expect(frozen.refusal(TokenSignerTests.payment(3)) == .frozen)
      }
    }
  }

  @Test func `signers with a token and with files vouch for one another's records`() async {
    await #expect(processExitsWith: .success) {
      let hsm = try SoftHSM()
      let key = try hsm.makeKey()
      let wallet = try F.multisig.replacing(holder: 1, withFixed: [key.publicKey])
      try F.$descriptor.withValue(wallet) {
        let bench = try SignerBench()
        let signers = [
          try TokenSignerTests.signer(key, bench, "0", witnesses: 1),
          try TokenSignerTests.signer(F.openHolder(1), bench, "1", witnesses: 1),
          try TokenSignerTests.signer(F.openHolder(2), bench, "2", witnesses: 1),
        ]
        func meet(_ signers: [Signer]) throws {
          var words = try signers.map { try TokenSignerTests.word($0, []) }
          for _ in 0..<4 {
            words = try signers.indices.map { index in
              try TokenSignerTests.word(
                signers[index], words.enumerated().filter { $0.offset != index }.map(\.element))
            }
          }
        }
        try meet(signers)
        for signer in signers { #expect(signer.refusal(TokenSignerTests.payment(1)) == .unvouched) }
        try meet(signers)
        for signer in signers { #expect(signer.refusal(TokenSignerTests.payment(1)) == nil) }
        // Without the token two files vouch for each other; it cannot say a word meanwhile.
        try hsm.remove()
        #expect(throws: SignerRefusal.self) { try TokenSignerTests.word(signers[0], []) }
        for signer in signers[1...] {
          #expect(signer.refusal(TokenSignerTests.payment(2)) == .unvouched)
        }
        try meet(Array(signers[1...]))
        for signer in signers[1...] { #expect(signer.refusal(TokenSignerTests.payment(2)) == nil) }
        try hsm.putBack()
        // What others say in the token's name does not count; what it says itself does.
        _ = signers[0].answer(.withdraw(transaction: [UInt8](repeating: 7, count: 32)))
        let own = try TokenSignerTests.word(
          signers[0], [try TokenSignerTests.word(signers[1], [])])
        var forged = own
        forged.signature[10] ^= 1
        for (word, counts) in [(forged, false), (own, true)] {
          let seen = try TokenSignerTests.word(signers[1], [word]).seen
          #expect(seen.contains { $0.position == own.own.position } == counts)
        }
      }
    }
  }
}
