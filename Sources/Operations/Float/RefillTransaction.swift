package import Bitcoin
package import Custody
package import Descriptors
package import Engine
import Money
package import PSBT
import Structures

/// What the people at the vault are asked to sign: cold coins to the hot wallet's next place, the rest
/// back to cold storage.
///
/// The vault derives every input and output again; nothing here has to be believed.
package struct RefillTransaction {
  /// Why there is none.
  package enum Failure: Error, Equatable {
    case noCoins
    case feeTooHigh(needed: Int64, limit: Int64)
    case descriptor(String)
    case psbt(String)
  }

  private let hot: Descriptor
  private let cold: Descriptor
  /// The most that it may lose to the network, in satoshi.
  private let maximumFee: Int64

  package init(hot: Descriptor, cold: Descriptor, maximumFee: Int64) {
    self.hot = hot
    self.cold = cold
    self.maximumFee = maximumFee
  }

  /// What is spent, and where it goes.
  package struct Plan: Equatable {
    package var coins: [OwnedOutput]
    /// What the hot wallet gets, in satoshi.
    package var amount: Int64
    /// What comes back to cold storage, in satoshi.
    package var change: Int64
    package var fee: Int64

    /// What the fee takes beyond `means`, what the house can pay, in satoshi: so much would be missing
    /// from the reserves.
    package func debt(means: Int64) -> Int64 { max(0, fee - means) }
  }

  /// Virtual bytes of the largest transaction that nodes relay: 400,000 units of weight.
  private static let largest: Int64 = 100_000

  /// Chooses the largest coins until they cover `refill` and the fee. When those that are worth
  /// spending, that fit into one transaction and that ``maximumFee`` pays for do not, what they bring
  /// goes: the guard asks for the rest again.
  package func plan(
    _ refill: Refill, coins: [OwnedOutput], rate: FeeRate, changeIndex: UInt32
  ) throws(Failure) -> Plan {
    let (place, change) = try places(refill, changeIndex: changeIndex)
    let size: PayoutSize
    do {
      size = try PayoutSize(
        payments: [TransactionOutput(value: 0, script: place.scriptPubKey)], change: change)
    } catch {
      throw .descriptor("\(error)")
    }
    let dust = TransactionOutput(value: 0, script: change.scriptPubKey).dustThreshold()
    let spending = rate.fee(forVBytes: size.input)
    let useful = coins.filter { $0.amount.units > spending }.sorted {
      $0.amount == $1.amount ? $0.outpoint < $1.outpoint : $0.amount > $1.amount
    }
    let needed = refill.need.amount.units
    var plan = Plan(coins: [], amount: needed, change: 0, fee: 0)
    var sum: Int64 = 0
    for coin in useful {
      let vbytes = size.base + size.input * Int64(plan.coins.count + 1) + size.changeOutput
      let fee = rate.fee(forVBytes: vbytes)
      guard vbytes <= Self.largest, fee <= maximumFee else {
        guard !plan.coins.isEmpty else { throw .feeTooHigh(needed: fee, limit: maximumFee) }
        break
      }
      plan.coins.append(coin)
      plan.fee = fee
      sum += coin.amount.units
      plan.change = sum - needed - fee
      if plan.change >= dust { return plan }
    }
    plan.change = 0
    plan.fee = rate.fee(forVBytes: size.base + size.input * Int64(plan.coins.count))
    plan.amount = min(needed, sum - plan.fee)
    guard plan.amount >= dust else { throw .noCoins }
    plan.fee = sum - plan.amount
    guard plan.fee <= maximumFee else {
      throw .feeTooHigh(needed: plan.fee, limit: maximumFee)
    }
    return plan
  }

  private func places(
    _ refill: Refill, changeIndex: UInt32
  ) throws(Failure) -> (hot: DerivedScript, change: DerivedScript) {
    do {
      return (
        try hot.script(branch: 1, index: refill.changeIndex),
        try cold.script(branch: 1, index: changeIndex)
      )
    } catch {
      throw .descriptor("\(error)")
    }
  }

  /// The unsigned PSBT, of version 0.
  ///
  /// - Parameter previous: The transactions that made the plan's coins, in order.
  package func psbt(
    _ plan: Plan, for refill: Refill, previous: [Transaction], changeIndex: UInt32
  ) throws(Failure) -> PSBT {
    let (place, change) = try places(refill, changeIndex: changeIndex)
    var outputs = [TransactionOutput(value: plan.amount, script: place.scriptPubKey)]
    if plan.change > 0 {
      outputs.append(TransactionOutput(value: plan.change, script: change.scriptPubKey))
    }
    let transaction = Transaction(
      inputs: plan.coins.compactMap { Outpoint($0.outpoint) }.map {
        TransactionInput(outpoint: $0, sequence: PayoutBuilder.sequence)
      }, outputs: outputs)
    guard let unsigned = UnsignedTransaction(transaction),
      transaction.inputs.count == plan.coins.count, previous.count == plan.coins.count
    else { throw .psbt("a coin has no transaction") }
    var psbt = PSBT(creating: unsigned)
    do {
      for (index, coin) in plan.coins.enumerated() {
        try psbt.setPreviousTransaction(previous[index], forInput: index)
        if let output = try psbt.spentOutput(index) {
          try psbt.setSpentOutput(output, forInput: index)
        }
        try psbt.update(
          input: index,
          from: try cold.script(
            branch: coin.script.branch == .cold ? 0 : 1, index: coin.script.index))
      }
      try psbt.update(output: 0, from: place)
      if plan.change > 0 { try psbt.update(output: 1, from: change) }
    } catch {
      throw .psbt("\(error)")
    }
    return psbt
  }
}

extension RefillTransaction.Failure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noCoins: "cold storage holds no coin in the books that is worth its fee"
    case .feeTooHigh(let needed, let limit):
      "the fee would be \(needed) satoshi; cold.maximumFee is \(limit)"
    case .descriptor(let problem): problem
    case .psbt(let problem): problem
    }
  }
}
