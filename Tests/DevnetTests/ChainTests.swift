import Bitcoin
import Cryptography
import Devnet
import JSON
import Testing
import Wire

@Suite struct ChainTests {
  @Test func `the first block is the one of Bitcoin Core's regtest`() throws {
    let genesis = Regtest.genesis
    #expect(
      genesis.hash.hex == "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206")
    #expect(
      genesis.transactions[0].id.hex
        == "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b")
    #expect(genesis.header.hasProofOfWork)
    #expect(try Block(parsing: genesis.bytes) == genesis)
  }

  @Test(arguments: [
    (0, 5_000_000_000), (149, 5_000_000_000), (150, 2_500_000_000), (300, 1_250_000_000), (9600, 0),
  ])
  func `the subsidy halves every 150 blocks`(height: Int, satoshis: Int64) {
    #expect(Regtest.subsidy(height: height) == satoshis)
  }

  @Test func `mined blocks carry work, height, commitment and subsidy`() throws {
    var fixture = try Fixture()
    let payment = try fixture.payment(1_000_000, fee: 2500)
    _ = try fixture.send(payment)
    try fixture.mine(1)
    let tip = fixture.node.chain.tip
    #expect(tip.height == 102)
    #expect(tip.block.header.bits == 0x207F_FFFF)
    #expect(tip.block.header.hasProofOfWork)
    #expect(tip.block.header.previous == fixture.node.chain.entry(at: 101).hash)
    #expect(tip.block.hasValidWitnessCommitment)
    #expect(tip.block.witnessCommitment != nil)
    #expect(tip.block.transactions.map(\.id).contains(payment.id))
    #expect(tip.block.transactions[0].inputs[0].scriptSig.bytes == [1, 102])
    #expect(tip.block.transactions[0].outputs[0].value == 5_000_002_500)
  }

  /// What is wrong with a payment, and how it is refused.
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let code: Int
    let message: String
    let make: @Sendable (inout Fixture) throws -> Transaction

    init(
      _ description: String, _ code: Int, _ message: String,
      _ make: @escaping @Sendable (inout Fixture) throws -> Transaction
    ) {
      testDescription = description
      self.code = code
      self.message = message
      self.make = make
    }
  }

  static let refusals: [Case] = [
    Case("an immature coinbase", -26, "bad-txns-premature-spend-of-coinbase") { fixture in
      try fixture.mine(1, to: fixture.alice)
      return try fixture.payment(1_000_000, of: 102)
    },
    Case("more than it has", -26, "bad-txns-in-belowout") { fixture in
      try fixture.payment(5_000_000_001, fee: -1)
    },
    Case("an unknown coin", -25, "bad-txns-inputs-missingorspent") { fixture in
      var payment = try fixture.payment(1_000_000)
      payment.inputs[0].outpoint = Outpoint(transaction: payment.id, index: 0)
      return payment
    },
    Case("no fee", -26, "min relay fee not met") { fixture in
      try fixture.payment(1_000_000, fee: 0)
    },
    Case("a dust output", -26, "dust") { fixture in try fixture.payment(293) },
    Case("a signature of somebody else", -26, "mempool-script-verify-flag-failed") { fixture in
      let payment = try fixture.payment(1_000_000)
      return try fixture.bob.sign(payment, spending: [try fixture.coin().output])
    },
    Case("a changed amount", -26, "mempool-script-verify-flag-failed") { fixture in
      var payment = try fixture.payment(1_000_000)
      payment.outputs[0].value += 1
      return payment
    },
    Case("a lock time to come", -26, "non-final") { fixture in
      try fixture.payment(1_000_000, sequence: 0xFFFF_FFFE, lockTime: 103)
    },
    Case("a relative lock to pass", -26, "non-BIP68-final") { fixture in
      try fixture.payment(1_000_000, sequence: 102)
    },
    Case("an unusual script", -26, "scriptpubkey") { fixture in
      try fixture.payment(1_000_000, to: Script([0x51]))
    },
    Case("the same coin twice", -26, "bad-txns-inputs-duplicate") { fixture in
      var payment = try fixture.payment(1_000_000)
      payment.inputs.append(payment.inputs[0])
      return payment
    },
    Case("a coinbase of its own", -26, "coinbase") { fixture in
      Transaction(
        inputs: [TransactionInput(outpoint: .null, scriptSig: Script([1, 1]))],
        outputs: [TransactionOutput(value: 1, script: fixture.bob.script)])
    },
  ]

  @Test(arguments: refusals)
  func `a payment that breaks a rule is refused with Bitcoin Core's words`(_ test: Case) throws {
    var fixture = try Fixture()
    let transaction = try test.make(&fixture)
    let found = fixture.refusal(transaction)
    let refusal = try #require(found)
    #expect(refusal.code == test.code)
    #expect(refusal.message.hasPrefix(test.message))
    #expect(try fixture.mempool().isEmpty)
  }
}
