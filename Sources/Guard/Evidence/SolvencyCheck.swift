import Engine
import Money
import Structures

/// The guard's own node has every credited deposit, and shows at the journal's tip that the wallet
/// covers what is owed.
enum SolvencyCheck {
  /// How long a shortage holds a withdrawal before it is looked at again, in milliseconds.
  static let pause: Int64 = 600_000

  static func verdict(on withdrawal: Withdrawal, in view: GuardView) -> GuardVerdict {
    if !view.evidence.unverified.isEmpty {
      return .wait(reason: "credited deposits are not verified on the guard's node yet")
    }
    guard let reserves = view.reserves, reserves.at == view.exchange.tip else {
      return .wait(reason: "the guard's node is not at the exchange's block")
    }
    let asset = withdrawal.asset
    let covered =
      reserves.onChain - view.exchange.uncredited(asset).units
      + view.exchange.inFlight(asset).units
    guard view.exchange.owed(asset).units <= covered else {
      return .hold(
        until: view.now.advanced(byMilliseconds: pause),
        reason: "the chain shows less than is owed")
    }
    return .release
  }
}
