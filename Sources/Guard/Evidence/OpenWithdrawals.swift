import Engine
import Structures

/// The withdrawals that are under way, by what the guard has to do with them, and what they come to.
///
/// The journal's events keep it: to read all that is open from the exchange at each question takes
/// longer the more there is.
struct OpenWithdrawals: Sendable {
  /// Whose turn it is.
  enum Turn: Hashable, CaseIterable, Sendable {
    /// Time's or people's.
    case others
    /// The guard's: to release, hold or refuse.
    case guardian
    /// The guard's: released, and in no transaction yet.
    case released
    /// In a transaction that is not signed.
    case building

    init?(_ state: Withdrawal.State) {
      switch state {
      case .delayed, .inReview: self = .others
      case .approved, .guardHeld: self = .guardian
      case .released: self = .released
      case .building: self = .building
      case .broadcast, .mined, .confirmed, .refused, .canceled: return nil
      }
    }
  }

  private var lists: [Turn: SortedChunks<WithdrawalID>] = [:]
  private var costs: [Turn: Int64] = [:]
  private var turns: [WithdrawalID: Turn] = [:]

  /// Takes in what a withdrawal has become.
  mutating func take(_ withdrawal: Withdrawal) {
    let turn = Turn(withdrawal.state)
    if let before = turns[withdrawal.id] {
      guard before != turn else { return }
      lists[before]?.remove(withdrawal.id)
      costs[before, default: 0] -= withdrawal.cost
    }
    turns[withdrawal.id] = turn
    guard let turn else { return }
    lists[turn, default: SortedChunks()].insert(withdrawal.id)
    costs[turn, default: 0] += withdrawal.cost
  }

  /// The numbers of those at `turn`, in order.
  func numbers(_ turn: Turn) -> [WithdrawalID] { lists[turn]?.elements ?? [] }

  func hasAny(_ turn: Turn) -> Bool { lists[turn]?.isEmpty == false }

  /// The most that paying those at `turn` takes out of the wallet, in satoshi.
  func cost(of turn: Turn) -> Int64 { costs[turn, default: 0] }
}
