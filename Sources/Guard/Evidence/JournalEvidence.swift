import Engine
import Money
import Statements
import Structures

/// What the guard gathers while it follows the journal: signatures that it has verified itself, and
/// credits that it must still see on its own node.
struct JournalEvidence {
  /// A receipt as an operator signed for it.
  struct Receipt: Hashable {
    var asset: AssetID
    var reference: String
    var account: AccountID
    var amount: Amount
  }

  /// Keys whose holder proved that he has them.
  private(set) var provedKeys: Set<GuardRecord.SeenKey> = []
  /// How often each account got a signing key, in the journal as far as it was executed.
  private var enrolments: [UInt64: Int] = [:]
  private(set) var entries: [AddressEntryID: AddressEntry] = [:]
  /// The addresses that each account signed for, in the order in which they came up.
  private(set) var destinations: [UInt64: [String]] = [:]
  private(set) var attestations: [Receipt: Set<String>] = [:]
  private(set) var approvals: [WithdrawalID: Set<String>] = [:]
  private var adjustments = AdjustmentEvidence()
  var changes = ChangeEvidence()
  /// Withdrawals that the guard released and that ended unpaid.
  private(set) var takenBack: Set<UInt64> = []
  /// Credited deposits on the chain, not verified yet.
  private(set) var unverified: Set<DepositID> = []

  /// Takes in a command that the core accepted.
  mutating func take(_ command: Command, policy: GuardPolicy, exchange: Exchange) {
    switch command {
    case .enrolSigningKey(let account, let key, let proof):
      guard EnrolmentStatement(account: account.raw, publicKey: key).isProved(by: proof),
        policy.accepts(customerKey: key)
      else { return }
      provedKeys.insert(.init(account: account.raw, key: key))
    case .attestReceipt(let receipt):
      guard let asset = exchange.asset(receipt.asset),
        let key = policy.operators[receipt.operatorName],
        ReceiptStatement(
          operatorName: receipt.operatorName, account: receipt.account.raw, asset: asset.code,
          amountUnits: receipt.amount.units, reference: receipt.reference
        ).verify(signature: receipt.signature, key: key)
      else { return }
      let named = Receipt(
        asset: receipt.asset, reference: receipt.reference, account: receipt.account,
        amount: receipt.amount)
      attestations[named, default: []].insert(receipt.operatorName)
    case .reviewWithdrawal(let review):
      guard review.approves, let key = policy.operators[review.operatorName],
        ReviewStatement(
          operatorName: review.operatorName, withdrawal: review.withdrawal.raw,
          approves: review.approves, reason: review.reason
        ).verify(signature: review.signature, key: key)
      else { return }
      approvals[review.withdrawal, default: []].insert(review.operatorName)
    case .proposeAdjustment(let proposal):
      adjustments.take(proposal, policy: policy, exchange: exchange)
    case .decideAdjustment(let decision):
      adjustments.take(decision, policy: policy, exchange: exchange)
    default: break
    }
  }

  /// Takes in an event.
  ///
  /// - Returns: Why the journal cannot be honest, if it cannot.
  mutating func take(_ event: Event, record: GuardRecord, exchange: Exchange) -> String? {
    switch event {
    case .addressAdded(let entry):
      entries[entry.id] = entry
      note(entry.address, of: entry.account)
    case .credentialChange(let change, let step):
      changes.take(change, step, record: record, exchange)
    case .adjustment(let adjustment): return adjustments.take(adjustment, exchange: exchange)
    case .deposit(let deposit): return take(deposit, record: record)
    case .withdrawal(let withdrawal):
      note(withdrawal.address, of: withdrawal.account)
      take(withdrawal, record: record)
    default: break
    }
    return nil
  }

  private mutating func note(_ address: String, of account: AccountID) {
    if destinations[account.raw]?.contains(address) != true {
      destinations[account.raw, default: []].append(address)
    }
  }

  private mutating func take(_ withdrawal: Withdrawal, record: GuardRecord) {
    switch withdrawal.state {
    case .canceled, .refused:
      if record.released[withdrawal.id.raw] != nil { takenBack.insert(withdrawal.id.raw) }
    case .delayed, .inReview, .approved, .guardHeld, .released, .building, .broadcast, .mined,
      .confirmed:
      break
    }
  }

  private mutating func take(_ deposit: Deposit, record: GuardRecord) -> String? {
    switch (deposit.source, deposit.state) {
    case (.chain, .credited), (.chain, .withdrawable):
      if !record.depositsVerified.contains(deposit.id.raw) { unverified.insert(deposit.id) }
    case (.chain, _): unverified.remove(deposit.id)
    case (.receipt(let reference), .credited):
      let named = Receipt(
        asset: deposit.asset, reference: reference, account: deposit.account,
        amount: deposit.amount)
      guard attestations[named, default: []].count >= 2 else {
        return "receipt \(reference) is credited without the signatures of two operators"
      }
    case (.receipt, _): break
    }
    return nil
  }

  /// Counts one more key of `account`; returns how many there were.
  mutating func countEnrolment(of account: UInt64) -> Int {
    enrolments[account, default: 0] += 1
    return enrolments[account, default: 0]
  }

  mutating func verified(_ deposit: DepositID) { unverified.remove(deposit) }
}
