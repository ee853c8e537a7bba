import Bitcoin
import ColdAddresses
public import Custody
import Descriptors
public import Engine
import Money
public import SignerProtocol
import Statements
import Structures

extension GuardCore {
  /// Addresses that one sweep pays to.
  static let sweepAddresses = 20

  /// Returns a transaction that takes to cold storage what the hot wallet holds above its band, when
  /// fees are low and nothing waits to be paid. One at a time.
  ///
  /// It goes to the next addresses that the offline device gave out, as much as their caps allow, and
  /// is paid from what customers' fees left over. As in ``buildPayout(feeRate:signers:)`` nothing is
  /// built while ``evidenceQuestions`` has any.
  ///
  /// - Parameters:
  ///   - feeRate: The fee rate of now.
  ///   - signers: Those that answer; below the threshold nothing is built.
  /// - Returns: The command, `nil` when there is nothing to do, or why nothing can be built.
  public func sweep(
    feeRate: FeeRate, signers: [SignerStatus]
  ) -> Result<Command?, PayoutError> {
    evidenceQuestions = []
    guard mayBuild, let terms = float, !hasReleasedWithdrawals,
      let capacity = capacity(of: signers), feeRate < capacity.feeRate,
      let asset = exchange.assetID(code: policy.asset),
      exchange.mayMoveCoins(of: asset),
      !exchange.openPayouts.contains(where: { $0.withdrawals.isEmpty && !$0.state.isMinedOrFinal }),
      case .sweep(let amount, _, _) = terms.policy.action(
        floatState(asset, feeRate: feeRate), sweepBelow: terms.sweepBelow)
    else { return .success(nil) }
    let coins = signableCoins
    let builder = builder(feeRate, limits(capacity))
    var failure: PayoutError?
    var wanted = amount
    while true {
      let payments = coldPayments(of: wanted, smallest: terms.policy.smallestMove)
      guard !payments.isEmpty else { break }
      let total = payments.reduce(0) { $0 + $1.amount.units }
      do {
        let built = try builder.sweep(
          asset: asset, payments, to: terms.cold, coins: coins,
          changeIndex: exchange.nextChangeIndex,
          budget: min(
            capacity.networkFee, capacity.budget, exchange.consolidationBudget(asset).units,
            total / Self.consolidationShare))
        let inputs = Set(built.inputs)
        evidenceQuestions = coins.filter {
          inputs.contains($0.outpoint) && evidenceSizes[$0.outpoint] == nil
        }
        guard evidenceQuestions.isEmpty else { return .success(nil) }
        _ = isGiving(.payout(transaction: built.transaction))
        return .success(.payoutBuilt(built))
      } catch {
        // One transaction takes so many coins and so much of a fee; the rest goes with the next ones.
        failure = failure ?? error
        switch error {
        case .insufficientCoins, .aboveLimit, .feesTooSmall: wanted = total / 2
        case .nothingToPay, .badAddress, .dust, .descriptor, .replacement:
          return .failure(error)
        }
      }
    }
    return failure.map { .failure($0) } ?? .success(nil)
  }

  /// Why nothing goes to cold storage though the hot wallet holds too much, or `nil`: people have to
  /// issue more addresses.
  public var sweepObstacle: String? {
    guard let terms = float, mayHaveTooMuch else { return nil }
    if exchange.usableColdAddresses.isEmpty { return "no cold address is left" }
    let room = exchange.roomInColdEpoch.units
    return room < terms.policy.smallestMove
      ? "\(room) satoshi are left of what the epoch's cold addresses may get" : nil
  }

  /// Whether the float may be above its band.
  public var mayHaveTooMuch: Bool {
    guard let terms = float, let asset = exchange.assetID(code: policy.asset) else { return false }
    return freeFloat > terms.policy.band(exchange.owed(asset).units).upperBound
  }

  /// `amount` spread over the next cold addresses, as far as the caps allow; nothing when that is less
  /// than `smallest`.
  private func coldPayments(of amount: Int64, smallest: Int64) -> [ColdPayment] {
    var rest = min(amount, exchange.roomInColdEpoch.units)
    guard rest >= smallest else { return [] }
    var payments: [ColdPayment] = []
    for index in exchange.usableColdAddresses.prefix(Self.sweepAddresses) where rest > 0 {
      guard let batch = exchange.coldBatch(of: index) else { break }
      // What is left over for one more address is no smaller than what is worth moving.
      let part = min(rest, batch.addressCap.units)
      guard payments.isEmpty || part >= min(smallest, batch.addressCap.units) else { break }
      payments.append(ColdPayment(index: index, amount: Amount(units: part)))
      rest -= part
    }
    let total = payments.reduce(0) { $0 + $1.amount.units }
    return total >= smallest ? payments : []
  }

  /// Why the guard would not have ordered a payout to cold storage.
  func problem(ofSweep payout: Payout, _ transaction: Transaction) -> String? {
    guard let terms = float else { return "goes to a cold wallet that this guard does not know" }
    for (payment, output) in zip(payout.cold, transaction.outputs) {
      guard let batch = coldBatches.first(where: { $0.contains(payment.index) }),
        payment.amount.units <= batch.addressCap
      else { return "pays more to cold address \(payment.index) than the offline device allows" }
      let script = try? terms.cold.script(branch: 0, index: payment.index).scriptPubKey
      guard output.script == script, output.value == payment.amount.units else {
        return "does not pay to cold address \(payment.index)"
      }
    }
    let sum = payout.cold.reduce(payout.change.units + payout.networkFee.units) {
      $0 + $1.amount.units
    }
    guard payout.networkFee.units <= sum / Self.consolidationShare else {
      return "goes to cold storage at a fee that this guard never pays"
    }
    return nil
  }

  /// The batches of the addresses that `payout` pays to, each once, as the offline device signed them.
  func coldBatches(of payout: Payout) -> [Signed<ColdAddressBatch>] {
    var numbers: [UInt32] = []
    for payment in payout.cold {
      guard let batch = exchange.coldBatch(of: payment.index), !numbers.contains(batch.number)
      else { continue }
      numbers.append(batch.number)
    }
    return exchange.coldBatches.filter { numbers.contains($0.number) }.compactMap {
      try? Signed(bytes: $0.signed)
    }
  }
}

extension Payout.State {
  /// Whether a block has it.
  fileprivate var isMinedOrFinal: Bool {
    switch self {
    case .built, .signed: false
    case .mined, .confirmed, .lost: true
    }
  }
}
