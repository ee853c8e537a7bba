public import Bitcoin
public import Custody
public import Engine
import Money
public import SignerProtocol
import Structures

extension GuardCore {
  /// Returns a child that pays for the oldest payout that no block takes and that cannot be replaced, to
  /// be called when ``replacePayout(feeRate:signers:)`` has nothing to give.
  ///
  /// It is a gathering of one coin, the payout's largest change, under the rules of gatherings: paid
  /// from what earlier withdrawals left over, at most a hundredth of the coin, one for a payout.
  ///
  /// - Parameters:
  ///   - feeRate: The wanted fee rate of both together.
  ///   - signers: Those that answer; below the threshold nothing is built.
  /// - Returns: The command, `nil` when there is nothing to do, or why no child can be built.
  public func payForStuck(
    feeRate: FeeRate, signers: [SignerStatus]
  ) -> Result<Command?, PayoutError> {
    evidenceQuestions = []
    guard mayBuild, let capacity = capacity(of: signers),
      let asset = exchange.assetID(code: policy.asset),
      !exchange.suspensions.contains(where: { $0.asset == asset && $0.closes })
    else { return .success(nil) }
    var failure: PayoutError?
    for payout in exchange.openPayouts where isStuck(payout) && !exchange.hasChild(payout) {
      guard let lineage = lineage(of: payout),
        let coin = exchange.changeOutpoints(of: payout).compactMap(exchange.unconfirmedChange)
          .max(by: { $0.amount < $1.amount }),
        !payout.inputs.contains(where: { exchange.unconfirmedChange($0) != nil })
      else { continue }
      let latest = lineage.latest
      let package = StuckPackage(
        fees: latest.fee, vbytes: latest.vbytes,
        family: UnconfirmedFamily(ancestors: 1, clusterCount: 1, clusterVBytes: latest.vbytes))
      do {
        let built = try builder(feeRate, limits(capacity)).child(
          asset: asset, of: package, spending: coin, changeIndex: exchange.nextChangeIndex,
          budget: min(
            capacity.networkFee, capacity.budget, exchange.consolidationBudget(asset).units,
            coin.amount.units / Self.consolidationShare))
        guard let built else { continue }
        _ = isGiving(.payout(transaction: built.transaction))
        return .success(.payoutBuilt(built))
      } catch {
        failure = failure ?? error
      }
    }
    return failure.map(Result.failure) ?? .success(nil)
  }

  /// The transaction with this id, when it is a version of a payout: no block needs to have it.
  public func ownTransaction(_ id: TransactionID) -> Transaction? {
    exchange.payout(withTransaction: id.bytes)?.versions.first { $0.transaction == id.bytes }
      .flatMap { try? Transaction(parsing: $0.unsigned) }
  }
}

extension Payout {
  /// Whether it is a child, which alone gathers a single coin.
  var gathersOne: Bool { withdrawals.isEmpty && cold.isEmpty && inputs.count == 1 }
}
