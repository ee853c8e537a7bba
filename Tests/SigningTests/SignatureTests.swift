import Bitcoin
import Cryptography
import Descriptors
import Money
import SignerProtocol
import Signing
import Testing

@Suite struct SignatureTests {
  typealias F = SigningFixture

  @Test(arguments: F.wallets, [[0, 1], [0, 2], [1, 2]])
  func `any two holders make a transaction that the script rules accept`(
    wallet: Descriptor, pair: [Int]
  ) throws {
    try F.$descriptor.withValue(wallet) {
      let bench = try SignerBench()
      let request = F.request(
        [
          F.payment(F.release(1, account: 7, amount: 300_000, to: F.address(1))),
          F.payment(F.release(2, account: 8, amount: 500_000, to: F.address(2)), customer: F.bob),
        ], coins: [0, 3])
      var transaction = try Transaction(parsing: request.transaction)
      let answers = try pair.map { holder in
        let answer = try bench.signer(holder).answer(.sign(request))
        guard case .signed(let signed) = answer else {
          throw SignerRefusal(.internalFault, "\(answer)")
        }
        return signed
      }
      for (index, coin) in [UInt32(0), 3].enumerated() {
        let path = try wallet.script(branch: 0, index: coin).spendingPath()
        var signatures: [DerivedKey: [UInt8]] = [:]
        for key in path.quorum.keys {
          signatures[key] =
            answers.map { $0.signatures[index] }.first { $0.publicKey == key.publicKey }?.signature
        }
        #expect(signatures.count == 2)
        #expect(signatures.values.allSatisfy { $0.count <= path.signatureByteCount })
        let alone = signatures.filter { $0.key == path.quorum.keys[pair[0]] }
        #expect(path.witness(alone) == nil, "one holder's signature is not enough")
        transaction.inputs[index].witness = try #require(path.witness(signatures))
      }
      let spent = [0, 3].map { F.funding($0).outputs[0] }
      try SpendingTransaction(transaction, spending: spent).verify(flags: .standard)
      transaction.outputs[0].value += 1
      #expect(throws: ScriptError.self) {
        try SpendingTransaction(transaction, spending: spent).verify(flags: .standard)
      }
    }
  }

  @Test(arguments: F.wallets.dropFirst())
  func `a key that only counts when coins are old serves no signer`(wallet: Descriptor) throws {
    let passphrase = try SecretBytes(copying: Array("correct horse battery".utf8))
    // The council's first member: the same seed as in the fixture, from its root.
    let member = try KeyFile.sealHolder(
      seed: SecretBytes(copying: [UInt8](repeating: 31, count: 32)), network: F.network,
      label: "council-1", created: F.now, passphrase: passphrase, cost: .interactive)
    let key = try member.openHolder(passphrase: passphrase)
    var policy = F.policy
    policy.descriptor = try DecayingPolicy(
      keys: [
        .holder: F.decaying.keys(of: .holder), .backup: F.decaying.keys(of: .backup),
        .council: [DecayingPolicy.Key(origin: key.origin, account: key.account.publicKey)],
      ], tiers: DecayingPolicy.hotTiers(threshold: 2, councilThreshold: 1)
    ).descriptor(form: wallet == F.wallets[1] ? .wsh : .tr, network: F.network)
    let bench = try SignerBench()
    #expect(throws: SignerError.keyNotInDescriptor) {
      _ = try Signer(policy: policy, key: key, recordPath: bench.record, clock: { F.now })
    }
  }
}
