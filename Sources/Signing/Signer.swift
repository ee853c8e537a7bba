import Bitcoin
import Cryptography
import Descriptors
public import Logbook
public import Money
import Policies
public import SignerProtocol
public import Statements
import Wire

/// Why a signer cannot start.
public enum SignerError: Error, Equatable, Sendable {
  case record(LogbookError)
  /// The record was begun for another key or another wallet.
  case foreignRecord(fingerprint: String)
  /// The key is not one of the wallet's.
  case keyNotInDescriptor
  /// An entry of the record cannot be read, though its hash is right: a newer program wrote it.
  case unknownEntry(number: UInt64)
  /// The holder is to be asked, and there is no terminal to ask him at.
  case noTerminal
}

/// One holder's key with its own judgement and its own durable memory.
///
/// It performs no I/O besides its record: each request returns the answer. One owner, one request at
/// a time. Whatever it signs is in the record before the signature exists.
public final class Signer {
  private(set) var policy: SignerPolicy
  let key: any SigningKey
  private let clock: () -> Timestamp
  let recordPath: String
  private let screen: (any ApproverScreen)?
  private(set) var logbook: Logbook
  var witnesses: Witnesses
  var approvals: Approvals?
  private(set) var record: SigningRecord
  private var refusals: RefusalCount
  /// Number of the newest entry about a signature.
  private var lastSigned: UInt64 = 0
  /// Number of the newest promise never to sign something.
  private(set) var lastWithdrawn: UInt64 = 0
  /// Number of the newest freeze.
  private var lastFrozen: UInt64 = 0

  /// Opens the record at `recordPath`, or begins it.
  ///
  /// - Parameters:
  ///   - key: The open key, one of the descriptor's. It is the signer's from here on, who forgets it when
  ///     he is frozen.
  ///   - screen: Where the holder is asked, when the policy wants that.
  ///   - clock: The machine's time.
  public init(
    policy: SignerPolicy, key: any SigningKey, recordPath: String,
    screen: (any ApproverScreen)? = nil, clock: @escaping () -> Timestamp
  ) throws(SignerError) {
    self.policy = policy
    self.key = key
    self.clock = clock
    self.recordPath = recordPath
    self.screen = screen
    if policy.approval != nil, screen == nil { throw .noTerminal }
    refusals = RefusalCount()
    var record = SigningRecord(
      changeFrom: policy.changeFrom,
      chain: policy.headers.map { ChainClock($0, network: policy.network) },
      configured: policy.configured(for: key.fingerprint.bytes))
    var (number, lastSigned, lastWithdrawn, lastFrozen): (UInt64, UInt64, UInt64, UInt64) = (
      0, 0, 0, 0
    )
    var unknown: UInt64?
    do {
      logbook = try Logbook(path: recordPath, domain: Self.recordDomain) { bytes in
        number += 1
        if let (time, entry) = try? SigningEntry.read(bytes) {
          record.apply(entry, at: time)
          switch entry {
          case .signed: lastSigned = number
          case .withdrawn: lastWithdrawn = number
          case .frozen: lastFrozen = number
          default: break
          }
        } else {
          unknown = unknown ?? number
        }
      }
      witnesses = try Witnesses(
        of: policy.descriptor, own: key.fingerprint.bytes, needed: policy.witnesses,
        recordPath: recordPath)
    } catch { throw .record(error) }
    self.record = record
    self.lastSigned = lastSigned
    self.lastWithdrawn = lastWithdrawn
    self.lastFrozen = lastFrozen
    if let unknown { throw .unknownEntry(number: unknown) }
    let own = (key.fingerprint.bytes, policy.descriptor.policyID)
    if let identity = record.identity {
      guard identity == own else {
        throw .foreignRecord(fingerprint: KeyFingerprint(identity.fingerprint)?.description ?? "")
      }
    }
    guard let place = try? policy.descriptor.script(branch: 0, index: 0).spendingPath(),
      key.isNamed(by: place)
    else { throw .keyNotInDescriptor }
    if record.identity == nil {
      do { try write([.begun(fingerprint: own.0, policyID: own.1)]) } catch { throw .record(error) }
    }
    if record.frozen != nil { key.forget() }
    obeyPolicy()
  }

  static let recordDomain = "holdfast/signer-record/v1"

  /// Decides by the policy in force from here on.
  func obeyPolicy() {
    policy.obey(record.policies.inForce, as: key.fingerprint.bytes)
    guard let terms = policy.approval, let screen else {
      approvals = nil
      return
    }
    if approvals == nil {
      approvals = Approvals(terms, network: policy.network, screen: screen)
    } else {
      approvals?.terms = terms
    }
  }

  /// Its state, without secrets.
  public var status: SignerStatus {
    let budgets = record.budgets(policy.limits, at: now)
    return SignerStatus(
      fingerprint: key.fingerprint.bytes, policyID: policy.descriptor.policyID,
      frozen: record.frozen, position: LogPosition(logbook.position), budgetHour: budgets.hour,
      budgetDay: budgets.day, perTransaction: policy.limits.perTransaction,
      networkFee: policy.limits.networkFee,
      feeRateSatsPerVByte: policy.limits.feeRateSatsPerVByte)
  }

  /// Answers one request.
  public func answer(_ request: SignerRequest) -> SignerAnswer {
    do throws(SignerRefusal) {
      try obeyFreezeFile()
      try enforcePolicy()
      switch request {
      case .hello: return .status(status)
      case .sign(let request): return .signed(try sign(request))
      case .freeze(let reason):
        try freeze(reason: reason)
        return .status(status)
      case .withdraw(let transaction):
        return try withdraw(transaction).map { .promised($0) } ?? .status(status)
      case .letGo(let transaction, let promises):
        try letGo(of: transaction, promises)
        return .status(status)
      case .settle(let proof):
        try settle(proof)
        return .status(status)
      case .headers(let news): return .chain(try take(news))
      case .witness(let news): return .attested(try take(news))
      case .policy(let document):
        if let document { try takePolicy(document) }
        return .policyState(policyState)
      }
    } catch {
      note(error, of: request)
      return .refused(error)
    }
  }

  /// Freezes when somebody at the machine has asked for it. To be called every second or so: the key
  /// must not wait for the guard's next request.
  public func obeyFreezeFile() throws(SignerRefusal) {
    guard let reason = FreezeFile.reason(forRecord: recordPath) else { return }
    try freeze(reason: reason)
    // It is in the record now; the file would undo what people decide later.
    FreezeFile.remove(forRecord: recordPath)
  }

  /// Answers a message of the guard's that cannot be read.
  public func refuseUnreadable(_ message: [UInt8]) -> SignerAnswer {
    let refusal = SignerRefusal(.malformedRequest, "the message cannot be read")
    note(refusal, about: message)
    return .refused(refusal)
  }

  /// Signs nothing more, and forgets the key, whatever becomes of the record. A freeze that people are
  /// about to lift begins anew.
  public func freeze(reason: String) throws(SignerRefusal) {
    key.forget()
    guard record.frozen == nil || record.unfreezingUntil != nil else { return }
    try remember(.frozen(reason: reason))
  }

  /// Asks to sign again after a freeze: first with enough approvals, and once more when the delay is
  /// over. Only for people at the signer; no message does this. The key is gone: it is opened again
  /// by the next start.
  ///
  /// - Parameter approvals: Signed statements about this freeze; others do not count.
  public func unfreeze(
    _ rules: UnfreezeRules, approvals: [Signed<UnfreezeStatement>]
  ) throws(SignerRefusal) -> UnfreezeOutcome {
    try obeyFreezeFile()
    guard record.frozen != nil, let freeze = logbook.position(at: lastFrozen) else {
      return .notFrozen
    }
    if let until = record.unfreezingUntil {
      guard now >= until else { return .waits(until: until) }
      try remember(.unfrozen)
      return .lifted
    }
    let statement = UnfreezeStatement(
      fingerprint: key.fingerprint.bytes, policyID: policy.descriptor.policyID,
      freeze: freeze.hash)
    let have = rules.approvers(of: statement, among: approvals)
    guard have.count >= rules.approvals else {
      return .needsApprovals(statement, have: have.sorted(), need: rules.approvals - have.count)
    }
    let until = now.advanced(byMilliseconds: rules.delayMilliseconds)
    try remember(.unfreezing(until: until))
    return .waits(until: until)
  }

  /// Forgets the key of a customer who has got a new one. Only for a person at the signer.
  public func forgetCustomerKey(of account: UInt64) throws(SignerRefusal) {
    guard record.customerKeys[account] != nil else { return }
    try remember(.customerKeyForgotten(account: account))
  }

  private func note(_ refusal: SignerRefusal, of request: SignerRequest) {
    guard case .sign(let request) = request else { return }
    note(refusal, about: request.transaction)
  }

  /// A guard that is refused so often is no guard: then the signer freezes by itself. That the record
  /// cannot be written must not save the key.
  private func note(_ refusal: SignerRefusal, about subject: [UInt8]) {
    guard
      refusals.reachesLimit(
        policy.limits.refusals, with: refusal, about: subject, at: now)
    else { return }
    try? freeze(reason: "\(policy.limits.refusals) different refusals within an hour")
  }

  private func sign(_ request: SigningRequest) throws(SignerRefusal) -> SigningAnswer {
    if let reason = record.frozen { throw SignerRefusal(.frozen, "frozen: \(reason)") }
    if let known = request.knownPosition,
      !logbook.contains(LogbookPosition(known))
    {
      throw SignerRefusal(
        .rolledBack, "the guard has seen entry \(known.sequence) of a record that is not this one")
    }
    try ClockCheck.check(clock(), record.chain)
    let proposal = try SigningProposal(request, policy: policy, now: now)
    try ConsolidationCheck.check(proposal, policy)
    try ReleaseCheck.check(proposal, policy)
    try PolicyCheck.check(proposal, record)
    try CustomerCheck.check(proposal, record)
    try OutputCheck.check(proposal, policy, record)
    try ColdPaymentCheck.check(proposal, policy, record)
    try FeeCheck.check(proposal, policy)
    guard !record.hasWithdrawn(proposal.id), !record.hasLetGo(of: proposal.id) else {
      throw SignerRefusal(.withdrawn, "it was promised that this is never signed")
    }
    try PaidOnceCheck.check(proposal, record)
    // The very same transaction again is the same signature again: nothing more can leave by it.
    if !record.hasSigned(proposal.id) {
      try BudgetCheck.check(proposal, policy, record)
      try checkApproval(proposal)
      // What cannot be signed now is not to use up a budget.
      do { try key.makeReady() } catch { throw SignerRefusal(error) }
      try remember(proposal)
    }
    try witnesses.check(upTo: lastSigned)
    return SigningAnswer(
      transaction: proposal.id.bytes, signatures: try signatures(on: proposal), status: status)
  }

  private func remember(_ proposal: SigningProposal) throws(SignerRefusal) {
    var entries: [SigningEntry] = []
    var known: Set<UInt64> = []
    for payment in proposal.request.payments {
      let account = payment.release.statement.account
      guard record.customerKeys[account] == nil, known.insert(account).inserted else { continue }
      entries.append(.customerKey(account: account, key: payment.customerKey))
    }
    var intents: Set<CustomerNonce> = []
    for payment in proposal.request.payments {
      let release = payment.release.statement
      guard case .withdrawal(_, let nonce, _) = payment.authority else { continue }
      let name = CustomerNonce(account: release.account, nonce: nonce)
      guard record.intents[name] == nil, intents.insert(name).inserted else { continue }
      entries.append(.intentUsed(name, withdrawal: release.withdrawal))
    }
    entries.append(
      .signed(
        SigningEntry.Signed(
          id: proposal.id, inputs: proposal.transaction.inputs.map(\.outpoint),
          payments: proposal.request.payments.map(\.release.statement).map {
            SigningEntry.Signed.Payment(
              withdrawal: $0.withdrawal, account: $0.account, amount: $0.amountUnits,
              address: $0.address)
          },
          charge: BudgetCheck.charge(of: proposal, record), changeIndex: proposal.changeIndex,
          cold: try ColdPaymentCheck.payments(of: proposal, policy))))
    try remember(entries)
  }

  func remember(_ entry: SigningEntry) throws(SignerRefusal) { try remember([entry]) }

  /// Writes down headers of the chain. Not at this clock's time: it may be what the headers show to be
  /// wrong, and time never goes back in a record.
  func remember(_ headers: [BlockHeader]) throws(SignerRefusal) {
    do { try write([.headers(headers)], at: record.time) } catch {
      throw SignerRefusal(.internalFault, "the record cannot be written")
    }
  }

  func remember(_ entries: [SigningEntry]) throws(SignerRefusal) {
    do { try write(entries) } catch {
      throw SignerRefusal(.internalFault, "the record cannot be written")
    }
  }

  /// Time never goes back in a record: what a wrong clock shows must not get into it.
  private func write(_ entries: [SigningEntry]) throws(LogbookError) {
    try write(entries, at: isClockDoubted ? record.time : now)
  }

  /// Whether the chain contradicts the machine's clock.
  var isClockDoubted: Bool {
    do throws(SignerRefusal) { try ClockCheck.check(clock(), record.chain) } catch { return true }
    return false
  }

  private func write(_ entries: [SigningEntry], at time: Timestamp) throws(LogbookError) {
    try logbook.append(all: entries.map { $0.bytes(at: time) })
    for entry in entries { record.apply(entry, at: time) }
    switch entries.last {
    case .signed: lastSigned = logbook.position.sequence
    case .withdrawn: lastWithdrawn = logbook.position.sequence
    case .frozen: lastFrozen = logbook.position.sequence
    default: break
    }
  }

  var now: Timestamp { max(clock(), record.time) }

  private func signatures(
    on proposal: SigningProposal
  ) throws(SignerRefusal) -> [SigningAnswer.Signature] {
    var signatures: [SigningAnswer.Signature] = []
    let spent = proposal.coins.map(\.output)
    for (index, coin) in proposal.coins.enumerated() {
      let digest = coin.path.digest(of: proposal.transaction, input: index, spentOutputs: spent)
      let place: DerivedKey
      let signature: [UInt8]
      do { (place, signature) = try key.sign(digest, on: coin.path) } catch {
        throw SignerRefusal(error)
      }
      // A fault in the computation could give the key away: nothing leaves unverified.
      guard coin.path.isValid(signature, by: place, over: digest) else {
        throw SignerRefusal(.internalFault, "the signature of input \(index) is not valid")
      }
      signatures.append(
        SigningAnswer.Signature(publicKey: place.publicKey, signature: signature))
    }
    return signatures
  }
}

extension LogPosition {
  init(_ position: LogbookPosition) {
    self.init(sequence: position.sequence, hash: position.hash)
  }
}

extension SignerError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .record(let error): "the signer's record: \(error)"
    case .foreignRecord(let fingerprint):
      "the record was begun for another wallet or another key (fingerprint \(fingerprint))"
    case .keyNotInDescriptor: "the key is not one of the wallet's"
    case .noTerminal: "the holder is to approve transactions, and there is no terminal"
    case .unknownEntry(let number):
      "entry \(number) of the record is not known to this program; use the one that wrote it"
    }
  }
}
