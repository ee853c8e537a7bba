import Bitcoin
import Cryptography
import Custody
import Descriptors
import Engine
import Foundation
import Money
import Risk
import Structures

/// A large batch of withdrawals from a large wallet: coins chosen, transaction built, signed by two of
/// three holders and run through the script rules.
enum WalletRow {
  static let coinCount = 100_000
  static let withdrawalCount = 200
  private static let network = Network.regtest

  static func run(_ laboratory: Laboratory, _ report: inout Report) throws {
    Laboratory.say("measuring a batch of \(withdrawalCount) withdrawals from \(coinCount) coins")
    let holders = try (UInt8(1)...3).map {
      try ExtendedPrivateKey(
        seed: SecretBytes(copying: [UInt8](repeating: $0, count: 32)), network: network)
    }
    let descriptor = try Descriptor(
      parsing: "wsh(sortedmulti(2,"
        + holders.map { "\($0.publicKey.text)/<0;1>/*" }.joined(separator: ",") + "))",
      network: network)
    var random = SplitMix64(seed: 1)
    let coins = try fund(descriptor, using: &random)
    let withdrawals = (1...UInt64(withdrawalCount)).map { withdrawal($0, using: &random) }
    var seconds: [Double] = []
    var inputs: [Double] = []
    for pass in 0...laboratory.passes {
      let begin = ContinuousClock.now
      let built = try PayoutBuilder(
        descriptor: descriptor, feeRate: .usual, paymentLimit: withdrawalCount, inputLimit: 500
      ).build(
        asset: AssetID(1), withdrawals: withdrawals, coins: coins, changeIndex: 7)
      try sign(built, holders: holders.prefix(2), descriptor, coins)
      let time = begin.duration(to: .now).seconds
      guard built.withdrawals.count == withdrawalCount else {
        throw BenchmarkError("only \(built.withdrawals.count) withdrawals were paid")
      }
      if pass > 0 {
        seconds.append(time)
        inputs.append(Double(built.inputs.count))
      }
    }
    report.rows.append(
      Row(
        "batch of \(withdrawalCount) withdrawals from \(coinCount) coins, 2 of 3", unit: "s",
        commit: .atMost(2), aim: .atMost(1), measured: seconds.median,
        note:
          "\(Int(inputs.median)) inputs; chosen, built, signed twice, verified by the interpreter"
      ))
  }

  private static func fund(
    _ descriptor: Descriptor, using random: inout SplitMix64
  ) throws -> [OwnedOutput] {
    (0..<coinCount).map { number in
      var id = [UInt8](repeating: 0, count: 32)
      for index in id.indices { id[index] = UInt8.random(in: 0...255, using: &random) }
      return OwnedOutput(
        outpoint: ChainOutpoint(transaction: id, index: 0),
        script: ScriptIndex(branch: .deposit, index: UInt32(number)),
        amount: Amount(units: .random(in: 500...5_000_000, using: &random)), height: 1)
    }
  }

  private static func withdrawal(_ id: UInt64, using random: inout SplitMix64) -> Withdrawal {
    let program = (0..<20).map { _ in UInt8.random(in: 0...255, using: &random) }
    let script = Script.payToWitness(version: 0, program: program)
    let time = Timestamp(milliseconds: 0)
    return Withdrawal(
      id: WithdrawalID(id), account: AccountID(1), asset: AssetID(1), entry: AddressEntryID(1),
      address: Address.text(for: script, network: network) ?? "",
      amount: Amount(units: .random(in: 10_000...2_000_000, using: &random)),
      fee: Amount(units: 20_000), clientID: "", requestedAt: time, updatedAt: time,
      decision: RiskDecision(outcome: .allow, releaseAt: nil, hits: []), approvals: [],
      state: .released, release: nil, payout: nil, transaction: nil)
  }

  private static func sign(
    _ built: PayoutBuilt, holders: ArraySlice<ExtendedPrivateKey>, _ descriptor: Descriptor,
    _ coins: [OwnedOutput]
  ) throws {
    let chosen = Set(built.inputs)
    let owned = Dictionary(
      coins.lazy.filter { chosen.contains($0.outpoint) }.map { ($0.outpoint, $0) },
      uniquingKeysWith: { first, _ in first })
    let unsigned = try Transaction(parsing: built.unsigned)
    var signed = unsigned
    var spent: [TransactionOutput] = []
    for (index, outpoint) in built.inputs.enumerated() {
      guard let coin = owned[outpoint] else { throw BenchmarkError("an input is no coin") }
      let place = try descriptor.script(branch: 0, index: coin.script.index)
      guard let script = place.witnessScript else { throw BenchmarkError("no witness script") }
      let output = TransactionOutput(value: coin.amount.units, script: place.scriptPubKey)
      spent.append(output)
      let digest = Sighash.segwitV0(
        unsigned, input: index, scriptCode: script, value: output.value, type: 1)
      var byKey: [[UInt8]: [UInt8]] = [:]
      for holder in holders {
        let key = try holder.descendant(DerivationPath([0, coin.script.index].compactMap(step)))
        byKey[key.publicKey.publicKey] = try Secp256k1.signECDSA(digest, with: key.secret) + [1]
      }
      signed.inputs[index].witness =
        [[]] + place.keys.compactMap { byKey[$0.publicKey] } + [script.bytes]
    }
    try SpendingTransaction(signed, spending: spent).verify(flags: .standard)
  }

  private static func step(_ number: UInt32) -> ChildNumber? { ChildNumber(number) }
}
