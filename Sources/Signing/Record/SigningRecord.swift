import Bitcoin
import Money
import Policies

/// What a signer remembers: the sum of its entries.
struct SigningRecord: Sendable {
  private(set) var identity: (fingerprint: [UInt8], policyID: [UInt8])?
  private(set) var frozen: String?
  /// When the freeze may be lifted, once enough people have approved.
  private(set) var unfreezingUntil: Timestamp?
  /// The key that each account signed with first.
  private(set) var customerKeys: [UInt64: [UInt8]] = [:]
  /// The withdrawals that are paid on signatures of their own.
  private(set) var intents: [CustomerNonce: UInt64] = [:]
  /// Time of the newest entry: the clock never counts as earlier.
  private(set) var time = Timestamp(milliseconds: 0)
  /// Positions of the change branch below this have been used, as far as this signer was asked.
  private(set) var changeEnd: UInt32
  private var signed: [TransactionID: SigningEntry.Signed] = [:]
  private var byWithdrawal: [UInt64: [TransactionID]] = [:]
  private var byInput: [Outpoint: [TransactionID]] = [:]
  private var byColdIndex: [UInt32: [TransactionID]] = [:]
  private var coldTotals: [UInt32: Int64] = [:]
  private var withdrawn: Set<TransactionID> = []
  /// What it has signed and too few others will.
  private var letGo: Set<TransactionID> = []
  /// What spends a coin for good.
  private var finalSpenders: [Outpoint: TransactionID] = [:]
  /// What left in the last day, oldest first.
  /// Each with the chain's median time then.
  private var charges: [(time: Timestamp, chain: Int64, amount: Int64)] = []
  /// What the holder said of transactions.
  private(set) var approvals: [TransactionID: Approvals.Outcome] = [:]
  /// The chain's time, where headers are followed.
  private(set) var chain: ChainClock?
  /// The signed policies, of which the last may wait.
  private(set) var policies: PolicyChain

  /// - Parameter configured: What decides while no policy is signed.
  init(changeFrom: UInt32, chain: ChainClock?, configured: PolicyStatement) {
    changeEnd = changeFrom
    self.chain = chain
    policies = PolicyChain(configured: configured)
  }

  mutating func apply(_ entry: SigningEntry, at time: Timestamp) {
    self.time = max(self.time, time)
    switch entry {
    case .begun(let fingerprint, let policyID): identity = (fingerprint, policyID)
    case .signed(let transaction):
      signed[transaction.id] = transaction
      changeEnd = max(changeEnd, (transaction.changeIndex ?? 0) + 1)
      for payment in transaction.payments {
        byWithdrawal[payment.withdrawal, default: []].append(transaction.id)
      }
      for payment in transaction.cold {
        // A replacement pays what the one before paid.
        if byColdIndex[payment.index] == nil {
          coldTotals[payment.epoch, default: 0] += payment.amount
        }
        byColdIndex[payment.index, default: []].append(transaction.id)
      }
      for input in transaction.inputs { byInput[input, default: []].append(transaction.id) }
      charges.append((self.time, chainTime, transaction.charge))
      charges = charges.filter { counts($0, at: self.time, BudgetCheck.day) }
    case .customerKey(let account, let key): customerKeys[account] = key
    case .customerKeyForgotten(let account): customerKeys[account] = nil
    case .intentUsed(let name, let withdrawal): intents[name] = withdrawal
    case .frozen(let reason): (frozen, unfreezingUntil) = (reason, nil)
    case .unfrozen: (frozen, unfreezingUntil) = (nil, nil)
    case .unfreezing(let until): unfreezingUntil = until
    case .approval(let id, let outcome): approvals[id] = outcome
    case .policyTaken(let document, let wait):
      policies.take(document, wait: wait, at: moment(at: self.time))
    case .policyEnforced: policies.enforce()
    case .withdrawn(let id): withdrawn.insert(id)
    case .letGo(let id): letGo.insert(id)
    case .final(let id, let inputs):
      for input in inputs { finalSpenders[input] = id }
    case .headers(let headers):
      // They were taken when they were written; another checkpoint may make nothing of them.
      _ = try? chain?.take(headers)
    }
  }

  /// Whether this very transaction has been signed before.
  func hasSigned(_ id: TransactionID) -> Bool { signed[id] != nil }

  /// Whether it has promised never to sign this transaction.
  func hasWithdrawn(_ id: TransactionID) -> Bool { withdrawn.contains(id) }

  /// Whether it has let go of this transaction, which it had signed.
  func hasLetGo(of id: TransactionID) -> Bool { letGo.contains(id) }

  /// Whether it has been shown that this transaction is final.
  func knowsFinal(_ transaction: Transaction) -> Bool {
    transaction.inputs.allSatisfy { finalSpenders[$0.outpoint] == transaction.id }
  }

  /// What was shown to spend `input` for good, unless that is `transaction`.
  func finalSpender(of input: Outpoint, besides transaction: TransactionID) -> TransactionID? {
    finalSpenders[input].flatMap { $0 == transaction ? nil : $0 }
  }

  /// Whether `transaction` can never be in the chain: another one, which is final, spends a coin of it, or
  /// too few signers will ever have signed it.
  func isDead(_ transaction: SigningEntry.Signed) -> Bool {
    letGo.contains(transaction.id)
      || transaction.inputs.contains { finalSpender(of: $0, besides: transaction.id) != nil }
  }

  /// The transactions signed for a withdrawal, oldest first.
  func transactions(paying withdrawal: UInt64) -> [SigningEntry.Signed] {
    (byWithdrawal[withdrawal] ?? []).compactMap { signed[$0] }
  }

  /// The transactions signed that spend a coin, oldest first.
  func transactions(spending input: Outpoint) -> [SigningEntry.Signed] {
    (byInput[input] ?? []).compactMap { signed[$0] }
  }

  /// The transactions signed that pay to a cold address, oldest first.
  func transactions(fundingCold index: UInt32) -> [SigningEntry.Signed] {
    (byColdIndex[index] ?? []).compactMap { signed[$0] }
  }

  /// What the cold addresses of `epoch` have got, in satoshi.
  func coldTotal(inEpoch epoch: UInt32) -> Int64 { coldTotals[epoch, default: 0] }

  /// The time by this machine's clock and by the chain's.
  func moment(at now: Timestamp) -> PolicyMoment {
    PolicyMoment(clock: now.milliseconds, chain: chainTime)
  }

  /// The chain's median time in milliseconds; always 0 where headers are not followed.
  private var chainTime: Int64 { (chain?.medianTimePast ?? 0) * 1000 }

  /// Whether a charge is still inside a window: until both the clock and the chain have gone that far.
  private func counts(
    _ charge: (time: Timestamp, chain: Int64, amount: Int64), at now: Timestamp, _ window: Int64
  ) -> Bool {
    charge.time > now.advanced(byMilliseconds: -window)
      || (chain != nil && charge.chain > chainTime - window)
  }

  /// What may still leave now, in satoshi; never negative.
  func budgets(_ limits: SigningLimits, at now: Timestamp) -> (hour: Int64, day: Int64) {
    func spent(_ window: Int64) -> Int64 {
      charges.reduce(0) { $0 + (counts($1, at: now, window) ? $1.amount : 0) }
    }
    return (
      max(0, limits.budgetHour - spent(BudgetCheck.hour)),
      max(0, limits.budgetDay - spent(BudgetCheck.day))
    )
  }
}
