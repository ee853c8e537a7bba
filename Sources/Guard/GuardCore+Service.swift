import Cryptography
import Descriptors
public import Engine
import Money
public import SignerProtocol
import Statements
import Structures
import Wire

// What follows from the key holders' log, and how withdrawals begin again.

extension GuardCore {
  /// Takes what the log says now.
  public func learn(_ facts: KeyHolderFacts) { keyHolders = facts }

  /// Takes why the log cannot be written or read, for everybody to see; `nil` when it can. While it
  /// cannot nothing may leave on an old word.
  public func learn(keyHolderProblem problem: String?) {
    keyHolderProblem = problem.map { String("the key holders' log: \($0)".prefix(400)) }
  }

  /// Compares the key holders' log with what the journal tells of it. A log only grows: one that lacks
  /// what was told before was cut back, perhaps by a restored backup, and a freeze may be missing.
  ///
  /// - Parameter holds: Whether the log's head was this one after so many entries; `nil` where this
  ///   guard keeps no log.
  public func compareKeyHolderLog(
    _ holds: ((_ head: [UInt8], _ count: UInt64) -> Bool)?
  ) throws(GuardError) {
    guard halted == nil, isCaughtUp, let told = exchange.keyHolders else { return }
    guard let holds else {
      try halt("the journal tells of a key holders' log, and this guard keeps none")
      return
    }
    guard !holds(told.logHead, told.logCount) else { return }
    try halt(
      Self.logCutBack + " it has not the entry \(told.logCount) that was published, with head "
        + Hex.text(told.logHead))
  }

  /// How the reason begins for which a guard stops that was given another log.
  private static let logCutBack = "the key holders' log was cut back:"

  /// Whether the key holders' log is one to go on with. Before the journal was followed to where an
  /// earlier run was, nobody knows what was published of it.
  public var mayKeepKeyHolderLog: Bool {
    halted.map { !$0.hasPrefix(Self.logCutBack) } ?? isCaughtUp
  }

  /// Whether nothing may leave on account of the key holders. Where the journal tells of them their
  /// log must have been read first.
  var isStoppedByKeyHolders: Bool {
    keyHolderProblem != nil || keyHolders?.isStopped ?? (exchange.keyHolders != nil)
  }

  /// Returns the report on the key holders, when it differs from the published one in anything but the
  /// log's length; that is told with the next change, and once an hour.
  public func reportKeyHolders() -> Command? {
    guard halted == nil, isCaughtUp, exchange.configuration != nil,
      var report = keyHolders?.report
    else { return nil }
    if var known = exchange.keyHolders {
      let isOld = known.logCount + 100 <= report.logCount
      known.logCount = report.logCount
      known.logHead = report.logHead
      known.signature = report.signature
      guard known != report || isOld else { return nil }
    }
    guard !isGiving(.keyHolders) else { return nil }
    do {
      report.signature = try statement(of: report).signed(by: key)
    } catch {
      preconditionFailure("an open key signs: \(error)")
    }
    return .keyHoldersReported(report)
  }

  /// Returns the word on the checks before reopening, when it differs from the published one.
  ///
  /// - Parameter signers: Those that answer.
  public func checkReopening(signers: [SignerStatus]) -> Command? {
    guard halted == nil, isCaughtUp, doubt == nil, servesWallet,
      keyHolders != nil || exchange.keyHolders == nil,
      let asset = exchange.assetID(code: policy.asset), let known = exchange.reopening(of: asset),
      let since = exchange.suspensions.first(where: { suspension in
        guard suspension.asset == asset, case .reopening = suspension.reason else { return false }
        return true
      })?.since, known.canary == nil
    else { return nil }
    let usable = signers.filter { $0.frozen == nil }
    let equal = usable.count {
      record.signers[$0.fingerprint]
        == LogPosition(sequence: $0.position.sequence, hash: $0.position.hash)
    }
    let threshold = policy.quorum.threshold
    // Without a log of key holders the signers themselves show that there are keys to sign with.
    let proved =
      keyHolders.map { facts in
        // Keys of another wallet sign nothing of this one.
        facts.policyID == policy.descriptor.policyID
          ? facts.keyChecks.count { ($0 ?? .min) >= since.milliseconds } : 0
      } ?? usable.count
    let needed = keyHolders.map { Int($0.report.threshold) } ?? threshold
    let isSound = proved >= needed && equal >= threshold
    var check = ReopeningCheck(
      asset: asset, keysProved: UInt32(proved), keysNeeded: UInt32(needed),
      countersEqual: UInt32(equal), countersNeeded: UInt32(threshold),
      judged: isSound && isQueueJudged ? UInt32(clamping: exchange.queue(of: asset).count) : nil,
      drainPerHour: policy.reopening.drainPerHour)
    guard
      check.keysProved != known.keysProved || check.keysNeeded != known.keysNeeded
        || check.countersEqual != known.countersEqual || check.judged != known.judged
        || check.countersNeeded != known.countersNeeded
        || check.drainPerHour != known.drainPerHour,
      !isGiving(.reopening)
    else { return nil }
    do {
      check.signature = try statement(of: check, since: since).signed(by: key)
    } catch {
      preconditionFailure("an open key signs: \(error)")
    }
    return .reopeningChecked(check)
  }

  /// Judges what was released before a suspension again: what would be refused today is.
  func judgeQueueAgain(_ view: GuardView) -> [Command] {
    guard let asset = exchange.assetID(code: policy.asset), exchange.reopening(of: asset) != nil
    else {
      isQueueJudged = false
      return []
    }
    var commands: [Command] = []
    var isComplete = true
    for withdrawal in withdrawals(.released) + withdrawals(.guardian) + withdrawals(.others) {
      let verdict = [
        IntentCheck.verdict, CustomerKeyCheck.verdict, DuplicateReleaseCheck.verdict,
        SanctionsCheck.verdict,
      ].reduce(GuardVerdict.release) { $0.joined(with: $1(withdrawal, view)) }
      guard case .refuse(let reason) = verdict else { continue }
      isComplete = false
      if !isGiving(.withdrawal(withdrawal.id)) {
        commands.append(.guardRefused(withdrawal: withdrawal.id, reason: reason))
      }
    }
    isQueueJudged = isComplete
    return commands
  }

  /// Why the journal cannot be honest about a command that only the guard or an operator gives.
  func problem(of command: Command, at time: Timestamp) -> String? {
    switch command {
    case .keyHoldersReported(let report):
      guard
        statement(of: report).verify(signature: report.signature, key: key.publicKey.bytes)
      else { return "a report on the key holders is in the journal that the guard did not make" }
      return nil
    case .reopeningChecked(let check):
      let isOwn = reopenings(of: check.asset, at: time).contains { since in
        statement(of: check, since: since)
          .verify(signature: check.signature, key: key.publicKey.bytes)
      }
      guard isOwn else {
        return "checks before reopening are in the journal that the guard did not make"
      }
      return nil
    case .decideService(let decision):
      guard let asset = exchange.asset(decision.asset),
        let key = policy.operators[decision.operatorName],
        ServiceStatement(
          operatorName: decision.operatorName, asset: asset.code,
          action: decision.action.rawValue, reasonClass: decision.reasonClass.rawValue,
          text: decision.text, number: decision.number
        ).verify(signature: decision.signature, key: key)
      else { return "a decision on the service is not signed by its operator" }
      return nil
    case .rotateWallet(let rotation):
      guard policy.wallets.contains(where: { $0.text == rotation.descriptor }) else {
        return "a wallet takes over that this guard does not know"
      }
      guard rotation.maximumFee.units <= policy.rotationFee else {
        return "bringing coins over may lose \(rotation.maximumFee.units) satoshi; the guard's "
          + "rotationFee is \(policy.rotationFee)"
      }
      return nil
    default: return nil
    }
  }

  private func statement(of report: KeyHoldersReport) -> KeyHoldersStatement {
    KeyHoldersStatement(
      live: report.live, threshold: report.threshold, seats: report.seats, frozen: report.frozen,
      reduced: report.reduced, claims: report.claims, successorAt: report.successorAt,
      logCount: report.logCount, logHead: report.logHead)
  }

  private func statement(of check: ReopeningCheck, since: Timestamp) -> ReopeningStatement {
    ReopeningStatement(
      asset: exchange.asset(check.asset)?.code ?? "", keysProved: check.keysProved,
      keysNeeded: check.keysNeeded, countersEqual: check.countersEqual,
      countersNeeded: check.countersNeeded, judged: check.judged,
      drainPerHour: check.drainPerHour, since: since.milliseconds)
  }

  /// When the checks that run, or ran at `time` and ended in the same batch, began: the exchange is as
  /// the whole batch left it.
  private func reopenings(of asset: AssetID, at time: Timestamp) -> [Timestamp] {
    func isReopening(_ suspension: Suspension) -> Bool {
      guard suspension.asset == asset, case .reopening = suspension.reason else { return false }
      return true
    }
    return exchange.suspensions.filter(isReopening).map(\.since)
      + exchange.endedSuspensions.filter { isReopening($0.suspension) && $0.endedAt >= time }
      .map(\.suspension.since)
  }

  // MARK: Wallets

  /// Whether the wallet in force is the one whose signers this guard has.
  var servesWallet: Bool {
    exchange.configuration?.walletDescriptor == policy.descriptor.text
  }

  /// The wallet that a position of its branches belongs to.
  func wallet(of script: ScriptIndex) -> Descriptor? {
    for former in exchange.formerWallets {
      let end = script.branch == .deposit ? former.depositEnd : former.changeEnd
      guard script.index < end else { continue }
      return policy.wallets.first { $0.text == former.descriptor }
    }
    let current = exchange.configuration?.walletDescriptor
    return policy.wallets.first { $0.text == current }
  }

  /// The branches of former wallets with the positions after the last of their own, for a scan of the
  /// chain.
  public var formerBranches: [(descriptor: String, end: UInt32)] {
    get throws(DescriptorError) {
      var found: [(descriptor: String, end: UInt32)] = []
      for former in exchange.formerWallets {
        guard let wallet = policy.wallets.first(where: { $0.text == former.descriptor }) else {
          continue
        }
        for (branch, end) in zip(try wallet.branches, [former.depositEnd, former.changeEnd])
        where end > 0 {
          found.append((branch.text, end))
        }
      }
      return found
    }
  }
}
