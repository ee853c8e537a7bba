import Bitcoin
import Cryptography
import Custody
import Descriptors
import Engine
import Foundation
import Money
import PSBT
import Risk
import Structures

/// A large batch of withdrawals from a large wallet: coins chosen, transaction built, signed by two of
/// three holders, each from bytes, and run through the script rules.
enum WalletRow {
  private static let coinCount = 100_000
  private static let withdrawalCount = 200
  private static let network = Network.regtest
  /// PSBT_IN_PARTIAL_SIG of BIP-174.
  private static let partialSignature: UInt8 = 0x02

  /// Processor time of one pass in one thread, in seconds.
  private struct Pass {
    let choosing: Double
    let signing: Double
    let finishing: Double
    let inputs: Int
  }

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
    let coins = (0..<UInt32(coinCount)).map { coin($0, using: &random) }
    let withdrawals = (1...UInt64(withdrawalCount)).map { withdrawal($0, using: &random) }
    var passes: [Pass] = []
    for number in 0...laboratory.passes {
      let pass = try pass(descriptor, Array(holders.prefix(2)), coins, withdrawals)
      if number > 0 { passes.append(pass) }
    }
    let total = passes.map { $0.choosing + $0.signing + $0.finishing }
    func milliseconds(_ part: (Pass) -> Double) -> String {
      Figure.text(passes.map { part($0) * 1000 }.median) + " ms"
    }
    report.rows.append(
      Row(
        "\(withdrawalCount) withdrawals from \(coinCount) coins in one 2-of-3 transaction",
        unit: "s", commit: .atMost(2), aim: .atMost(1), measured: total.median,
        note:
          "\(passes.map(\.inputs).max() ?? 0) inputs; \(milliseconds(\.choosing)) choosing and building, "
          + "\(milliseconds(\.signing)) two signers of a PSBT, each verifying what it signed, "
          + "\(milliseconds(\.finishing)) combining, finishing, and the interpreter"
      ))
  }

  private static func pass(
    _ descriptor: Descriptor, _ holders: [ExtendedPrivateKey], _ coins: [OwnedOutput],
    _ withdrawals: [Withdrawal]
  ) throws -> Pass {
    let begin = ProcessorTime.ofProcess
    let built = try PayoutBuilder(
      descriptor: descriptor, feeRate: .usual, paymentLimit: withdrawalCount, inputLimit: 500
    ).build(asset: AssetID(1), withdrawals: withdrawals, coins: coins, changeIndex: 7)
    guard built.withdrawals.count == withdrawalCount else {
      throw BenchmarkError("only \(built.withdrawals.count) withdrawals were paid")
    }
    let (psbt, places) = try proposal(built, descriptor, coins)
    let chosen = ProcessorTime.ofProcess
    let answers = try holders.map { try Self.signed(psbt.bytes, by: $0, descriptor, places) }
    let signed = ProcessorTime.ofProcess
    guard var joint = try PSBT.combined(answers.map { try PSBT(parsing: $0) }) else {
      throw BenchmarkError("there was no signer")
    }
    try joint.finalize()
    var spent: [TransactionOutput] = []
    for index in joint.inputs.indices { spent.append(try output(index, of: joint)) }
    try SpendingTransaction(joint.extract().transaction, spending: spent).verify(flags: .standard)
    let end = ProcessorTime.ofProcess
    return Pass(
      choosing: seconds(begin, chosen), signing: seconds(chosen, signed),
      finishing: seconds(signed, end), inputs: built.inputs.count)
  }

  private static func seconds(_ begin: UInt64, _ end: UInt64) -> Double {
    Double(end - begin) / 1e9
  }

  /// What signers are asked, and the place of the wallet that each input spends from.
  private static func proposal(
    _ built: PayoutBuilt, _ descriptor: Descriptor, _ coins: [OwnedOutput]
  ) throws -> (PSBT, [UInt32]) {
    guard let unsigned = UnsignedTransaction(try Transaction(parsing: built.unsigned)) else {
      throw BenchmarkError("the payout is signed already")
    }
    let chosen = Set(built.inputs)
    let owned = Dictionary(
      coins.lazy.filter { chosen.contains($0.outpoint) }.map { ($0.outpoint, $0) },
      uniquingKeysWith: { first, _ in first })
    var psbt = PSBT(creating: unsigned)
    var places: [UInt32] = []
    for (index, outpoint) in built.inputs.enumerated() {
      guard let coin = owned[outpoint] else { throw BenchmarkError("an input is no coin") }
      let place = try descriptor.script(branch: 0, index: coin.script.index)
      try psbt.setSpentOutput(
        TransactionOutput(value: coin.amount.units, script: place.scriptPubKey), forInput: index)
      try psbt.update(input: index, from: place)
      places.append(coin.script.index)
    }
    return (psbt, places)
  }

  /// One signer: it reads the PSBT, derives each script and its key for it, signs, and looks at what it
  /// signed before it lets go of it.
  private static func signed(
    _ bytes: [UInt8], by holder: ExtendedPrivateKey, _ descriptor: Descriptor, _ places: [UInt32]
  ) throws -> [UInt8] {
    var psbt = try PSBT(parsing: bytes)
    let transaction = psbt.unsigned.transaction
    let spent = try psbt.inputs.indices.map { try output($0, of: psbt) }
    for (index, place) in places.enumerated() {
      let script = try descriptor.script(branch: 0, index: place)
      guard script.scriptPubKey == spent[index].script else {
        throw BenchmarkError("input \(index) is not the wallet's")
      }
      let key = try holder.descendant(DerivationPath([0, place].compactMap { ChildNumber($0) }))
      try psbt.sign(input: index, with: key.secret, auxiliary: [])
      let path = try script.spendingPath()
      let digest = path.digest(of: transaction, input: index, spentOutputs: spent)
      let own = key.publicKey.publicKey
      guard let name = script.keys.first(where: { $0.publicKey == own }),
        let signature = psbt.inputs[index][partialSignature, own],
        path.isValid(signature, by: name, over: digest)
      else { throw BenchmarkError("the signature of input \(index) is not valid") }
    }
    return psbt.bytes
  }

  private static func output(_ index: Int, of psbt: PSBT) throws -> TransactionOutput {
    guard let output = try psbt.spentOutput(index) else {
      throw BenchmarkError("input \(index) does not say what it spends")
    }
    return output
  }

  private static func coin(_ number: UInt32, using random: inout SplitMix64) -> OwnedOutput {
    OwnedOutput(
      outpoint: ChainOutpoint(transaction: bytes(32, using: &random), index: 0),
      script: ScriptIndex(branch: .deposit, index: number),
      amount: amount(using: &random), height: 1)
  }

  private static func withdrawal(_ id: UInt64, using random: inout SplitMix64) -> Withdrawal {
    let script = Script.payToWitness(version: 0, program: bytes(20, using: &random))
    let time = Timestamp(milliseconds: 0)
    return Withdrawal(
      id: WithdrawalID(id), account: AccountID(1), asset: AssetID(1),
      authority: .entry(AddressEntryID(1)),
      address: Address.text(for: script, network: network) ?? "", amount: amount(using: &random),
      fee: Amount(units: 20_000), clientID: "", requestedAt: time, updatedAt: time,
      decision: RiskDecision(outcome: .allow, releaseAt: nil, hits: []), approvals: [],
      state: .released, release: nil, payout: nil, transaction: nil)
  }

  /// Deposits and withdrawals are equally large, so that a batch takes many coins.
  private static func amount(using random: inout SplitMix64) -> Amount {
    Amount(units: .random(in: 10_000...2_000_000, using: &random))
  }

  private static func bytes(_ count: Int, using random: inout SplitMix64) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
  }
}
