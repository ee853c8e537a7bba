import Bitcoin
import Devnet
import JSON
import Testing
import Wire

@Suite struct LockTests {
  /// A condition of one lock, and how a spend of it must look.
  struct Lock: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let opcode: Opcode
    let number: Int64
    let sequence: UInt32
    let lockTime: UInt32
    /// Blocks to mine, after the one that holds the coin, until it opens.
    let blocks: Int
  }

  /// The coin is in block 102, so its spend is in block 103 at the earliest. From block 102 on blocks
  /// are 600 s apart, those before are within seconds; the median time past is that of the sixth
  /// newest block. 1024 s have passed with the seventh block of the slow ones.
  static let locks = [
    Lock(
      testDescription: "CLTV by height", opcode: .checkLockTimeVerify, number: 106,
      sequence: 0xFFFF_FFFE, lockTime: 106, blocks: 4),
    Lock(
      testDescription: "CSV by blocks", opcode: .checkSequenceVerify, number: 5, sequence: 5,
      lockTime: 0, blocks: 4),
    Lock(
      testDescription: "CSV by time", opcode: .checkSequenceVerify, number: (1 << 22) | 2,
      sequence: (1 << 22) | 2, lockTime: 0, blocks: 6),
  ]

  private func condition(_ lock: Lock) -> Script {
    var script = Script()
    script.append(number: lock.number)
    script.append(lock.opcode)
    script.append(.drop)
    script.append(.one)
    return script
  }

  private func spend(_ fund: Transaction, _ condition: Script, _ lock: Lock, bob: Customer)
    -> Transaction
  {
    Transaction(
      inputs: [
        TransactionInput(
          outpoint: Outpoint(transaction: fund.id, index: 0), sequence: lock.sequence,
          witness: [condition.bytes])
      ],
      outputs: [TransactionOutput(value: 900_000, script: bob.script)], lockTime: lock.lockTime)
  }

  @Test(arguments: locks)
  func `a lock opens at its block and not before, in the mempool and in blocks`(
    lock: Lock
  ) throws {
    var fixture = try Fixture()
    let condition = condition(lock)
    let fund = try fixture.payment(1_000_000, to: .payToWitnessScriptHash(of: condition))
    _ = try fixture.send(fund)
    try fixture.mine(1)
    let spend = spend(fund, condition, lock, bob: fixture.bob)
    var opensAfter = 0
    while let refusal = fixture.refusal(spend) {
      #expect(refusal.code == -26)
      #expect(refusal.message == (lock.lockTime > 0 ? "non-final" : "non-BIP68-final"))
      let miner = JSON.string(fixture.miner.address)
      let inBlock = #expect(throws: RPCError.self) {
        try fixture.call(
          "generateblock", miner, .array([.string(Hex.text(spend.bytes))]))
      }
      #expect(inBlock?.code == -25)
      #expect(inBlock?.message.contains("bad-txns-nonfinal") == true)
      try fixture.mine(1)
      opensAfter += 1
      try #require(opensAfter < 20)
    }
    #expect(opensAfter == lock.blocks)
    try fixture.mine(1)
    #expect(
      try fixture.call("gettxout", .string(spend.id.hex), 0)["confirmations"] == 1)
  }

  @Test(arguments: locks)
  func `a spend that does not declare the lock fails in the script`(lock: Lock) throws {
    var fixture = try Fixture()
    let condition = condition(lock)
    let fund = try fixture.payment(1_000_000, to: .payToWitnessScriptHash(of: condition))
    _ = try fixture.send(fund)
    try fixture.mine(20)
    var spend = spend(fund, condition, lock, bob: fixture.bob)
    spend.lockTime = 0
    spend.inputs[0].sequence = 0xFFFF_FFFD
    let found = fixture.refusal(spend)
    let refusal = try #require(found)
    #expect(
      refusal.message.hasPrefix(
        "mempool-script-verify-flag-failed (Locktime requirement not satisfied)"))
  }
}
