import Bitcoin
import Cryptography
import Testing

@Suite struct TransactionRuleTests {
  private func transaction(
    sequences: [UInt32] = [.max], values: [Int64] = [1], version: Int32 = 2, lockTime: UInt32 = 0
  ) -> Transaction {
    Transaction(
      version: version,
      inputs: sequences.enumerated().map { index, sequence in
        TransactionInput(
          outpoint: Outpoint(transaction: .zero, index: UInt32(index)), sequence: sequence)
      },
      outputs: values.map { TransactionOutput(value: $0, script: Script()) }, lockTime: lockTime)
  }

  @Test(arguments: [
    ([-1], TransactionDefect.negativeOutput), ([Consensus.maximumMoney + 1], .outputTooLarge),
    ([Consensus.maximumMoney, 1], .outputSumTooLarge), ([], .noOutputs),
  ])
  func `amounts outside the money supply are refused`(values: [Int64], defect: TransactionDefect) {
    #expect(throws: defect) { try transaction(values: values).check() }
  }

  @Test func `inputs are there, differ, and exist`() throws {
    var tested = transaction(sequences: [0, 0])
    try tested.check()
    tested.inputs[1].outpoint = tested.inputs[0].outpoint
    #expect(throws: TransactionDefect.duplicateInputs) { try tested.check() }
    tested.inputs[1].outpoint = .null
    #expect(throws: TransactionDefect.nullOutpoint) { try tested.check() }
    tested.inputs = []
    #expect(throws: TransactionDefect.noInputs) { try tested.check() }
  }

  @Test func `a transaction above the weight of a block is refused`() {
    var tested = transaction()
    tested.outputs[0].script = Script([UInt8](repeating: 0, count: 1_000_000))
    #expect(throws: TransactionDefect.tooLarge) { try tested.check() }
  }

  @Test func `relative locks count from the block of each output`() {
    let time = RelativeLock.isTime
    let tested = transaction(sequences: [10, time | 2, RelativeLock.disabled | 100, 3])
    let locks = tested.sequenceLocks(inputHeights: [100, 200, 300, 50]) { UInt32($0 * 10) }
    #expect(locks == Transaction.SequenceLocks(height: 109, time: 1990 + 1024 - 1))
    #expect(locks.allow(blockHeight: 110, previousMedianTimePast: 3014))
    #expect(!locks.allow(blockHeight: 109, previousMedianTimePast: 3014))
    #expect(!locks.allow(blockHeight: 110, previousMedianTimePast: 3013))
    let old = transaction(sequences: [10], version: 1)
    #expect(
      old.sequenceLocks(inputHeights: [100]) { _ in 0 }
        == Transaction.SequenceLocks(height: -1, time: -1))
  }

  @Test func `an absolute lock opens after its height or time, or when switched off`() {
    let height = transaction(sequences: [0], lockTime: 100)
    #expect(!height.isFinal(blockHeight: 100, blockTime: .max))
    #expect(height.isFinal(blockHeight: 101, blockTime: 0))
    let time = transaction(sequences: [0], lockTime: 1_600_000_000)
    #expect(!time.isFinal(blockHeight: .max, blockTime: 1_600_000_000))
    #expect(time.isFinal(blockHeight: 0, blockTime: 1_600_000_001))
    #expect(transaction(sequences: [.max], lockTime: 100).isFinal(blockHeight: 0, blockTime: 0))
    #expect(transaction(sequences: [0]).isFinal(blockHeight: 0, blockTime: 0))
  }

  /// The thresholds that Bitcoin Core's documentation of `GetDustThreshold` gives.
  @Test func `dust thresholds are those of Bitcoin Core`() {
    let hash = [UInt8](repeating: 1, count: 20)
    let program = [UInt8](repeating: 1, count: 32)
    func threshold(_ script: Script) -> Int64 {
      TransactionOutput(value: 0, script: script).dustThreshold()
    }
    #expect(threshold(.payToPublicKeyHash(hash)) == 546)
    #expect(threshold(.payToScriptHash(hash)) == 540)
    #expect(threshold(.payToWitness(version: 0, program: hash)) == 294)
    #expect(threshold(.payToWitness(version: 0, program: program)) == 330)
    #expect(threshold(.payToWitness(version: 1, program: program)) == 330)
    #expect(threshold(.nullData([1])) == 0)
  }

  @Test func `signature operations are counted with their weight`() {
    let keys = (UInt8(1)...3).map { [2] + [UInt8](repeating: $0, count: 32) }
    let multisig = Script.multisig(threshold: 2, publicKeys: keys)
    #expect(multisig.signatureOperationCount(accurate: true) == 3)
    #expect(multisig.signatureOperationCount(accurate: false) == 20)
    var tested = transaction(sequences: [0, 0, 0])
    tested.inputs[0].witness = [[], [], [], multisig.bytes]
    var push = Script()
    push.append(push: multisig.bytes)
    tested.inputs[1].scriptSig = push
    let spent = [
      Script.payToWitnessScriptHash(of: multisig), .payToScriptHash(of: multisig),
      .payToWitnessPublicKeyHash(of: keys[0]),
    ].map { TransactionOutput(value: 1, script: $0) }
    #expect(tested.signatureOperationCost(spending: spent) == 3 + 3 * 4 + 1)
  }

  @Test func `kinds of outputs have the names of Bitcoin Core`() {
    let key = [2] + [UInt8](repeating: 1, count: 32)
    #expect(Script.payToWitnessPublicKeyHash(of: key).standardKind == "witness_v0_keyhash")
    #expect(Script.multisig(threshold: 1, publicKeys: [key]).standardKind == "multisig")
    #expect(Script.nullData([1, 2]).standardKind == "nulldata")
    #expect(Script([0x51]).standardKind == "nonstandard")
    #expect(Script.nullData([1, 2]).assembly == "OP_RETURN 513")
    #expect(
      Script.payToPublicKeyHash([UInt8](repeating: 0xAB, count: 20)).assembly
        == "OP_DUP OP_HASH160 " + String(repeating: "ab", count: 20)
        + " OP_EQUALVERIFY OP_CHECKSIG")
  }

  /// The whole way of a payment from a 2-of-3 wallet: made, signed, and checked.
  @Test func `two of three keys spend, one key does not`() throws {
    let secrets = try (UInt8(1)...3).map {
      try SecretBytes(copying: [UInt8](repeating: $0, count: 32))
    }
    let keys = try secrets.map { try Secp256k1.publicKey(from: $0) }
    let witnessScript = Script.multisig(threshold: 2, publicKeys: keys)
    let spent = TransactionOutput(
      value: 50_000, script: .payToWitnessScriptHash(of: witnessScript))
    var tested = transaction(values: [40_000])
    let digest = Sighash.segwitV0(
      tested, input: 0, scriptCode: witnessScript, value: spent.value, type: 1)
    let signatures = try secrets.map { try Secp256k1.signECDSA(digest, with: $0) + [1] }

    func verdict(_ witness: [[UInt8]], value: Int64 = 50_000) -> ScriptError? {
      tested.inputs[0].witness = witness + [witnessScript.bytes]
      let output = TransactionOutput(value: value, script: spent.script)
      do throws(ScriptError) {
        try SpendingTransaction(tested, spending: [output]).verify(flags: .standard)
        return nil
      } catch {
        return error
      }
    }
    #expect(verdict([[], signatures[0], signatures[2]]) == nil)
    #expect(verdict([[], signatures[2], signatures[0]]) == .nullFail)
    #expect(verdict([[], signatures[0], []]) == .nullFail)
    #expect(verdict([[], [], []]) == .evalFalse)
    #expect(verdict([[], signatures[0], signatures[0]]) == .nullFail)
    #expect(verdict([[1], signatures[0], signatures[2]]) == .nullDummy)
    #expect(verdict([[], signatures[0], signatures[2]], value: 50_001) == .nullFail)
  }
}
