import Money
import Structures

/// All withdrawals and the transactions that pay them.
struct WithdrawalRegister: Sendable {
  struct ClientKey: Hashable, Sendable {
    var account: AccountID
    var clientID: String
  }

  /// A delayed withdrawal and when its wait ends.
  struct Due: Comparable, Sendable {
    var at: Timestamp
    var withdrawal: WithdrawalID

    static func < (a: Due, b: Due) -> Bool {
      a.at == b.at ? a.withdrawal < b.withdrawal : a.at < b.at
    }
  }

  /// The withdrawal with number n is at n - 1.
  private(set) var all: [Withdrawal] = []
  private(set) var byClientID: [ClientKey: WithdrawalID] = [:]
  /// Neither confirmed, refused nor canceled.
  private(set) var open = SortedArray<WithdrawalID>()
  /// Delayed ones, the earliest first.
  private(set) var due = SortedArray<Due>()
  private var ofAccount: [SortedArray<WithdrawalID>] = []
  /// The payout with number n is at n - 1.
  private(set) var payouts: [Payout] = []
  private(set) var payoutOf: [[UInt8]: PayoutID] = [:]
  /// Not confirmed.
  private(set) var openPayouts = SortedArray<PayoutID>()
  /// What was requested lately, by asset and by customer.
  var windows = WithdrawalWindows()

  init() {}

  var next: WithdrawalID { WithdrawalID(UInt64(all.count) + 1) }
  var nextPayout: PayoutID { PayoutID(UInt64(payouts.count) + 1) }

  subscript(_ id: WithdrawalID) -> Withdrawal? { id.index(in: all.count).map { all[$0] } }

  func payout(_ id: PayoutID) -> Payout? { id.index(in: payouts.count).map { payouts[$0] } }

  func of(_ account: AccountID) -> [WithdrawalID] {
    account.index(in: ofAccount.count).map { ofAccount[$0].elements } ?? []
  }

  /// Records a new withdrawal, whose number is ``next``, or what a known one has become.
  mutating func set(_ withdrawal: Withdrawal) {
    if let index = withdrawal.id.index(in: all.count) {
      if case .delayed(let until) = all[index].state {
        due.remove(Due(at: until, withdrawal: withdrawal.id))
      }
      all[index] = withdrawal
    } else {
      all.append(withdrawal)
      let owner = Int(withdrawal.account.raw) - 1
      while ofAccount.count <= owner { ofAccount.append(SortedArray()) }
      ofAccount[owner].insert(withdrawal.id)
      if !withdrawal.clientID.isEmpty {
        let key = ClientKey(account: withdrawal.account, clientID: withdrawal.clientID)
        byClientID[key] = withdrawal.id
      }
    }
    if case .delayed(let until) = withdrawal.state {
      due.insert(Due(at: until, withdrawal: withdrawal.id))
    }
    if withdrawal.state.isOpen { open.insert(withdrawal.id) } else { open.remove(withdrawal.id) }
  }

  /// Records a new payout, whose number is ``nextPayout``, or what a known one has become.
  mutating func set(_ payout: Payout) {
    if let index = payout.id.index(in: payouts.count) {
      payouts[index] = payout
    } else {
      payouts.append(payout)
      for other in payout.others { payoutOf[other.transaction] = payout.id }
    }
    payoutOf[payout.transaction] = payout.id
    if case .confirmed = payout.state {
      openPayouts.remove(payout.id)
    } else {
      openPayouts.insert(payout.id)
    }
  }
}

extension Withdrawal.State {
  /// Whether something may still happen to it.
  public var isOpen: Bool {
    switch self {
    case .delayed, .inReview, .approved, .guardHeld, .released, .building, .broadcast, .mined: true
    case .confirmed, .refused, .canceled: false
    }
  }

  /// Whether it can still be taken back: nothing is being signed for it.
  public var isCancellable: Bool {
    switch self {
    case .delayed, .inReview, .approved, .guardHeld, .released: true
    case .building, .broadcast, .mined, .confirmed, .refused, .canceled: false
    }
  }
}
