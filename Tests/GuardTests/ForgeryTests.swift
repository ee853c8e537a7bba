import Bitcoin
import Cryptography
import Custody
import Descriptors
import Engine
import Foundation
import Guard
import Journal
import Money
import SignerProtocol
import Signing
import Statements
import Structures
import Testing

@Suite struct ForgeryTests {
  typealias K = GuardKeys

  static func refusal(_ state: Withdrawal.State) -> String? {
    if case .refused(let reason) = state { reason } else { nil }
  }

  @Test func `an address entry that the customer did not sign is refused`() async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    try await world.addAddress(K.address(9), nonce: 2, by: K.mallory)
    let forged = try await world.withdraw(300_000, to: K.address(9))
    let honest = try await world.withdraw(200_000)
    for _ in 0..<2 { try await world.round() }
    #expect(
      Self.refusal(try await world.state(forged))
        == "the address-book entry does not carry the customer's signature")
    #expect(try await world.state(honest) == .broadcast, "honest work goes on")
  }

  @Test func `a forged destination is refused while people still look at the amount`() async throws
  {
    let world = try await GuardWorld()
    try await world.openAlice()
    try await world.addAddress(K.address(9), nonce: 2, by: K.mallory)
    let forged = try await world.withdraw(1_600_000, to: K.address(9))
    let honest = try await world.withdraw(1_600_000)
    #expect(try await world.state(forged) == .inReview)
    try await world.round()
    #expect(
      Self.refusal(try await world.state(forged))
        == "the address-book entry does not carry the customer's signature")
    #expect(try await world.state(honest) == .inReview)
  }

  @Test func `a key that its holder did not prove is refused`() async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    // The attacker enrols a key of his own for alice, with a proof over another account.
    let other = EnrolmentStatement(account: 2, publicKey: K.mallory.publicKey.bytes)
    try await world.enrol(K.mallory, proof: try other.signed(by: K.mallory))
    try await world.addAddress(K.address(9), nonce: 2, by: K.mallory)
    let forged = try await world.withdraw(300_000, to: K.address(9))
    try await world.round()
    #expect(
      Self.refusal(try await world.state(forged))
        == "the key that signed the address was not enrolled by its holder")
  }

  @Test func `a key that is new to the guard waits by the guard's clock`() async throws {
    let world = try await GuardWorld(delays: GuardDelays(newAddress: 0, newKey: 3_600_000))
    try await world.openAlice()
    let id = try await world.withdraw(300_000)
    try await world.round()
    let until = world.clock.now.advanced(byMilliseconds: 3_600_000)
    #expect(
      try await world.state(id)
        == .guardHeld(until: until, reason: "the customer's signing key is new to the guard"))
    world.clock.advance(3_600_000)
    try await world.round()
    #expect(try await world.state(id) == .broadcast)
  }

  @Test func `a key swapped before the first payment is refused too`() async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    try await world.enrol(K.mallory)
    try await world.addAddress(K.address(9), nonce: 2, by: K.mallory)
    let forged = try await world.withdraw(300_000, to: K.address(9))
    try await world.round()
    let reason = "the address is signed with another key than the customer is known by"
    #expect(Self.refusal(try await world.state(forged)) == reason)
    // The customer's own address works on, and a restart does not forget whose the account is.
    try world.restartGuard()
    let again = try await world.withdraw(300_000, to: K.address(9))
    let own = try await world.withdraw(300_000)
    try await world.round()
    #expect(Self.refusal(try await world.state(again)) == reason)
    #expect(try await world.state(own) == .broadcast)
  }

  @Test func `a key that comes back is as new as any other`() async throws {
    let world = try await GuardWorld(delays: GuardDelays(newAddress: 0, newKey: 3_600_000))
    try await world.openAlice()
    try await world.round()
    world.clock.advance(7_200_000)
    try await world.enrol(K.mallory)
    try await world.enrol(K.alice)
    let id = try await world.withdraw(300_000)
    try await world.round()
    let until = world.clock.now.advanced(byMilliseconds: 3_600_000)
    #expect(
      try await world.state(id)
        == .guardHeld(until: until, reason: "the customer's signing key is new to the guard"))
    // Reading the journal again does not begin the wait again.
    world.clock.advance(3_600_000)
    try world.restartGuard()
    try await world.round()
    #expect(try await world.state(id) == .broadcast)
  }

  @Test func `a key swapped after a payment is refused until a person accepts it`() async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    try await world.withdraw(100_000)
    try await world.round()
    try await world.mine([try await world.signedTransaction()])
    try await world.mine()
    try await world.enrol(K.mallory)
    try await world.addAddress(K.address(9), nonce: 2, by: K.mallory)
    let forged = try await world.withdraw(300_000, to: K.address(9))
    try await world.round()
    #expect(
      Self.refusal(try await world.state(forged))
        == "the address is signed with another key than the customer is known by")
    // The guard alone is not enough: the signers remember as well.
    try world.core.forgetCustomerKey(of: 1)
    let again = try await world.withdraw(300_000, to: K.address(9))
    try await world.round()
    #expect(try await world.state(again) == .building)
    #expect(
      world.lastRefusals.map(\.code)
        == [SignerRefusal.Code](
          repeating: .customerKeyChanged, count: 3))
    for signer in world.signers { try signer?.forgetCustomerKey(of: 1) }
    try await world.round()
    #expect(try await world.state(again) == .broadcast)
  }

  @Test func `a deposit that the chain does not have halts the guard`() async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    let id = try await world.withdraw(300_000)
    // The attacker journals a block with a deposit for alice that is not in it, and one on top.
    let invented = world.chain.payment(of: 90_000_000, to: 0)
    var forged = world.chain.mine()
    forged.received = [
      ConnectBlock.Received(
        outpoint: ChainOutpoint(Outpoint(transaction: invented.id, index: 0)),
        script: ScriptIndex(branch: .deposit, index: 0), amount: Amount(units: 90_000_000))
    ]
    try await world.submit(.connectBlock(forged))
    try await world.mine()
    try await world.round()
    #expect(world.core.halted == "deposit 2 is credited but is not on the chain")
    #expect(try await world.state(id) == .approved, "nothing is released any more")
    try await world.round()
    let suspensions = try await world.sequencer.read { $0.suspensions }
    #expect(
      suspensions.map(\.reason) == [
        .guardHalted("deposit 2 is credited but is not on the chain")
      ])
    try world.restartGuard()
    #expect(world.core.halted != nil, "a restart does not forget it")
  }

  @Test func `a deposit in a block that the guard's node has not seen waits`() async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    let payment = world.chain.payment(of: 1_000_000, to: 0)
    var ahead = world.chain
    try await world.submit(.connectBlock(ahead.mine([payment])))
    try await world.submit(.connectBlock(ahead.mine()))
    let id = try await world.withdraw(300_000)
    try await world.round()
    #expect(try await world.state(id) == .approved)
    #expect(world.core.halted == nil)
    world.chain = ahead
    try await world.round()
    #expect(try await world.state(id) == .broadcast)
  }

  @Test func `a receipt without two operators' signatures halts the guard`() async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    func attest(_ name: String, by key: UInt8) async throws {
      let statement = ReceiptStatement(
        operatorName: name, account: 1, asset: "USDT", amountUnits: 5_000_000, reference: "R1")
      try await world.submit(
        .attestReceipt(
          AttestReceipt(
            operatorName: name, account: GuardWorld.alice, asset: GuardWorld.usdt,
            amount: Amount(units: 5_000_000), reference: "R1",
            signature: try statement.signed(by: K.key(key)))))
    }
    try await attest("dave", by: 110)
    try await attest("erin", by: 66)
    try await world.round()
    #expect(world.core.halted == "receipt R1 is credited without the signatures of two operators")
  }

  @Test func `a receipt with two operators' signatures is accepted`() async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    for (name, key) in [("dave", K.dave), ("erin", K.erin)] {
      let statement = ReceiptStatement(
        operatorName: name, account: 1, asset: "USDT", amountUnits: 5_000_000, reference: "R1")
      try await world.submit(
        .attestReceipt(
          AttestReceipt(
            operatorName: name, account: GuardWorld.alice, asset: GuardWorld.usdt,
            amount: Amount(units: 5_000_000), reference: "R1",
            signature: try statement.signed(by: key))))
    }
    try await world.round()
    #expect(world.core.halted == nil)
  }

  @Test(arguments: [
    (K.dave, K.erin, Int64(2_000_000), true), (K.mallory, K.erin, 2_000_000, false),
    (K.dave, K.mallory, 2_000_000, false), (K.dave, K.erin, 3_000_000, false),
  ])
  func `an adjustment needs the signatures of two operators under what it does`(
    proposer: Ed25519.PrivateKey, approver: Ed25519.PrivateKey, applied: Int64, isHonest: Bool
  ) async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    for (name, key) in [("dave", K.dave), ("erin", K.erin)] {
      let statement = ReceiptStatement(
        operatorName: name, account: 1, asset: "USDT", amountUnits: 5_000_000, reference: "R1")
      try await world.submit(
        .attestReceipt(
          AttestReceipt(
            operatorName: name, account: GuardWorld.alice, asset: GuardWorld.usdt,
            amount: Amount(units: 5_000_000), reference: "R1",
            signature: try statement.signed(by: key))))
    }
    func statement(_ name: String, _ step: AdjustmentStatement.Step, _ number: UInt64)
      -> AdjustmentStatement
    {
      AdjustmentStatement(
        operatorName: name, step: step, adjustment: number, isReward: false, account: 1,
        asset: "USDT", wallet: 6, amountUnits: -2_000_000, reason: "paid twice")
    }
    try await world.submit(
      .proposeAdjustment(
        ProposeAdjustment(
          operatorName: "dave", kind: .correction, account: GuardWorld.alice,
          asset: GuardWorld.usdt, wallet: .funding, amount: Amount(units: -applied),
          reason: "paid twice",
          signature: try statement("dave", .propose, 0).signed(by: proposer))))
    try await world.submit(
      .decideAdjustment(
        DecideAdjustment(
          operatorName: "erin", adjustment: AdjustmentID(1), approves: true,
          signature: try statement("erin", .approve, 1).signed(by: approver))))
    try await world.round()
    #expect(
      world.core.halted
        == (isHonest
          ? nil : "adjustment 1 is applied without the signatures of two operators"))
  }

  @Test(arguments: [true, false])
  func `a review counts only with two operators' own signatures`(isHonest: Bool) async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    let id = try await world.withdraw(1_600_000)
    #expect(try await world.state(id) == .inReview)
    for (name, key) in [("dave", K.dave), ("erin", isHonest ? K.erin : K.mallory)] {
      let statement = ReviewStatement(
        operatorName: name, withdrawal: id.raw, approves: true, reason: "known")
      try await world.submit(
        .reviewWithdrawal(
          ReviewWithdrawal(
            operatorName: name, withdrawal: id, approves: true, reason: "known",
            signature: try statement.signed(by: key))))
    }
    try await world.round()
    if isHonest {
      #expect(try await world.state(id) == .broadcast)
    } else {
      #expect(
        Self.refusal(try await world.state(id))
          == "the review does not carry the signatures of two operators")
    }
  }

  /// What the journal holds of a release is read by whoever owns the online server, and a withdrawal
  /// that is released can still be taken back.
  @Test func `a release that was kept from the journal opens no signer`() async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    let id = try await world.withdraw(300_000)
    try await world.round()
    let kept = try Signed<Release>(bytes: try #require(try await world.withdrawal(id).release))
    #expect(kept.isSigned(by: K.guardKey.publicKey.bytes))
    #expect(kept.statement.withdrawal == id.raw)
    let payout = try #require(try await world.sequencer.read { $0.openPayouts.first })
    let transaction = try Transaction(parsing: payout.unsigned)
    let previous = try transaction.inputs.map {
      try #require(world.chain.transaction($0.outpoint.transaction))
    }
    for signer in world.signers {
      let request = SigningRequest(
        transaction: payout.unsigned,
        inputs: previous.map {
          .init(previousTransaction: $0.bytesWithoutWitness, branch: 0, index: 0)
        },
        outputs: [.payment(0), .change(try #require(payout.changeIndex))],
        payments: [
          .init(
            release: kept, authority: .address(nonce: 1), customerKey: K.alice.publicKey.bytes,
            customerSignature: try AddressStatement(
              account: 1, asset: "BTC", chain: "BTC-Bitcoin", address: K.address(1), nonce: 1
            ).signed(by: K.alice))
        ], knownPosition: nil)
      guard case .refused(let refusal) = try #require(signer).answer(.sign(request)) else {
        Issue.record("it was signed")
        return
      }
      #expect(refusal.code == .releaseTerms)
    }
  }

  @Test func `a release that the guard did not give is taken back`() async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    let id = try await world.withdraw(300_000)
    try await world.submit(.guardReleased(withdrawal: id, release: [1, 2, 3]))
    try await world.round()
    #expect(Self.refusal(try await world.state(id)) == "it was released without the guard")
  }

  @Test func `a payout of a withdrawal that the guard did not release halts it`() async throws {
    let world = try await GuardWorld()
    try await world.openAlice()
    let id = try await world.withdraw(300_000)
    try await world.submit(.guardReleased(withdrawal: id, release: [1, 2, 3]))
    let coin = try #require(try await world.sequencer.read { $0.spendableOutputs.first })
    let source = try #require(TransactionID(bytes: coin.outpoint.transaction))
    let transaction = Transaction(
      inputs: [
        TransactionInput(
          outpoint: Outpoint(transaction: source, index: coin.outpoint.index),
          sequence: 0xFFFF_FFFD)
      ],
      outputs: [
        TransactionOutput(
          value: 300_000, script: try Address.parse(K.address(1), network: K.network)),
        TransactionOutput(
          value: 4_690_000,
          script: try K.descriptor.script(branch: 1, index: 0).scriptPubKey),
      ])
    try await world.submit(
      .payoutBuilt(
        PayoutBuilt(
          asset: GuardWorld.btc, withdrawals: [id], inputs: [coin.outpoint], changeIndex: 0,
          change: Amount(units: 4_690_000), networkFee: Amount(units: 10_000),
          unsigned: transaction.bytes, transaction: transaction.id.bytes)))
    try await world.round()
    #expect(world.core.halted == "payout 1 pays withdrawal 1, which the guard did not release")
  }

  @Test func `a configuration with another guard or operator halts the guard`() async throws {
    let world = try await GuardWorld()
    try await world.submit(
      .configure(GuardWorld.configuration(guardKey: K.mallory.publicKey.bytes)))
    try await world.round()
    #expect(world.core.halted == "the exchange is configured for another guard")
    let other = try await GuardWorld()
    try await other.submit(
      .configure(
        GuardWorld.configuration(operators: [
          Operator(name: "erin", publicKey: K.mallory.publicKey.bytes)
        ])))
    try await other.round()
    #expect(other.core.halted == "operator erin is not known to the guard under that key")
  }

  @Test func `a deposit address that is not the wallet's halts the guard`() async throws {
    let world = try await GuardWorld()
    try await world.submit(
      .openAccount(name: "alice"),
      .assignDepositAddress(
        account: GuardWorld.alice, asset: GuardWorld.btc, index: 0, address: K.address(66)))
    try await world.round()
    #expect(world.core.halted == "deposit address 0 is not one of the wallet's")
  }
}
