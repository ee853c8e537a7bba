public import Bitcoin
public import Custody
import Descriptors
public import Engine
import Journal
import Money
public import SignerProtocol
import Statements
import Structures

extension GuardCore {
  /// Returns the next payout to build: the released withdrawals that the coins and the signers'
  /// limits allow, oldest first.
  ///
  /// The journal is what makes it real: it is signed only after it came back in the feed, and the
  /// core takes only one payout for a withdrawal. What is built can no longer be taken back, by
  /// nobody, so nothing is built that the signers would refuse: one transaction too large for them
  /// would lock all its withdrawals for good.
  ///
  /// A coin whose previous transaction is not known yet has to be looked at first: while
  /// ``evidenceQuestions`` has any, nothing is built.
  ///
  /// - Parameters:
  ///   - feeRate: The wanted fee rate.
  ///   - signers: Those that answer. Below the threshold nothing is built: what is built can no
  ///     longer be cancelled by the customer.
  /// - Returns: The command, `nil` when there is nothing to do, or why nothing can be built.
  public func buildPayout(
    feeRate: FeeRate, signers: [SignerStatus]
  ) -> Result<Command?, PayoutError> {
    evidenceQuestions = []
    guard mayBuild, let capacity = capacity(of: signers),
      let asset = exchange.assetID(code: policy.asset),
      exchange.mayRelease(asset)
    else { return .success(nil) }
    let held = dead.heldWithdrawals(threshold)
    let today = view
    let released = untroubled(
      withdrawals(.released).filter {
        $0.asset == asset && record.released[$0.id.raw] != nil && !held.contains($0.id)
          && Self.verdictAfterRelease(on: $0, in: today) == .release
      })
    guard !released.isEmpty else { return .success(nil) }
    // After a suspension the first payment goes alone, and then so many an hour, the oldest first.
    let room = exchange.payoutRoom(of: asset, at: now)
    guard room != 0 else { return .success(nil) }
    let payable = Array(capacity.fitting(released).prefix(room ?? .max))
    guard !payable.isEmpty else {
      return .failure(
        .aboveLimit(needed: released.map(\.cost).min() ?? 0, limit: capacity.total))
    }
    let coins = signableCoins
    var builder = builder(feeRate, limits(capacity))
    do {
      var built = try builder.build(
        asset: asset, withdrawals: payable, coins: coins, changeIndex: exchange.nextChangeIndex)
      // Without change it may be the very transaction that was given up.
      if exchange.payout(withTransaction: built.transaction) != nil {
        builder.frozen = Set(built.inputs)
        built = try builder.build(
          asset: asset, withdrawals: payable, coins: coins, changeIndex: exchange.nextChangeIndex)
      }
      let inputs = Set(built.inputs)
      evidenceQuestions = coins.filter {
        inputs.contains($0.outpoint) && evidenceSizes[$0.outpoint] == nil
      }
      guard evidenceQuestions.isEmpty else { return .success(nil) }
      _ = isGiving(.payout(transaction: built.transaction))
      return .success(.payoutBuilt(built))
    } catch {
      return .failure(error)
    }
  }

  /// Those of `released` that were in no transaction which nobody signed; when there are none but such,
  /// the one that was so the least often, alone: it must not keep the others waiting.
  private func untroubled(_ released: [Withdrawal]) -> [Withdrawal] {
    let clean = released.filter { dead.failures[$0.id] == nil }
    guard clean.isEmpty else { return clean }
    let next = released.min {
      (dead.failures[$0.id, default: 0], $0.id) < (dead.failures[$1.id, default: 0], $1.id)
    }
    return next.map { [$0] } ?? []
  }

  /// Whether a transaction may be built now: none is on its way, and there is one chain to believe.
  ///
  /// Not while a plan for the float is on its way: it may take the change position that the
  /// transaction would name.
  var mayBuild: Bool {
    halted == nil && isCaughtUp && doubt == nil && !isBuilding && !isPlanning && servesWallet
      && !isStoppedByKeyHolders
  }

  private var isPlanning: Bool {
    pending[.plan].map { now < $0.advanced(byMilliseconds: Self.orderPatience) } ?? false
  }

  /// Whether a transaction is on its way to the journal.
  var isBuilding: Bool {
    pending.contains { subject, given in
      guard case .payout = subject else { return false }
      return now < given.advanced(byMilliseconds: Self.orderPatience)
    }
  }

  /// Builds transactions of this wallet, which split their change.
  func builder(_ feeRate: FeeRate, _ limits: PayoutLimits) -> PayoutBuilder {
    var builder = PayoutBuilder(descriptor: policy.descriptor, feeRate: feeRate, limits: limits)
    builder.ladder = policy.ladder
    builder.changeUnderWay = exchange.openPayouts.flatMap { payout in
      payout.state.isInBlock ? [] : payout.version.changes.map(\.units)
    }
    return builder
  }

  /// What one transaction must stay within, so that the signers sign it.
  func limits(_ capacity: SignerCapacity) -> PayoutLimits {
    PayoutLimits(
      total: capacity.total, networkFee: capacity.networkFee, feeRate: capacity.feeRate,
      evidence: Self.evidenceLimit, evidenceOf: evidenceSizes)
  }

  /// Takes note of how long the transaction is that made `coin`.
  public func learn(_ previous: Transaction, of coin: OwnedOutput) {
    if evidenceSizes.count >= 100_000 { evidenceSizes = [:] }
    evidenceSizes[coin.outpoint] = previous.bytesWithoutWitness.count
  }

  /// Whether anything waits to be built.
  public var hasReleasedWithdrawals: Bool {
    open.hasAny(.released)
  }

  /// How many signatures a payout needs.
  public var threshold: Int { policy.quorum.threshold }

  /// Whether a payout that is built may not be signed: payments are held, or begin again and this is not
  /// the first one. What it pays is to be judged again with all others that wait.
  public func isHeldBack(_ payout: Payout) -> Bool {
    if exchange.holdsPayments(of: payout.asset) { return true }
    guard let checks = exchange.reopening(of: payout.asset) else { return false }
    return checks.canary != payout.id && !payout.gathersOne
  }

  /// Payouts in the journal that wait for signatures and pay only what the guard released. One that
  /// pays anything else halts the guard.
  public func payoutsToSign() throws(GuardError) -> [PayoutPlan] {
    // What one of the holders stopped is not even signed any more.
    guard halted == nil, isCaughtUp, servesWallet,
      keyHolders.map({ !$0.isStopped }) ?? (exchange.keyHolders == nil)
    else { return [] }
    let owned = Dictionary(
      exchange.ownedOutputs.map { ($0.outpoint, $0) }, uniquingKeysWith: { first, _ in first })
    var plans: [PayoutPlan] = []
    for payout in exchange.openPayouts where payout.state == .built && !isHeldBack(payout) {
      let inputs = payout.inputs.compactMap(Self.outpoint)
      guard let transaction = try? Transaction(parsing: payout.unsigned),
        transaction.id.bytes == payout.transaction,
        transaction.inputs.map(\.outpoint) == inputs, inputs.count == payout.inputs.count,
        transaction.outputs.count
          == payout.withdrawals.count + payout.cold.count + payout.version.changes.count
      else {
        try halt("payout \(payout.id) is not the transaction that it says")
        return []
      }
      for id in payout.withdrawals where record.released[id.raw] == nil {
        try halt("payout \(payout.id) pays withdrawal \(id), which the guard did not release")
        return []
      }
      if payout.withdrawals.isEmpty,
        let problem = payout.cold.isEmpty
          ? problem(ofConsolidation: payout) : problem(ofSweep: payout, transaction)
      {
        try halt("payout \(payout.id) \(problem)")
        return []
      }
      guard payout.others.isEmpty || lineage(of: payout) != nil else {
        try halt("the versions of payout \(payout.id) could pay more than once")
        return []
      }
      // Only a child is signed while no block has its coin.
      let coins = payout.inputs.compactMap {
        owned[$0] ?? (payout.gathersOne ? exchange.unconfirmedChange($0) : nil)
      }
      // A reorganisation took out the block that made a coin: it waits until it is mined again.
      guard coins.count == inputs.count else { continue }
      plans.append(PayoutPlan(payout: payout, transaction: transaction, coins: coins))
    }
    return doubt == nil ? plans : []
  }

  /// Returns what the signer with `fingerprint` is asked, or `nil` when the journal lacks a
  /// withdrawal or an address that the plan needs.
  ///
  /// - Parameter previous: The transactions that made ``PayoutPlan/coins``, in order.
  public func signingRequest(
    _ plan: PayoutPlan, previous: [Transaction], to fingerprint: [UInt8]
  ) -> SigningRequest? {
    var payments: [SigningRequest.Payment] = []
    for id in plan.payout.withdrawals {
      guard let withdrawal = exchange.withdrawal(id),
        let word = evidence.word(for: withdrawal, exchange)
      else { return nil }
      payments.append(
        SigningRequest.Payment(
          release: signedRelease(withdrawal), authority: word.authority, customerKey: word.key,
          customerSignature: word.signature))
    }
    var purposes = payments.indices.map { SigningRequest.Purpose.payment(UInt32($0)) }
    purposes += plan.payout.cold.map { .cold($0.index) }
    if let index = plan.payout.changeIndex {
      purposes += plan.payout.version.changes.indices.map { .change(index + UInt32($0)) }
    }
    guard previous.map(\.id) == plan.transaction.inputs.map(\.outpoint.transaction) else {
      return nil
    }
    return SigningRequest(
      transaction: plan.payout.unsigned,
      inputs: zip(previous, plan.coins).map {
        SigningRequest.Input(
          previousTransaction: $0.bytesWithoutWitness, branch: $1.script.branch.rawValue,
          index: $1.script.index)
      }, outputs: purposes, payments: payments,
      consolidation: payments.isEmpty ? signedConsolidation(plan.payout) : nil,
      coldBatches: coldBatches(of: plan.payout),
      knownPosition: record.signers[fingerprint])
  }

  /// Remembers how far a signer's record has come, so that it cannot be put back unnoticed.
  public func learn(_ status: SignerStatus) throws(GuardError) { try learn([status]) }

  /// Remembers how far the records of several signers have come, with one write.
  public func learn(_ statuses: [SignerStatus]) throws(GuardError) {
    for status in statuses {
      if let known = record.signers[status.fingerprint],
        known.sequence >= status.position.sequence
      {
        continue
      }
      record.gather(
        .signerSeen(
          fingerprint: status.fingerprint, sequence: status.position.sequence,
          hash: status.position.hash), at: now)
    }
    do { try record.flush() } catch { throw .record(error) }
  }

  /// Puts signatures together.
  ///
  /// Each one is verified first, so that a broken signer does not spoil the work of the others, and
  /// the whole is run through the script rules.
  ///
  /// - Returns: The command with the final transaction, or `nil` while too few are valid.
  public func finish(
    _ plan: PayoutPlan, previous: [Transaction], answers: [SigningAnswer]
  ) -> Command? {
    guard previous.count == plan.transaction.inputs.count,
      let final = PayoutAssembly(plan: plan, previous: previous, descriptor: policy.descriptor)
        .transaction(from: answers),
      !isGiving(.signature(plan.payout.id))
    else { return nil }
    return .payoutSigned(payout: plan.payout.id, transaction: final.bytes)
  }
}
