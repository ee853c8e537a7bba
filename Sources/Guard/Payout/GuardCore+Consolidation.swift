import Bitcoin
public import Custody
import Descriptors
public import Engine
import Money
public import SignerProtocol
import Statements
import Structures

extension GuardCore {
  /// What gathering may cost of the coins, as a divisor: the signers take no more.
  static let consolidationShare: Int64 = 100

  /// Returns a transaction that gathers the smallest coins, when there are too many, fees are low and
  /// nothing waits to be paid. One at a time.
  ///
  /// It is paid from what customers' fees for earlier withdrawals left over. As in
  /// ``buildPayout(feeRate:signers:)`` nothing is built while ``evidenceQuestions`` has any.
  ///
  /// - Parameters:
  ///   - feeRate: The fee rate of now.
  ///   - signers: Those that answer; below the threshold nothing is built.
  /// - Returns: The command, `nil` when there is nothing to do, or why nothing can be built.
  public func consolidate(
    feeRate: FeeRate, signers: [SignerStatus]
  ) -> Result<Command?, PayoutError> {
    evidenceQuestions = []
    guard mayBuild, let terms = policy.consolidation,
      feeRate < terms.below, !hasReleasedWithdrawals, let capacity = capacity(of: signers),
      feeRate < capacity.feeRate, let asset = exchange.assetID(code: policy.asset),
      exchange.mayMoveCoins(of: asset),
      !exchange.openPayouts.contains(where: \.withdrawals.isEmpty)
    else { return .success(nil) }
    let coins = signableCoins
    guard coins.count > terms.coinCount else { return .success(nil) }
    let index = exchange.nextChangeIndex
    do {
      let built = try builder(feeRate, limits(capacity)).consolidation(
        asset: asset, coins: coins, changeIndex: index, policy: terms,
        budget: min(
          capacity.networkFee, capacity.budget, exchange.consolidationBudget(asset).units),
        share: Self.consolidationShare)
      guard let built else { return .success(nil) }
      let inputs = Set(built.inputs)
      evidenceQuestions = coins.filter {
        inputs.contains($0.outpoint) && evidenceSizes[$0.outpoint] == nil
      }
      guard evidenceQuestions.isEmpty else { return .success(nil) }
      _ = isGiving(.payout(transaction: built.transaction))
      return .success(.payoutBuilt(built))
    } catch {
      return .failure(error)
    }
  }

  /// Whether there may be coins to gather.
  public var hasManyCoins: Bool {
    policy.consolidation.map { exchange.ownedOutputs.count > $0.coinCount } ?? false
  }

  /// Why the guard would not have ordered a payout that pays nobody. The online server may journal
  /// what it likes.
  func problem(ofConsolidation payout: Payout) -> String? {
    // One coin is a child, which may pay for its parent whether or not coins are gathered.
    guard policy.consolidation != nil || payout.gathersOne else {
      return "gathers coins, which this guard never does"
    }
    let sum = payout.change.units + payout.networkFee.units
    guard payout.networkFee.units <= sum / Self.consolidationShare else {
      return "gathers coins at a fee that this guard never pays"
    }
    return nil
  }

  /// Returns an order that is in force from now on.
  func signedConsolidation(_ payout: Payout) -> Signed<ConsolidationOrder> {
    let asset = exchange.asset(payout.asset)
    let order = ConsolidationOrder(
      asset: asset?.code ?? "", chain: asset?.chain ?? "", transaction: payout.transaction,
      maximumNetworkFeeUnits: payout.networkFee.units, orderedAtMilliseconds: now.milliseconds,
      expiresAtMilliseconds: now.milliseconds + policy.releaseValidityMilliseconds)
    do { return try Signed(order, by: key) } catch {
      preconditionFailure("an open key signs: \(error)")
    }
  }
}
