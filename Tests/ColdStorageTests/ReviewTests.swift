import Airgap
import Bitcoin
import ColdStorage
import Descriptors
import PSBT
import Testing

@Suite struct ReviewTests {
  @Test(arguments: ColdWorld.Form.allCases)
  func `a payment to the hot wallet is reviewed, signed by enough holders and finished`(
    form: ColdWorld.Form
  ) throws {
    let world = try ColdWorld(form)
    let psbt = try world.request(
      [world.coin(50_000_000), world.coin(30_000_000, index: 3)],
      [("hot-1", 1, 9, 60_000_000), ("cold-1", 1, 0, 19_990_000)])
    let review = world.review(try PSBT(parsing: psbt.bytes))
    #expect(review.refusals == [] && review.warnings == [])
    #expect(review.fee == 10_000)
    #expect(review.inputs.map(\.place?.index) == [0, 3])
    #expect(review.outputs.map(\.role) == [.hot, .cold])
    #expect(review.outputs.map(\.isChange) == [false, true])
    let text = review.text(words: CheckWords(of: psbt.bytes))
    #expect(text.contains("0.60000000 BTC  to the hot wallet, hot-1 1/9"))
    #expect(text.contains("leaves cold   0.60000000 BTC") && !text.contains("REFUSED"))

    var answers: [PSBT] = []
    for holder in world.holders.suffix(2) {
      answers.append(
        try ColdSigner.sign(
          psbt, reviewed: review, account: holder.account, origin: holder.origin))
    }
    #expect(throws: ColdStorageError.psbt(.incomplete(input: 0))) {
      try ColdRequest.finished([answers[0]], of: world.cold, register: world.register)
    }
    let done = try ColdRequest.finished(answers, of: world.cold, register: world.register)
    let spent = try [world.coin(50_000_000), world.coin(30_000_000, index: 3)]
      .map { $0.transaction.outputs[0] }
    // The rules of the chain judge the result.
    try SpendingTransaction(done, spending: spent).verify(flags: .standard)
  }

  @Test(arguments: [ColdWorld.Form.decaying, .taproot])
  func `one holder alone finishes only the path that waits`(form: ColdWorld.Form) throws {
    let world = try ColdWorld(form)
    let coin = try world.coin(50_000_000)
    let outputs = [try world.output(world.hot, 1, 0, 49_990_000)]
    for (sequence, isEnough) in [(UInt32(0xFFFF_FFFD), false), (9, false), (10, true)] {
      let psbt = try world.forged([coin], outputs, sequence: sequence)
      let signed = try ColdSigner.sign(
        psbt, reviewed: world.review(psbt), account: world.holders[0].account,
        origin: world.holders[0].origin)
      let done = try? ColdRequest.finished([signed], of: world.cold, register: world.register)
      #expect((done != nil) == isEnough, "sequence \(sequence)")
      guard let done else { continue }
      try SpendingTransaction(done, spending: [coin.transaction.outputs[0]])
        .verify(flags: .standard)
    }
  }

  @Test func `a key that is none of the wallet's signs nothing`() throws {
    let world = try ColdWorld()
    let psbt = try world.request([world.coin(50_000_000)], [("hot-1", 1, 0, 49_990_000)])
    let stranger = try ColdWorld.holder(9)
    #expect(throws: ColdStorageError.foreignKey) {
      try ColdSigner.sign(
        psbt, reviewed: world.review(psbt), account: stranger.account, origin: stranger.origin)
    }
  }

  @Test func `coins go to registered wallets only, and only fields that were re-derived count`()
    throws
  {
    let world = try ColdWorld()
    let coin = try world.coin(50_000_000)
    let stranger = Script.payToWitnessPublicKeyHash(of: [2] + [UInt8](repeating: 9, count: 32))
    let psbt = try world.forged(
      [coin], [TransactionOutput(value: 49_990_000, script: stranger)])
    let review = world.review(psbt)
    #expect(review.refusals == [.foreignOutput(0)])
    #expect(review.text(words: CheckWords(of: psbt.bytes)).contains("TO A STRANGER"))
    #expect(throws: ColdStorageError.refused([.foreignOutput(0)])) {
      try ColdSigner.sign(
        psbt, reviewed: review, account: world.holders[0].account, origin: world.holders[0].origin)
    }
    // The hot wallet's own derivations beside a stranger's script make it no less strange.
    var lying = try world.forged([coin], [try world.output(world.hot, 1, 0, 49_990_000)])
    let place = try world.hot.descriptor.script(branch: 1, index: 0)
    try lying.update(output: 0, from: place)
    let bytes = lying.bytes
    let own = place.scriptPubKey.bytes
    let range = try #require(
      bytes.indices.first { bytes[$0...].starts(with: own) })
    var altered = bytes
    altered[range + 10] ^= 1
    #expect(world.review(try PSBT(parsing: altered)).refusals == [.foreignOutput(0)])
  }

  @Test func `what else is wrong with a request is refused by its name`() throws {
    let world = try ColdWorld()
    let coin = try world.coin(50_000_000)
    func refusals(
      _ outputs: [TransactionOutput], version: Int32 = 2, prove: Bool = true
    ) throws -> [Refusal] {
      world.review(
        try world.forged([coin], outputs, version: version, prove: prove)
      ).refusals
    }
    let hot = try world.output(world.hot, 1, 0, 49_990_000)
    #expect(try refusals([hot]) == [])
    #expect(try refusals([hot], version: 1) == [.transactionVersion(1)])
    #expect(try refusals([hot], prove: false) == [.noPreviousTransaction(input: 0)])
    #expect(
      try refusals([try world.output(world.cold, 0, 0, 49_990_000)])
        == [.changeToSpentPlace(output: 0)])
    #expect(
      try refusals([
        try world.output(world.cold, 1, 4, 20_000_000),
        try world.output(world.cold, 1, 4, 29_990_000),
      ]) == [.placeUsedTwice(PolicyPlace(policy: "cold-1", branch: 1, index: 4))])
    #expect(
      try refusals([hot, try world.output(world.cold, 1, 0, 100)]) == [.dust(output: 1)])
    #expect(
      try refusals([try world.output(world.hot, 1, 0, 50_000_001)]).contains(.noFee))
    #expect(
      try refusals([try world.output(world.hot, 1, 0, 48_000_000)])
        == [.feeAboveLimit(2_000_000, limit: 1_000_000)])
    #expect(
      try refusals([try world.output(world.hot, 1, 0, .max)]).contains(
        .badTransaction(.outputTooLarge)))
    let poor = try world.coin(100_000)
    #expect(
      world.review(
        try world.forged([poor], [try world.output(world.hot, 1, 0, 50_000)])
      ).refusals == [.feeAboveShare(50_000, of: 100_000)])
    let foreign = ColdRequest.Coin(
      transaction: Transaction(
        version: 2, inputs: coin.transaction.inputs,
        outputs: [try world.output(world.hot, 1, 1, 50_000_000)], lockTime: 0), output: 0)
    #expect(world.review(try world.forged([foreign], [hot])).refusals == [.foreignInput(0)])
    var partial = try world.forged([coin], [hot])
    try partial.setSighashType(SighashType(rawValue: 0x82), forInput: 0)
    #expect(
      world.review(partial).refusals == [.sighash(input: 0, type: 0x82)])
  }

  @Test
  func `a customer's address of the hot wallet is refused, as coins there would be his deposit`()
    throws
  {
    let world = try ColdWorld()
    let psbt = try world.forged(
      [try world.coin(50_000_000)], [try world.output(world.hot, 0, 7, 49_990_000)])
    let place = PolicyPlace(policy: "hot-1", branch: 0, index: 7)
    #expect(world.review(psbt).refusals == [.customerAddress(output: 0, place)])
    #expect(throws: ColdStorageError.self) {
      try ColdSigner.sign(
        psbt, reviewed: world.review(psbt), account: world.holders[0].account,
        origin: world.holders[0].origin)
    }
  }

  @Test func `a waiting transaction is told from an ordinary one`() throws {
    let world = try ColdWorld(.taproot)
    let psbt = try world.forged(
      [try world.coin(50_000_000)], [try world.output(world.hot, 1, 0, 49_990_000)], sequence: 10)
    let review = world.review(psbt)
    #expect(review.refusals == [])
    #expect(
      review.warnings == ["this is a recovery path: it waits 10 blocks after its coins confirmed"])
  }

  @Test func `a far address is found by what the request says of it, and nowhere else`() throws {
    let world = try ColdWorld()
    let far = try world.output(world.hot, 1, 70_000, 49_990_000)
    var psbt = try world.forged([try world.coin(50_000_000)], [far])
    #expect(world.review(psbt).refusals == [.foreignOutput(0)])
    try psbt.update(output: 0, from: try world.hot.descriptor.script(branch: 1, index: 70_000))
    #expect(world.review(psbt).refusals == [])
  }

  @Test func `a policy's file is read back, and a faulty one is refused`() throws {
    let world = try ColdWorld()
    #expect(try RegisteredPolicy(parsing: world.cold.text) == world.cold)
    #expect(world.cold.words.words.count == 4 && world.cold.words != world.hot.words)
    for (text, error) in [
      ("", ColdStorageError.badPolicyFile("no line \"# name: …\"")),
      ("# name: a\n", .badPolicyFile("no line \"# role: hot\" or \"# role: cold\"")),
      ("# name: a\n# name: b\n", .badPolicyFile("two lines \"# name: …\"")),
      (
        world.cold.text.replacing("cold-1", with: "Cold 1"), .badName("Cold 1")
      ),
    ] {
      #expect(throws: error) { try RegisteredPolicy(parsing: text) }
    }
    let altered = world.cold.text.replacing("multi(2", with: "multi(1")
    #expect(throws: ColdStorageError.self) { try RegisteredPolicy(parsing: altered) }
    #expect(throws: ColdStorageError.registeredTwice("cold-1")) {
      try PolicyRegister([world.cold, world.cold])
    }
    #expect(throws: ColdStorageError.noColdPolicy("hot-1")) { try world.register.cold("hot-1") }
  }
}
