import Bitcoin
import ColdAddresses
public import Cryptography
import Descriptors
public import Engine
public import Journal
public import Logbook
public import Money
import SignerProtocol
public import Statements
import Structures
import Wire

/// Why the guard cannot work at all.
public enum GuardError: Error, Equatable, Sendable {
  case record(LogbookError)
  /// The record was begun for another wallet or another guard key.
  case foreignRecord
}

/// The guard's judgement and memory as one state machine.
///
/// A driver feeds it batches of the journal and facts of the chain, and carries away the commands it
/// asks for. All that must survive a restart is either in the journal or in the guard's own record,
/// which is on disk before anything leaves. One owner, one call at a time.
public final class GuardCore {
  /// How long an order may go unanswered before it is given again, in milliseconds.
  static let orderPatience: Int64 = 30_000

  /// Bytes of previous transactions in one request to a signer: with the rest it fits in a frame.
  static let evidenceLimit = 560_000

  var policy: GuardPolicy
  let key: Ed25519.PrivateKey
  let record: GuardRecord
  var replica = Replica()
  var evidence = JournalEvidence()
  var open = OpenWithdrawals()
  let proofs = CustomerProofs()
  var dead = DeadVersions()
  /// Holds that began or ended, by account, oldest first, as far as somebody has still to be told.
  var holdNews: [UInt64: [HoldNews]] = [:]
  var reserves: ReservesFact?
  /// What the key holders' log says; `nil` where this guard keeps none.
  public internal(set) var keyHolders: KeyHolderFacts?
  /// Why the key holders' log cannot be kept, if it cannot.
  var keyHolderProblem: String?
  /// Whether everything that waits was judged again since the checks before reopening began.
  var isQueueJudged = false
  /// The newest list of sanctioned addresses that was read.
  public internal(set) var sanctions: SanctionsList?
  /// Batches of cold addresses that were derived here.
  var coldBatches: [ColdAddressBatch] = []
  /// Why the guard does not know which chain to believe: then it releases, builds and signs nothing.
  public internal(set) var doubt: ChainDoubt?
  /// Orders that were given and not yet seen in the journal, with the time they were given.
  var pending: [PendingOrder: Timestamp] = [:]
  /// Bytes of the previous transactions of coins that were looked at.
  var evidenceSizes: [ChainOutpoint: Int] = [:]
  /// Coins that the next payout would spend and whose previous transaction is not known yet.
  public internal(set) var evidenceQuestions: [OwnedOutput] = []
  private let clock: () -> Timestamp
  private let head: LogbookHead
  /// The newest batch that any run of this guard followed.
  private var pinned: LogbookPosition
  private var nextOrder: UInt64

  /// What an order is about: one of each may be on its way.
  enum PendingOrder: Hashable {
    case withdrawal(WithdrawalID)
    case payout(transaction: [UInt8])
    case signature(PayoutID)
    case loss(PayoutID)
    case plan
    case report
    case keyHolders
    case reopening
    case notice(ChangeID)
    case cancel(ChangeID)
  }

  /// Opens the guard's record at `recordPath`, or begins it; the journal's pinned head is beside it.
  public init(
    policy: GuardPolicy, key: Ed25519.PrivateKey, recordPath: String,
    clock: @escaping () -> Timestamp
  ) throws(GuardError) {
    self.policy = policy
    self.key = key
    self.clock = clock
    do {
      record = try GuardRecord(path: recordPath, configured: policy.configured)
      head = try LogbookHead(path: recordPath + ".journal")
      pinned =
        try head.read()
        ?? LogbookPosition(sequence: 0, hash: [UInt8](repeating: 0, count: 32))
      nextOrder = record.ordersReserved
      let own = (policy.descriptor.policyID, key.publicKey.bytes)
      if let identity = record.identity {
        // A wallet that took another's place goes on with what the guard remembers.
        guard identity.guardKey == own.1,
          policy.wallets.contains(where: { $0.policyID == identity.policyID })
        else { throw GuardError.foreignRecord }
      } else {
        try record.append(.begun(policyID: own.0, guardKey: own.1), at: clock())
      }
    } catch let error as LogbookError {
      throw .record(error)
    } catch {
      throw .foreignRecord
    }
    obeyPolicy()
  }

  /// Sequence of the last batch executed: what the feed is asked to continue after.
  public var sequence: UInt64 { replica.sequence }
  /// Hash of that batch; zeros before the first.
  public var journalHash: [UInt8] { replica.hash }
  /// The exchange as the guard executed it.
  public var exchange: Exchange { replica.exchange }
  /// Why the guard stopped itself, if it did.
  public var halted: String? { record.halted }
  /// Whether it is at least where an earlier run was: before that it decides nothing.
  public var isCaughtUp: Bool { replica.sequence >= pinned.sequence }

  var now: Timestamp { max(clock(), record.time) }

  /// Stops releasing and signing until a person resumes it. Durable.
  public func halt(_ reason: String) throws(GuardError) {
    guard record.halted == nil else { return }
    try remember(.halted(reason: String(reason.prefix(400))))
  }

  /// Takes the stop away. Only for a person who has found out what happened.
  public func resume() throws(GuardError) {
    guard record.halted != nil else { return }
    try remember(.resumed)
  }

  /// Accepts whatever key an account signs with next. Only for a person who knows that the customer
  /// changed it himself; the signers want the same.
  public func forgetCustomerKey(of account: UInt64) throws(GuardError) {
    guard record.customerKeys[account] != nil else { return }
    try remember(.customerKeyForgotten(account: account))
  }

  /// Executes the next batches of the journal, in order, and pins how far it came.
  ///
  /// A batch that does not continue the chain, or gives other events when executed, or contradicts
  /// the guard's own knowledge, halts the guard; nothing after it is executed.
  ///
  /// - Returns: What the batches did.
  @discardableResult
  public func follow(_ batches: [JournalBatch]) throws(GuardError) -> [CommittedBatch] {
    var followed: [CommittedBatch] = []
    for batch in batches where record.halted == nil {
      let committed: CommittedBatch
      do { committed = try replica.apply(batch) } catch {
        try halt("the journal cannot be trusted: \(error)")
        break
      }
      if committed.sequence == pinned.sequence, committed.hash != pinned.hash {
        try halt("batch \(committed.sequence) is not the one that the guard followed before")
        break
      }
      for entry in committed.entries { try take(entry) }
      followed.append(committed)
    }
    if record.halted == nil, replica.sequence > pinned.sequence {
      let reached = LogbookPosition(sequence: replica.sequence, hash: replica.hash)
      do { try head.write(reached) } catch { throw .record(error) }
      pinned = reached
    }
    return followed
  }

  /// The feed has nothing more. A journal that ends before the pinned batch has been cut back.
  public func reachedEndOfFeed() throws(GuardError) {
    guard !isCaughtUp else { return }
    try halt(
      "the journal ends at batch \(replica.sequence); the guard has followed it to \(pinned.sequence)"
    )
  }

  private func take(_ entry: CommittedBatch.Entry) throws(GuardError) {
    // What fell due before a command happened, even if the command was refused.
    let isRefused = entry.events.contains { if case .refused = $0 { true } else { false } }
    if !isRefused {
      evidence.take(entry.command, policy: policy, exchange: replica.exchange)
      if let problem = problem(of: entry.command, at: entry.time) { try halt(problem) }
      if let problem = problemOfChange(entry.command) { try halt(problem) }
    }
    for event in entry.events {
      if let problem = evidence.take(event, record: record, exchange: replica.exchange) {
        try halt(problem)
      }
      switch event {
      case .configured(let configuration):
        let problem = ConfigurationCheck.problem(
          configuration, policy, guardKey: key.publicKey.bytes)
        if let problem { try halt(problem) }
      case .depositAddressAssigned(let assigned):
        // Customers pay to what is assigned: it must be the wallet's own.
        let place = ScriptIndex(branch: .deposit, index: assigned.index)
        let script = try? wallet(of: place)?.script(branch: 0, index: assigned.index).scriptPubKey
        let own = script.flatMap { Address.text(for: $0, network: policy.descriptor.network) }
        if own != assigned.address {
          try halt("deposit address \(assigned.index) is not one of the wallet's")
        }
      case .addressAdded(let entry):
        if record.addressesSeen[entry.id.raw] == nil {
          try remember(.addressSeen(entry: entry.id.raw))
        }
      case .credentialChange(let change, .begun):
        if record.changesSeen[change.id.raw] == nil {
          try remember(.changeSeen(change: change.id.raw))
        }
      case .accountHold(let hold, let ended):
        try take(hold, ended: ended)
        // An operator's first word on a hold is no news of it.
        var isCancel = false
        if case .cancelChange = entry.command { isCancel = true }
        if ended || isCancel {
          note(hold, hasEnded: ended, at: entry.time, events: entry.events)
        }
      case .signingKeyEnrolled(let account):
        if let key = account.signingKey { try take(key, of: account.id.raw) }
      case .withdrawal(let withdrawal):
        pending[.withdrawal(withdrawal.id)] = nil
        open.take(withdrawal)
        try noteIntent(of: withdrawal)
      case .payout(let payout):
        pending[.payout(transaction: payout.transaction)] = nil
        pending[.signature(payout.id)] = nil
        pending[.loss(payout.id)] = nil
        dead.take(payout, isHeldBack: exchange.reopening(of: payout.asset) != nil)
      case .coldWallet(let wallet):
        if let problem = problem(of: wallet) { try halt(problem) }
      case .coldBatch(let batch):
        if let problem = take(batch) { try halt(problem) }
      default: break
      }
    }
    if isRefused { return }
    switch entry.command {
    case .connectBlock(let block): dead.take(block, replica.exchange)
    case .disconnectBlock(let point): dead.takeBack(point)
    case .guardReported: pending[.report] = nil
    case .planFloat: pending[.plan] = nil
    case .keyHoldersReported: pending[.keyHolders] = nil
    case .reopeningChecked: pending[.reopening] = nil
    case .noticeGiven(let notice): pending[.notice(notice.change)] = nil
    case .cancelChange(let cancel): pending[.cancel(cancel.change)] = nil
    default: break
    }
  }

  /// Takes in that `account` has got `key`; it counts from now even if the account had it before.
  private func take(_ key: [UInt8], of account: UInt64) throws(GuardError) {
    // Executing the journal again is no news.
    guard evidence.countEnrolment(of: account) > record.enrolments[account, default: 0] else {
      return
    }
    // First what closes the account to others: a crash in between must not leave it open.
    if record.customerKeys[account] == nil,
      evidence.provedKeys.contains(.init(account: account, key: key))
    {
      try remember(.customerKey(account: account, key: key))
    }
    try remember(.keySeen(account: account, key: key))
  }

  /// The wait for an address begins when its customer signed for it, which nobody else can make happen.
  private func noteIntent(of withdrawal: Withdrawal) throws(GuardError) {
    guard case .intent = withdrawal.authority, !record.intentsSeen.contains(withdrawal.id.raw),
      let word = evidence.word(for: withdrawal, replica.exchange),
      evidence.provedKeys.contains(.init(account: withdrawal.account.raw, key: word.key)),
      proofs.has(word)
    else { return }
    try remember(
      .intentSeen(
        withdrawal: withdrawal.id.raw, account: withdrawal.account.raw,
        address: withdrawal.address))
  }

  func remember(_ entry: GuardEntry) throws(GuardError) {
    do { try record.append(entry, at: now) } catch { throw .record(error) }
  }

  /// Coins that the next transaction may spend, as far as the signers go along: one that they hold to
  /// another would keep its withdrawals waiting.
  var signableCoins: [OwnedOutput] {
    let held = dead.heldCoins(threshold)
    // Until one of several versions is final another may take its place, and what this one made is gone.
    let unsure = Set(
      exchange.openPayouts.filter { !$0.others.isEmpty }
        .flatMap { $0.versions.map(\.transaction) })
    return exchange.spendableOutputs.filter {
      !held.contains($0.outpoint) && !unsure.contains($0.outpoint.transaction)
    }
  }

  /// Whether an order about `subject` is on its way; marks it as given if not.
  func isGiving(_ subject: PendingOrder) -> Bool {
    if let given = pending[subject],
      now < given.advanced(byMilliseconds: Self.orderPatience)
    {
      return true
    }
    pending[subject] = now
    return false
  }

  /// An order did not reach the online server: it may be given again at once.
  public func notGiven(_ command: Command) {
    switch command {
    case .guardHeld(let withdrawal, _, _), .guardRefused(let withdrawal, _),
      .guardReleased(let withdrawal, _):
      pending[.withdrawal(withdrawal)] = nil
    case .payoutBuilt(let built), .payoutReplaced(_, let built):
      pending[.payout(transaction: built.transaction)] = nil
    case .payoutSigned(let payout, _): pending[.signature(payout)] = nil
    case .payoutLost(let payout, _): pending[.loss(payout)] = nil
    case .guardReported: pending[.report] = nil
    case .planFloat: pending[.plan] = nil
    case .keyHoldersReported: pending[.keyHolders] = nil
    case .reopeningChecked: pending[.reopening] = nil
    case .noticeGiven(let notice): pending[.notice(notice.change)] = nil
    case .cancelChange(let cancel): pending[.cancel(cancel.change)] = nil
    default: break
    }
  }

  /// The core refused an order. A payout that does not fit the journal any more, because a customer
  /// took his withdrawal back just then, must not keep the others waiting: it is built anew.
  public func orderRefused(_ command: Command) {
    switch command {
    case .payoutBuilt, .payoutReplaced, .payoutLost, .planFloat: notGiven(command)
    default: break
    }
  }

  /// Returns `command` as the signed and numbered order that the online server takes.
  public func order(_ command: Command) throws(GuardError) -> Signed<GuardOrder> {
    if nextOrder >= record.ordersReserved {
      try remember(.ordersReserved(below: nextOrder + 1000))
    }
    var writer = ByteWriter()
    command.encode(into: &writer)
    let order = GuardOrder(counter: nextOrder, command: writer.bytes)
    nextOrder += 1
    do { return try Signed(order, by: key) } catch {
      preconditionFailure("an open key signs: \(error)")
    }
  }

  /// What the public learns of nodes that differ.
  private var alarm: String? {
    guard case .alarm(let problem) = doubt else { return nil }
    return String("the guard's nodes differ: \(problem)".prefix(400))
  }

  /// Returns the report that the online server should publish, when it differs from its last one.
  public func report(signersReachable: Int) -> Command? {
    let report = GuardReport(
      connected: true, signersReachable: UInt32(signersReachable),
      signersTotal: UInt32(policy.quorum.keys.count), threshold: UInt32(policy.quorum.threshold),
      halted: record.halted ?? alarm ?? keyHolderProblem)
    guard isCaughtUp || record.halted != nil, exchange.configuration != nil,
      exchange.guardReport != report, !isGiving(.report)
    else { return nil }
    return .guardReported(report)
  }
}

extension GuardError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .record(let error): "the guard's record: \(error)"
    case .foreignRecord: "the record was begun for another wallet or another guard key"
    }
  }
}
