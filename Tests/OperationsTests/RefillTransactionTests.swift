// swift-format-ignore-file: NeverForceUnwrap
// Fixed inputs of tests: what traps here is a wrong test.
import Bitcoin
import Cryptography
import Custody
import Descriptors
import Engine
import Money
import Operations
import PSBT
import Structures
import Testing

@Suite struct RefillTransactionTests {
  private static func wallet(_ seeds: ClosedRange<UInt8>) throws -> Descriptor {
    let keys = try seeds.map { seed in
      let key = try ExtendedPrivateKey(
        seed: SecretBytes(copying: [UInt8](repeating: seed, count: 32)), network: .regtest)
      return "\(key.publicKey.text)/<0;1>/*"
    }
    return try Descriptor(
      parsing: "wsh(sortedmulti(2,\(keys.joined(separator: ","))))", network: .regtest)
  }

  private static func refill(_ amount: Int64) -> Refill {
    Refill(
      number: 1, need: RefillNeed(amount: Amount(units: amount), missing: .zero), changeIndex: 9,
      requestedAt: Timestamp(milliseconds: 0), updatedAt: Timestamp(milliseconds: 0), state: .open)
  }

  /// Coins of the cold wallet, and the transactions that made them.
  private static func coins(
    _ amounts: [Int64], of cold: Descriptor
  ) throws -> [(coin: OwnedOutput, made: Transaction)] {
    try amounts.enumerated().map { index, amount in
      let made = Transaction(
        inputs: [
          TransactionInput(
            outpoint: Outpoint(
              transaction: TransactionID(bytes: [UInt8](repeating: 7, count: 32))!,
              index: UInt32(index)))
        ],
        outputs: [
          TransactionOutput(
            value: amount,
            script: try cold.script(branch: 0, index: UInt32(index)).scriptPubKey)
        ])
      return (
        OwnedOutput(
          outpoint: ChainOutpoint(transaction: made.id.bytes, index: 0),
          script: ScriptIndex(branch: .cold, index: UInt32(index)), amount: Amount(units: amount),
          height: 1), made
      )
    }
  }

  @Test(arguments: UInt64(0)..<40)
  func `every satoshi in is a satoshi out, at the wanted rate and never above the request`(
    seed: UInt64
  ) throws {
    var random = SplitMix64(seed: seed)
    let (hot, cold) = (try Self.wallet(1...3), try Self.wallet(4...6))
    let builder = RefillTransaction(hot: hot, cold: cold, maximumFee: 1_000_000)
    let amounts = (0..<Int.random(in: 1...8, using: &random)).map { _ in
      Int64.random(in: 100_000...5_000_000, using: &random)
    }
    let known = try Self.coins(amounts, of: cold)
    let refill = Self.refill(.random(in: 10_000...12_000_000, using: &random))
    let rate = FeeRate(satsPerVByte: .random(in: 1...20, using: &random))!
    let plan = try builder.plan(refill, coins: known.map(\.coin), rate: rate, changeIndex: 3)
    let sum = plan.coins.reduce(0) { $0 + $1.amount.units }
    #expect(plan.amount + plan.change + plan.fee == sum)
    #expect(plan.amount <= refill.need.amount.units)
    #expect(
      plan.amount == refill.need.amount.units
        || (plan.change == 0 && plan.coins.count == amounts.count),
      "seed \(seed): less than asked for although there is more")
    #expect(plan.change == 0 || plan.change >= 330)
    let previous = plan.coins.map { coin in known.first { $0.coin == coin }!.made }
    let psbt = try builder.psbt(plan, for: refill, previous: previous, changeIndex: 3)
    let read = try PSBT(parsing: psbt.bytes)
    #expect(try read.fee() == plan.fee)
    let transaction = read.unsigned.transaction
    #expect(
      transaction.outputs[0].script == (try hot.script(branch: 1, index: 9).scriptPubKey))
    if plan.change > 0 {
      #expect(
        transaction.outputs[1].script == (try cold.script(branch: 1, index: 3).scriptPubKey))
    }
    let size = try PayoutSize(
      payments: [transaction.outputs[0]], change: try cold.script(branch: 1, index: 3))
    let vbytes =
      size.base + size.input * Int64(plan.coins.count)
      + (plan.change > 0 ? size.changeOutput : 0)
    #expect(plan.fee >= rate.fee(forVBytes: vbytes))
  }

  /// Coins that only their amounts matter of.
  private static func coins(_ amounts: [Int64]) -> [OwnedOutput] {
    amounts.enumerated().map { index, amount in
      OwnedOutput(
        outpoint: ChainOutpoint(
          transaction: [UInt8](repeating: 7, count: 32), index: UInt32(index)),
        script: ScriptIndex(branch: .cold, index: UInt32(index)), amount: Amount(units: amount),
        height: 1)
    }
  }

  @Test func `coins that cost more than they bring stay where they are`() throws {
    let builder = RefillTransaction(
      hot: try Self.wallet(1...3), cold: try Self.wallet(4...6), maximumFee: 1_000_000)
    let dust = [Int64](repeating: 600, count: 40)
    let rate = FeeRate(satsPerVByte: 10)!
    let plan = try builder.plan(
      Self.refill(5_000_000), coins: Self.coins([900_000] + dust + [800_000]), rate: rate,
      changeIndex: 0)
    #expect(plan.coins.map(\.amount.units) == [900_000, 800_000])
    #expect(plan.amount + plan.fee == 1_700_000 && plan.change == 0)
    #expect(plan.debt(means: plan.fee) == 0 && plan.debt(means: 100) == plan.fee - 100)
    #expect(throws: RefillTransaction.Failure.noCoins) {
      try builder.plan(Self.refill(5_000_000), coins: Self.coins(dust), rate: rate, changeIndex: 0)
    }
  }

  @Test(arguments: [(fee: Int64(10_000_000), rate: Int64(1)), (30_000, 10)])
  func `what fits into one transaction and the fee's limit goes, and the rest is asked for again`(
    fee: Int64, rate: Int64
  ) throws {
    let cold = try Self.wallet(4...6)
    let builder = RefillTransaction(hot: try Self.wallet(1...3), cold: cold, maximumFee: fee)
    let coins = Self.coins([Int64](repeating: 100_000, count: 1_500))
    let plan = try builder.plan(
      Self.refill(150_000_000), coins: coins, rate: FeeRate(satsPerVByte: rate)!, changeIndex: 0)
    #expect(!plan.coins.isEmpty && plan.coins.count < coins.count)
    #expect(plan.fee <= fee && plan.change == 0)
    #expect(plan.amount + plan.fee == 100_000 * Int64(plan.coins.count))
    let size = try PayoutSize(
      payments: [
        TransactionOutput(value: 0, script: try cold.script(branch: 1, index: 0).scriptPubKey)
      ],
      change: try cold.script(branch: 1, index: 0))
    let next = size.base + size.changeOutput + size.input * Int64(plan.coins.count + 1)
    #expect(next - size.input <= 100_000)
    #expect(next > 100_000 || next * rate > fee, "one more would have fitted")
  }

  @Test func `nothing is asked of an empty cold storage, nor at any price`() throws {
    let (hot, cold) = (try Self.wallet(1...3), try Self.wallet(4...6))
    let builder = RefillTransaction(hot: hot, cold: cold, maximumFee: 1_000)
    #expect(throws: RefillTransaction.Failure.noCoins) {
      try builder.plan(Self.refill(1), coins: [], rate: .relayed, changeIndex: 0)
    }
    let coins = try Self.coins([1_000_000], of: cold).map(\.coin)
    #expect(throws: RefillTransaction.Failure.self) {
      try builder.plan(
        Self.refill(10_000), coins: coins, rate: FeeRate(satsPerVByte: 50)!, changeIndex: 0)
    }
  }
}
