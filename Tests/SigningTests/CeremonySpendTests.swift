import Bitcoin
import Cryptography
import Descriptors
import Money
import Signing
import Testing

/// Spends from a ceremony's wallet under Bitcoin's own rules.
@Suite struct CeremonySpendTests {
  private static let value: Int64 = 1_000_000

  /// A payment from `place` of the wallet, signed by the holders with these positions.
  private func spend(
    _ ceremony: Ceremony, _ passphrases: [SecretBytes], signers: [Int], branch: Int, index: UInt32
  ) throws -> SpendingTransaction {
    let derived = try ceremony.descriptor.script(branch: branch, index: index)
    let witnessScript = try #require(derived.witnessScript)
    let coin = try #require(TransactionID(bytes: [UInt8](repeating: 9, count: 32)))
    var transaction = Transaction(
      inputs: [TransactionInput(outpoint: Outpoint(transaction: coin, index: 0))],
      outputs: [TransactionOutput(value: Self.value - 500, script: derived.scriptPubKey)])
    let digest = Sighash.segwitV0(
      transaction, input: 0, scriptCode: witnessScript, value: Self.value, type: 1)
    var signatures: [[UInt8]: [UInt8]] = [:]
    for signer in signers {
      let key = try ceremony.holders[signer].openHolder(passphrase: passphrases[signer])
      let child = try key.account.descendant(try DerivationPath(parsing: "\(branch)/\(index)"))
      signatures[child.publicKey.publicKey] =
        try Secp256k1.signECDSA(digest, with: child.secret) + [SighashType.all.rawValue]
    }
    let ordered = derived.keys.compactMap { signatures[$0.publicKey] }
    #expect(ordered.count == signers.count)
    transaction.inputs[0].witness = [[]] + ordered + [witnessScript.bytes]
    return SpendingTransaction(
      transaction,
      spending: [TransactionOutput(value: Self.value, script: derived.scriptPubKey)])
  }

  @Test func `any two of three holders can spend and one cannot`() throws {
    let passphrases = try (0..<4).map {
      try SecretBytes(copying: Array("passphrase number \($0)".utf8))
    }
    let ceremony = try Ceremony(
      plan: try CeremonyPlan(
        network: .regtest, wallet: .multisig(threshold: 2, holders: 3), cost: .interactive,
        created: Timestamp(milliseconds: 0)), passphrases: passphrases)
    for (number, signers) in [[0, 1], [0, 2], [1, 2]].enumerated() {
      let spending = try spend(
        ceremony, passphrases, signers: signers, branch: number % 2, index: UInt32(number * 5))
      #expect(throws: Never.self) { try spending.verify(flags: .standard) }
    }
    let alone = try spend(ceremony, passphrases, signers: [1], branch: 0, index: 0)
    #expect(throws: ScriptError.self) { try alone.verify(flags: .standard) }
  }
}
