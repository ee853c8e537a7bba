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
  }

  /// Chooses the largest coins until they cover `refill` and the fee; when all together do not, they
  /// all go.
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
    var left = coins.sorted {
      $0.amount == $1.amount ? $0.outpoint < $1.outpoint : $0.amount > $1.amount
    }[...]
    var plan = Plan(coins: [], amount: refill.need.amount.units, change: 0, fee: 0)
    var sum: Int64 = 0
    while let coin = left.popFirst() {
      plan.coins.append(coin)
      sum += coin.amount.units
      let plain = rate.fee(forVBytes: size.base + size.input * Int64(plan.coins.count))
      plan.fee = plain + rate.fee(forVBytes: size.changeOutput)
      plan.change = sum - plan.amount - plan.fee
      if plan.change >= dust { return try checked(plan) }
      if left.isEmpty {
        plan = Plan(coins: plan.coins, amount: sum - plain, change: 0, fee: plain)
        guard plan.amount >= dust else { throw .noCoins }
        return try checked(plan)
      }
    }
    throw .noCoins
  }

  private func checked(_ plan: Plan) throws(Failure) -> Plan {
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
    case .noCoins: "cold storage holds no coin in the books"
    case .feeTooHigh(let needed, let limit):
      "the fee would be \(needed) satoshi; cold.maximumFee is \(limit)"
    case .descriptor(let problem): problem
    case .psbt(let problem): problem
    }
  }
}
