import Bitcoin
import Descriptors
public import Engine
import Journal
import Money
import Policies
public import SignerProtocol
import Statements
import Structures

extension GuardCore {
  /// Releases in one round.
  static let releasesAtOnce = 500

  /// Deposits that were credited and that the guard must still see on its own node.
  public var depositQuestions: [DepositQuestion] {
    evidence.unverified.sorted().compactMap { id in
      guard let deposit = exchange.deposit(id), case .chain(let place) = deposit.source,
        let point = deposit.state.creditedIn, let outpoint = Self.outpoint(place)
      else { return nil }
      return DepositQuestion(deposit: id, outpoint: outpoint, at: point)
    }
  }

  /// Takes the node's answer. A deposit that the chain contradicts halts the guard.
  public func learn(
    _ answer: DepositAnswer, to question: DepositQuestion
  ) throws(GuardError) {
    guard let deposit = exchange.deposit(question.deposit),
      evidence.unverified.contains(question.deposit)
    else { return }
    let index = exchange.depositAddresses(of: deposit.account, asset: deposit.asset)
      .first { $0.address == deposit.address }?.index
    let script = index.flatMap {
      try? wallet(of: ScriptIndex(branch: .deposit, index: $0))?
        .script(branch: 0, index: $0).scriptPubKey
    }
    switch question.judge(answer, deposit: deposit, script: script) {
    case .unknown: break
    case .verified:
      try remember(.depositVerified(question.deposit.raw))
      evidence.verified(question.deposit)
    case .forged(let reason): try halt(reason)
    }
  }

  /// The wallet's branches as descriptors of their own, in order, for a scan of the chain.
  public var walletBranches: [String] {
    get throws(DescriptorError) { try policy.descriptor.branches.map(\.text) }
  }

  /// Takes what the guard's own node shows of the wallet.
  public func learn(_ fact: ReservesFact) { reserves = fact }

  /// Takes whether the guard's node agrees with the other one; `nil` when it does.
  public func learn(_ doubt: ChainDoubt?) { self.doubt = doubt }

  /// Takes a list of sanctioned addresses, unless a newer one is known.
  public func learn(_ list: SanctionsList) {
    guard sanctions.map({ $0.issuedAt <= list.issuedAt }) ?? true else { return }
    sanctions = list
  }

  /// Whether somebody waits for the reserves to be looked at, at a block not looked at yet. What was
  /// looked at a block that the journal has still to reach is waited for.
  public var wantsReserves: Bool {
    guard isCaughtUp, halted == nil, let tip = exchange.tip, open.hasAny(.guardian) else {
      return false
    }
    return reserves.map { $0.at != tip && $0.at.height <= tip.height } ?? true
  }

  /// Returns the guard's decisions that the online server does not know yet, so many releases at a
  /// time that what is released is paid before the last of thousands has its turn.
  ///
  /// - Parameter signers: Those that answer; nothing is released beyond what they let go.
  public func decide(signers: [SignerStatus]) throws(GuardError) -> [Command] {
    guard halted == nil, isCaughtUp, servesWallet else { return [] }
    let commands = decisions(signers: signers)
    // Hundreds of releases are one write; none leaves before it.
    do { try record.flush() } catch { throw .record(error) }
    return commands
  }

  private func decisions(signers: [SignerStatus]) -> [Command] {
    var view = view
    var commands = stopForeignReleases() + stopForgeries(view) + judgeQueueAgain(view)
    commands += takeBack(view)
    var capacity = capacity(of: signers)
    capacity?.budget -= promised
    var room = open.hasAny(.guardian) ? roomForPayouts : nil
    var releases = 0
    for withdrawal in withdrawals(.guardian) {
      var verdict = verdict(on: withdrawal, in: view)
      if verdict == .release, let left = room, withdrawal.cost > left {
        verdict = .hold(
          until: now.advanced(byMilliseconds: LimitCheck.hour), reason: .awaitsRefill)
      }
      if verdict == .release, let hold = capacity?.take(withdrawal, at: now) { verdict = hold }
      if verdict == .release { room = room.map { $0 - withdrawal.cost } }
      switch verdict {
      case .wait: break
      case .hold(let until, let reason):
        if case .guardHeld(let known, let saying) = withdrawal.state, saying == reason,
          known == until || known > now
        {
          break
        }
        if !isGiving(.withdrawal(withdrawal.id)) {
          commands.append(
            .guardHeld(withdrawal: withdrawal.id, until: until, reason: reason))
        }
      case .refuse(let reason):
        if !isGiving(.withdrawal(withdrawal.id)) {
          commands.append(.guardRefused(withdrawal: withdrawal.id, reason: reason))
        }
      case .release:
        if !isGiving(.withdrawal(withdrawal.id)) {
          if record.released[withdrawal.id.raw] == nil { view.add(withdrawal) }
          commands.append(release(withdrawal))
          releases += 1
          if releases == Self.releasesAtOnce { return commands }
        }
      }
    }
    return commands
  }

  /// What still has to hold of a withdrawal that was released and is in no payout, perhaps because its
  /// payout was given up: it is paid under today's lists, and signers must still take the customer's word.
  static func verdictAfterRelease(on withdrawal: Withdrawal, in view: GuardView) -> GuardVerdict {
    if IntentCheck.isTooLate(withdrawal, in: view) {
      return .refuse(reason: "the customer's signature has expired")
    }
    return SanctionsCheck.verdict(on: withdrawal, in: view)
      .joined(with: HoldCheck.verdict(on: withdrawal, in: view))
  }

  /// What was released and may not be paid any more is taken back, unless that is done already.
  private func takeBack(_ view: GuardView) -> [Command] {
    // While payments begin again everything is judged, by all rules.
    guard let asset = exchange.assetID(code: policy.asset), exchange.reopening(of: asset) == nil
    else { return [] }
    return withdrawals(.released).compactMap { withdrawal in
      guard record.released[withdrawal.id.raw] != nil,
        case .refuse(let reason) = Self.verdictAfterRelease(on: withdrawal, in: view),
        !isGiving(.withdrawal(withdrawal.id))
      else { return nil }
      return .guardRefused(withdrawal: withdrawal.id, reason: reason)
    }
  }

  /// What the journal calls released without this guard's doing is taken back.
  private func stopForeignReleases() -> [Command] {
    open.numbers(.released).filter {
      record.released[$0.raw] == nil && !isGiving(.withdrawal($0))
    }.map {
      .guardRefused(withdrawal: $0, reason: "it was released without the guard")
    }
  }

  /// What still waits for time or people is not judged yet, but a destination that is forged is
  /// forged already: the attempt ends at once, and is seen at once.
  private func stopForgeries(_ view: GuardView) -> [Command] {
    withdrawals(.others).compactMap { withdrawal in
      let verdict = IntentCheck.verdict(on: withdrawal, in: view)
        .joined(with: CustomerKeyCheck.verdict(on: withdrawal, in: view))
        .joined(with: HoldCheck.verdict(on: withdrawal, in: view))
      guard case .refuse(let reason) = verdict, !isGiving(.withdrawal(withdrawal.id)) else {
        return nil
      }
      return .guardRefused(withdrawal: withdrawal.id, reason: reason)
    }
  }

  /// What the checks may look at now.
  var view: GuardView {
    GuardView(
      exchange: exchange, record: record, evidence: evidence, proofs: proofs, reserves: reserves,
      doubt: doubt, keyHolders: keyHolders, sanctions: sanctions, policy: policy, now: now)
  }

  /// Returns the strictest verdict of all checks.
  private func verdict(on withdrawal: Withdrawal, in view: GuardView) -> GuardVerdict {
    [
      IntentCheck.verdict, CustomerKeyCheck.verdict, ReviewCheck.verdict,
      DuplicateReleaseCheck.verdict, DelayCheck.verdict, LimitCheck.verdict,
      LookAlikeCheck.verdict, SanctionsCheck.verdict, HoldCheck.verdict,
    ].reduce(view.common) { $0.joined(with: $1(withdrawal, view)) }
  }

  /// The withdrawals at `turn`, in the order of their numbers.
  func withdrawals(_ turn: OpenWithdrawals.Turn) -> [Withdrawal] {
    open.numbers(turn).compactMap(exchange.withdrawal)
  }

  /// Returns a release that counts already; its caller has it written.
  private func release(_ withdrawal: Withdrawal) -> Command {
    if record.released[withdrawal.id.raw] == nil {
      record.gather(
        .released(
          withdrawal: withdrawal.id.raw, account: withdrawal.account.raw,
          amount: withdrawal.amount.units, address: withdrawal.address), at: now)
    }
    if record.customerKeys[withdrawal.account.raw] == nil,
      let key = evidence.word(for: withdrawal, exchange)?.key
    {
      record.gather(.customerKey(account: withdrawal.account.raw, key: key), at: now)
    }
    // The journal keeps the guard's word, not a permit: the customer can still take the withdrawal
    // back, and whoever reads the journal and reaches the signers must not be paid all the same.
    let word = signedRelease(withdrawal, expiresAtMilliseconds: 0)
    return .guardReleased(withdrawal: withdrawal.id, release: word.bytes)
  }

  /// Returns a release that is in force from now on, for a request to a signer: what it is for is
  /// being built, and can no longer be taken back. Signers check its time; giving a newer one for the
  /// same withdrawal allows nothing more.
  func signedRelease(_ withdrawal: Withdrawal) -> Signed<Release> {
    signedRelease(
      withdrawal,
      expiresAtMilliseconds: now.milliseconds + policy.releaseValidityMilliseconds)
  }

  private func signedRelease(
    _ withdrawal: Withdrawal, expiresAtMilliseconds: Int64
  ) -> Signed<Release> {
    let asset = exchange.asset(withdrawal.asset)
    let release = Release(
      withdrawal: withdrawal.id.raw, account: withdrawal.account.raw,
      asset: asset?.code ?? "", chain: asset?.chain ?? "", address: withdrawal.address,
      amountUnits: withdrawal.amount.units, maximumNetworkFeeUnits: withdrawal.fee.units,
      releasedAtMilliseconds: now.milliseconds,
      expiresAtMilliseconds: expiresAtMilliseconds, policy: record.policies.newest.name)
    do { return try Signed(release, by: key) } catch {
      preconditionFailure("an open key signs: \(error)")
    }
  }

  static func outpoint(_ place: ChainOutpoint) -> Outpoint? {
    TransactionID(bytes: place.transaction).map {
      Outpoint(transaction: $0, index: place.index)
    }
  }
}
