// swift-format-ignore-file: NeverUseForceTry, NeverForceUnwrap
// Fixed inputs of tests: what traps here is a wrong test.
import Bitcoin
import Cryptography
import Custody
import Descriptors
import Engine
import Money
import Risk
import Structures
import Testing

@Suite struct PayoutBuilderTests {
  static let network = Network.regtest

  static let descriptor: Descriptor = {
    let keys = (1...3).map { seed in
      let root = try! ExtendedPrivateKey(
        seed: SecretBytes(copying: [UInt8](repeating: UInt8(seed), count: 32)), network: network)
      return try! KeyExpression(
        origin: nil, account: root.publicKey, branches: [ChildNumber(0)!, ChildNumber(1)!])
    }
    return try! Descriptor(multisigOf: 2, keys: keys, network: network)
  }()

  static let builder = PayoutBuilder(
    descriptor: descriptor, feeRate: FeeRate(satsPerVByte: 10)!)

  static func coin(_ number: UInt8, _ units: Int64) -> OwnedOutput {
    OwnedOutput(
      outpoint: ChainOutpoint(transaction: [UInt8](repeating: number, count: 32), index: 0),
      script: ScriptIndex(branch: .deposit, index: UInt32(number)), amount: Amount(units: units),
      height: 1)
  }

  static func withdrawal(
    _ id: UInt64, _ units: Int64, fee: Int64 = 20_000, address: String? = nil
  ) -> Withdrawal {
    let own = Address.text(
      for: .payToWitness(version: 0, program: [UInt8](repeating: UInt8(id), count: 20)),
      network: network)!
    let time = Timestamp(milliseconds: 0)
    return Withdrawal(
      id: WithdrawalID(id), account: AccountID(1), asset: AssetID(1),
      authority: .entry(AddressEntryID(1)),
      address: address ?? own, amount: Amount(units: units), fee: Amount(units: fee), clientID: "",
      requestedAt: time, updatedAt: time,
      decision: RiskDecision(outcome: .allow, releaseAt: nil, hits: []), approvals: [],
      state: .released, release: nil, payout: nil, transaction: nil)
  }

  static func build(
    _ withdrawals: [Withdrawal], _ coins: [OwnedOutput], builder: PayoutBuilder = builder
  ) throws -> PayoutBuilt {
    try builder.build(
      asset: AssetID(1), withdrawals: withdrawals, coins: coins, changeIndex: 4)
  }

  @Test(arguments: [2, 9]) func `coins of huge transactions are spent a few at a time`(
    huge: Int
  ) throws {
    var coins = (1...huge).map { Self.coin(UInt8($0), 400_000) }
    coins += (20..<60).map { Self.coin(UInt8($0), 30_000) }
    var builder = Self.builder
    builder.limits.evidence = 600_000
    for coin in coins { builder.limits.evidenceOf[coin.outpoint] = 400 }
    for coin in coins.prefix(huge) { builder.limits.evidenceOf[coin.outpoint] = 95_000 }
    let built = try Self.build([Self.withdrawal(1, 800_000)], coins, builder: builder)
    let evidence = built.inputs.reduce(0) { $0 + (builder.limits.evidenceOf[$1] ?? 0) }
    #expect(evidence <= 600_000)
    #expect(throws: PayoutError.self) {
      builder.limits.evidence = 90_000
      _ = try Self.build([Self.withdrawal(1, 2_000_000)], coins, builder: builder)
    }
  }

  @Test func `one withdrawal that the coins cannot pay does not hold up the others`() throws {
    let built = try Self.build(
      [Self.withdrawal(1, 5_000_000), Self.withdrawal(2, 70_000), Self.withdrawal(3, 60_000)],
      [Self.coin(1, 900_000)])
    #expect(built.withdrawals.map(\.raw) == [2, 3])
    #expect(throws: PayoutError.self) {
      try Self.build([Self.withdrawal(1, 5_000_000)], [Self.coin(1, 900_000)])
    }
  }

  @Test func `a payout pays each withdrawal, returns the change and names itself`() throws {
    let built = try Self.build(
      [Self.withdrawal(2, 70_000), Self.withdrawal(1, 50_000)],
      [Self.coin(1, 1_000_000), Self.coin(2, 900_000)])
    let transaction = try Transaction(parsing: built.unsigned)
    #expect(built.withdrawals.map(\.raw) == [1, 2], "oldest first")
    #expect(transaction.outputs.map(\.value).prefix(2) == [50_000, 70_000])
    #expect(transaction.outputs[2].value == built.change.units)
    #expect(
      transaction.outputs[2].script
        == (try Self.descriptor.script(branch: 1, index: 4).scriptPubKey))
    #expect(built.changeIndex == 4)
    #expect(built.transaction == transaction.id.bytes)
    #expect(built.inputs.count == 1, "one large coin is enough")
    let coin: Int64 = built.inputs == [Self.coin(1, 0).outpoint] ? 1_000_000 : 900_000
    #expect(coin == 120_000 + built.change.units + built.networkFee.units)
  }

  @Test func `coins that fit exactly leave no change`() throws {
    let built = try Self.build(
      [Self.withdrawal(1, 50_000)], [Self.coin(1, 1_000_000), Self.coin(2, 51_700)])
    #expect(built.changeIndex == nil)
    #expect(built.change == .zero)
    #expect(built.inputs == [Self.coin(2, 0).outpoint])
    #expect(built.networkFee.units == 1_700)
  }

  @Test func `the network fee is never above what the customers paid`() throws {
    let built = try Self.build([Self.withdrawal(1, 50_000, fee: 700)], [Self.coin(1, 1_000_000)])
    #expect(built.networkFee.units <= 700)
    #expect(built.networkFee.units > 350, "and as high as they allow")
    #expect(throws: PayoutError.self) {
      try Self.build([Self.withdrawal(1, 50_000, fee: 100)], [Self.coin(1, 1_000_000)])
    }
  }

  @Test func `the oldest withdrawals are paid when the coins do not suffice for all`() throws {
    let built = try Self.build(
      [Self.withdrawal(1, 400_000), Self.withdrawal(2, 400_000), Self.withdrawal(3, 400_000)],
      [Self.coin(1, 900_000)])
    #expect(built.withdrawals.map(\.raw) == [1, 2])
    #expect(throws: PayoutError.self) {
      try Self.build([Self.withdrawal(1, 400_000)], [Self.coin(1, 300_000)])
    }
  }

  @Test func `dust and foreign addresses are refused`() throws {
    #expect(throws: PayoutError.dust(WithdrawalID(1), minimum: 294)) {
      try Self.build([Self.withdrawal(1, 293)], [Self.coin(1, 900_000)])
    }
    #expect(throws: PayoutError.badAddress(WithdrawalID(1))) {
      try Self.build(
        [Self.withdrawal(1, 9_000, address: "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4")],
        [Self.coin(1, 900_000)])
    }
    #expect(throws: PayoutError.nothingToPay) { try Self.build([], [Self.coin(1, 900_000)]) }
  }

  @Test(arguments: UInt64(0)..<200)
  func `every payout balances, keeps its rate and leaves no dust`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let coins = (1...UInt8.random(in: 1...30, using: &random)).map {
      Self.coin($0, .random(in: 500...400_000, using: &random))
    }
    let withdrawals = (1...UInt64.random(in: 1...10, using: &random)).map {
      Self.withdrawal($0, .random(in: 1_000...200_000, using: &random))
    }
    guard let built = try? Self.build(withdrawals, coins) else { return }
    var transaction = try Transaction(parsing: built.unsigned)
    let byOutpoint = Dictionary(uniqueKeysWithValues: coins.map { ($0.outpoint, $0) })
    let inputs = try built.inputs.map { try #require(byOutpoint[$0]) }
    #expect(Set(built.inputs).count == built.inputs.count)
    let paid = built.withdrawals.reduce(0) { sum, id in
      sum + withdrawals[Int(id.raw) - 1].amount.units
    }
    #expect(
      inputs.reduce(0) { $0 + $1.amount.units }
        == paid + built.change.units + built.networkFee.units)
    #expect(transaction.outputs.allSatisfy { !$0.isDust })
    #expect(built.networkFee.units <= 20_000 * Int64(built.withdrawals.count))
    for (index, coin) in inputs.enumerated() {
      let script = try Self.descriptor.script(branch: 0, index: coin.script.index)
      transaction.inputs[index].witness = [
        [], [UInt8](repeating: 0, count: 72), [UInt8](repeating: 0, count: 72),
        try #require(script.witnessScript).bytes,
      ]
    }
    let size = Int64(transaction.virtualSize)
    #expect(built.networkFee.units >= size, "at least 1 satoshi per vbyte")
    if built.changeIndex != nil {
      #expect(built.networkFee.units <= 11 * size, "no more than the rate with rounding")
    }
  }
}
