import Bitcoin
import Descriptors
public import Engine
import Journal
import Money
public import SignerProtocol
import Statements
import Structures

extension GuardCore {
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
      try? policy.descriptor.script(branch: 0, index: $0).scriptPubKey
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

  /// Whether somebody waits for the reserves to be looked at, at a block not looked at yet.
  public var wantsReserves: Bool {
    isCaughtUp && halted == nil && reserves?.at != exchange.tip && exchange.tip != nil
      && exchange.openWithdrawals.contains { $0.state.isForGuard }
  }

  /// Returns the guard's decisions that the online server does not know yet.
  ///
  /// - Parameter signers: Those that answer; nothing is released beyond what they let go.
  public func decide(signers: [SignerStatus]) throws(GuardError) -> [Command] {
    guard halted == nil, isCaughtUp else { return [] }
    var commands = stopForeignReleases() + stopForgeries()
    var capacity = capacity(of: signers)
    capacity?.budget -= promised
    for withdrawal in exchange.openWithdrawals where withdrawal.state.isForGuard {
      var verdict = verdict(on: withdrawal)
      if verdict == .release, let hold = capacity?.take(withdrawal, at: now) { verdict = hold }
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
          commands.append(try release(withdrawal))
        }
      }
    }
    return commands
  }

  /// What the journal calls released without this guard's doing is taken back.
  private func stopForeignReleases() -> [Command] {
    exchange.openWithdrawals.filter {
      $0.state == .released && record.released[$0.id.raw] == nil
        && !isGiving(.withdrawal($0.id))
    }.map {
      .guardRefused(withdrawal: $0.id, reason: "it was released without the guard")
    }
  }

  /// What still waits for time or people is not judged yet, but a destination that is forged is
  /// forged already: the attempt ends at once, and is seen at once.
  private func stopForgeries() -> [Command] {
    let view = view
    return exchange.openWithdrawals.filter(\.state.isBeforeGuard).compactMap { withdrawal in
      let verdict = AddressCheck.verdict(on: withdrawal, in: view)
        .joined(with: CustomerKeyCheck.verdict(on: withdrawal, in: view))
      guard case .refuse(let reason) = verdict, !isGiving(.withdrawal(withdrawal.id)) else {
        return nil
      }
      return .guardRefused(withdrawal: withdrawal.id, reason: reason)
    }
  }

  /// What the checks may look at now.
  private var view: GuardView {
    GuardView(
      exchange: exchange, record: record, evidence: evidence, reserves: reserves, policy: policy,
      now: now)
  }

  /// Returns the strictest verdict of all checks.
  func verdict(on withdrawal: Withdrawal) -> GuardVerdict {
    let view = view
    return [
      AddressCheck.verdict, CustomerKeyCheck.verdict, ReviewCheck.verdict,
      DuplicateReleaseCheck.verdict,
      DelayCheck.verdict, LimitCheck.verdict, SolvencyCheck.verdict, ServiceCheck.verdict,
    ].reduce(.release) { $0.joined(with: $1(withdrawal, view)) }
  }

  private func release(_ withdrawal: Withdrawal) throws(GuardError) -> Command {
    if record.released[withdrawal.id.raw] == nil {
      try remember(
        .released(
          withdrawal: withdrawal.id.raw, account: withdrawal.account.raw,
          amount: withdrawal.amount.units, address: withdrawal.address))
    }
    if record.customerKeys[withdrawal.account.raw] == nil,
      let key = evidence.entries[withdrawal.entry]?.signingKey
    {
      try remember(.customerKey(account: withdrawal.account.raw, key: key))
    }
    return .guardReleased(withdrawal: withdrawal.id, release: signedRelease(withdrawal).bytes)
  }

  /// Returns a release that is in force from now on. Signers check its time; giving a newer one for
  /// the same withdrawal allows nothing more.
  func signedRelease(_ withdrawal: Withdrawal) -> Signed<Release> {
    let asset = exchange.asset(withdrawal.asset)
    let release = Release(
      withdrawal: withdrawal.id.raw, account: withdrawal.account.raw,
      asset: asset?.code ?? "", chain: asset?.chain ?? "", address: withdrawal.address,
      amountUnits: withdrawal.amount.units, maximumNetworkFeeUnits: withdrawal.fee.units,
      releasedAtMilliseconds: now.milliseconds,
      expiresAtMilliseconds: now.milliseconds + policy.releaseValidityMilliseconds)
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

extension Withdrawal.State {
  /// Whether it still waits for time or people.
  var isBeforeGuard: Bool {
    switch self {
    case .delayed, .inReview: true
    case .approved, .guardHeld, .released, .building, .broadcast, .mined, .confirmed, .refused,
      .canceled:
      false
    }
  }

  /// Whether it is the guard's turn.
  var isForGuard: Bool {
    switch self {
    case .approved, .guardHeld: true
    case .delayed, .inReview, .released, .building, .broadcast, .mined, .confirmed, .refused,
      .canceled:
      false
    }
  }
}
