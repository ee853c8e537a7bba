import Engine
import Money
import Structures

/// The guard's own node has every credited deposit, and shows at the journal's tip that the wallet
/// covers what is owed.
enum SolvencyCheck {
  /// How long a shortage holds a withdrawal before it is looked at again, in milliseconds.
  static let pause: Int64 = 600_000

  /// The same for every withdrawal of an asset: it sums up all that is under way.
  static func verdict(
    of asset: AssetID, exchange: Exchange, evidence: JournalEvidence, reserves: ReservesFact?,
    now: Timestamp
  ) -> GuardVerdict {
    if !evidence.unverified.isEmpty {
      return .wait(reason: "credited deposits are not verified on the guard's node yet")
    }
    guard let reserves, reserves.at == exchange.tip else {
      return .wait(reason: "the guard's node is not at the exchange's block")
    }
    let covered =
      reserves.onChain - exchange.uncredited(asset).units + exchange.inFlight(asset).units
    guard exchange.owed(asset).units <= covered else {
      return .hold(
        until: now.advanced(byMilliseconds: pause),
        reason: "the chain shows less than is owed")
    }
    return .release
  }
}
