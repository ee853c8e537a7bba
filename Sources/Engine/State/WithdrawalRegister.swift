import Money
import Structures

/// All withdrawals and the transactions that pay them, as packed bytes.
struct WithdrawalRegister: Sendable {
  /// A delayed withdrawal and when its wait ends.
  struct Due: Comparable, Sendable {
    var at: Timestamp
    var withdrawal: WithdrawalID

    static func < (a: Due, b: Due) -> Bool {
      a.at == b.at ? a.withdrawal < b.withdrawal : a.at < b.at
    }
  }

  /// The withdrawal with id n is at n - 1.
  private(set) var all = PackedList<Withdrawal>()
  private var byClientID = NumberIndex()
  /// Neither confirmed, refused nor canceled.
  private(set) var open = SortedChunks<WithdrawalID>()
  /// Delayed ones, the earliest first.
  private(set) var due = SortedChunks<Due>()
  /// The payout with id n is at n - 1.
  private(set) var payouts = PackedList<Payout>()
  private var byTransaction = NumberIndex()
  /// Neither confirmed nor lost.
  private(set) var openPayouts = SortedChunks<PayoutID>()
  /// What was requested lately, by asset and by customer.
  var windows = WithdrawalWindows()
  private let hashKey: HashKey

  init(_ hashKey: HashKey) { self.hashKey = hashKey }

  var next: WithdrawalID { WithdrawalID(UInt64(all.count) + 1) }
  var nextPayout: PayoutID { PayoutID(UInt64(payouts.count) + 1) }

  subscript(_ id: WithdrawalID) -> Withdrawal? {
    id.index(in: all.count).flatMap { all[$0] }
  }

  /// The account's withdrawal with the client's id.
  func withdrawal(_ clientID: String, of account: AccountID) -> Withdrawal? {
    byClientID.find(hash: hash(account, clientID)) { number in
      guard let withdrawal = all[Int(number)] else { return false }
      return withdrawal.account == account && withdrawal.clientID == clientID
    }.flatMap { all[Int($0)] }
  }

  func payout(_ id: PayoutID) -> Payout? { id.index(in: payouts.count).flatMap { payouts[$0] } }

  /// The payout of which some version is the transaction with id `transaction`.
  func payout(_ transaction: [UInt8]) -> Payout? {
    byTransaction.find(hash: hash(transaction)) {
      payouts[Int($0)]?.transactions.contains(transaction) == true
    }
    .flatMap { payouts[Int($0)] }
  }

  /// Records a new withdrawal, whose number is ``next``, or what a known one has become.
  mutating func set(_ withdrawal: Withdrawal) {
    if let index = withdrawal.id.index(in: all.count) {
      if let before = all[index]?.state { list(withdrawal.id, before, isListed: false) }
      all.set(index, to: withdrawal)
    } else {
      if !withdrawal.clientID.isEmpty {
        byClientID.insert(
          hash: hash(withdrawal.account, withdrawal.clientID), UInt32(all.count))
      }
      all.append(withdrawal)
    }
    list(withdrawal.id, withdrawal.state, isListed: true)
  }

  private mutating func list(_ id: WithdrawalID, _ state: Withdrawal.State, isListed: Bool) {
    if case .delayed(let until) = state {
      let due = Due(at: until, withdrawal: id)
      if isListed { self.due.insert(due) } else { self.due.remove(due) }
    }
    if state.isOpen {
      if isListed { open.insert(id) } else { open.remove(id) }
    }
  }

  /// Records a new payout, whose number is ``nextPayout``, or what a known one has become.
  mutating func set(_ payout: Payout) {
    var known: Payout?
    var number = payouts.count
    if let index = payout.id.index(in: payouts.count) {
      known = payouts[index]
      if known?.state.isOpen == true { openPayouts.remove(payout.id) }
      payouts.set(index, to: payout)
      number = index
    } else {
      payouts.append(payout)
    }
    for transaction in payout.transactions where known?.transactions.contains(transaction) != true {
      byTransaction.insert(hash: hash(transaction), UInt32(number))
    }
    if payout.state.isOpen { openPayouts.insert(payout.id) }
  }

  private func hash(_ account: AccountID, _ clientID: String) -> UInt128 {
    var hash = SipHash(hashKey)
    hash.add(account.raw)
    hash.add(clientID.utf8)
    return hash.digest
  }

  private func hash(_ transaction: [UInt8]) -> UInt128 {
    var hash = SipHash(hashKey)
    hash.add(transaction)
    return hash.digest
  }
}

extension Payout.State {
  /// Whether it is not final.
  fileprivate var isOpen: Bool {
    switch self {
    case .built, .signed, .mined: true
    case .confirmed, .lost: false
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
