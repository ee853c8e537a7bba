import Ledger
import Matching
public import Money
import Structures
public import Wire

extension Exchange {
  /// The latest instant that the exchange works with, 9999-12-31, so that adding a wait cannot wrap.
  static var endOfTime: Timestamp { Timestamp(milliseconds: 253_402_300_799_999) }

  /// Does what fell due by `time`, then carries out `command`, and says through `emit` what happened.
  /// See ``apply(_:at:into:)``, which it calls.
  public mutating func apply(_ command: Command, at time: Timestamp, emit: (Event) -> Void) {
    var events = EventBuffer(capacity: 256)
    apply(command, at: time, into: &events)
    for event in events.events() { emit(event) }
  }

  /// Does what fell due by `time`, then carries out `command`, and writes what happened.
  ///
  /// A command that cannot be carried out changes nothing and leaves `.refused` with the reason.
  ///
  /// - Parameter time: When the command was accepted into the journal. A time before the last one
  ///   counts as the last one.
  public mutating func apply(
    _ command: Command, at time: Timestamp, into events: inout EventBuffer
  ) {
    prepare(for: time, &events)
    switch command {
    case .placeOrder(let request):
      var request = PlaceRequest(request)
      box.trading.carryOut(&request, at: time, into: &events)
      followOrder(into: &events)
    case .cancelOrder(let account, let order):
      box.trading.carryOut(cancel: OrderName(order), of: account.raw, at: time, into: &events)
      followOrder(into: &events)
    case .amendOrder(let request):
      box.trading.carryOut(AmendRequest(request), at: time, into: &events)
      followOrder(into: &events)
    default:
      box.trading.begin(at: time, into: &events)
      do throws(Refusal) {
        if try !carryOut(trading: command, into: &events) {
          try carryOut(command) { events.append($0) }
        }
      } catch {
        events.append(.refused(error))
      }
      finish(into: &events)
    }
  }

  /// Carries out the commands that trade, other than plain orders; `false` when it is none of them.
  private mutating func carryOut(
    trading command: Command, into events: inout EventBuffer
  ) throws(Refusal) -> Bool {
    guard configuration != nil else { return false }
    switch command {
    case .placeOrderWithAlgos(let order, let attached):
      try placeOrder(order, attaching: attached, into: &events)
    case .cancelOrders(let account, let instrument, let side):
      try cancelOrders(of: account, on: instrument, side, into: &events)
    case .cancelAllAfter(let account, let milliseconds, let tag):
      try cancelAllAfter(milliseconds, of: account, tag: tag, into: &events)
    case .placeAlgo(let algo): try placeAlgo(algo, into: &events)
    case .cancelAlgo(let account, let algo): try cancelAlgo(algo, of: account, into: &events)
    case .amendAlgo(let algo): try amendAlgo(algo, into: &events)
    case .setInstrumentState(let operatorName, let instrument, let state):
      try setState(state, of: instrument, by: operatorName, into: &events)
    default: return false
    }
    return true
  }

  /// Does the same with a command in its canonical bytes, and nothing else, as the journal has it.
  /// Orders are read where they lie.
  ///
  /// - Throws: ``WireError``, with nothing changed, when the bytes are not one command.
  public mutating func apply(
    record bytes: Span<UInt8>, at time: Timestamp, into events: inout EventBuffer
  ) throws(WireError) {
    unshare()
    var trading = box.place
    if let words = PlainWords(bytes),
      carryOut(plain: words, at: time, on: &trading, into: &events)
    {
      return
    }
    try apply(unusual: bytes, at: time, isPrepared: false, into: &events)
  }

  /// Carries out a plain command; `false`, with nothing done, when it is another one, or none.
  ///
  /// - Parameter trading: The place in the box, of which the caller has made sure that nobody else has
  ///   it; afterwards where it is then.
  @inline(__always)
  mutating func carryOut(
    plain words: PlainWords, at time: Timestamp, on trading: inout Place<Trading>,
    into events: inout EventBuffer
  ) -> Bool {
    if let order = PlainPlacement(namedToRest: words) {
      doWhatIsDue(by: time, &trading, &events)
      let outcome = trading.placeNamed(order, at: time, into: &events)
      if outcome != .done {
        follow(outcome, order, at: time, trading, into: &events)
        trading = box.place
      }
    } else if let command = PlainCancellation(words) {
      doWhatIsDue(by: time, &trading, &events)
      let outcome = trading.cancel(command, at: time, into: &events)
      if outcome != .done {
        follow(outcome, command.bytes, at: time, trading, into: &events)
        trading = box.place
      }
    } else if let command = PlainMove(words) {
      doWhatIsDue(by: time, &trading, &events)
      let outcome = trading.move(command, at: time, into: &events)
      if outcome != .done {
        follow(outcome, command.bytes, at: time, trading, into: &events)
        trading = box.place
      }
    } else if let order = PlainPlacement(words) {
      doWhatIsDue(by: time, &trading, &events)
      let outcome =
        order.mayRest
        ? trading.placeNameless(order, at: time, into: &events)
        : trading.placeAtOnce(order, at: time, into: &events)
      if outcome != .done {
        follow(outcome, order, at: time, trading, into: &events)
        trading = box.place
      }
    } else {
      return false
    }
    return true
  }

  /// Does what a placement left to do: an account that placed its last order on another market only has to
  /// have its balances found.
  @inline(never)
  private mutating func follow(
    _ outcome: PlainOutcome, _ order: PlainPlacement, at time: Timestamp,
    _ trading: Place<Trading>, into events: inout EventBuffer
  ) {
    let outcome =
      outcome == .unusual
      ? trading.value.place(findingBalances: order, at: time, into: &events) : outcome
    if outcome != .done { follow(outcome, order.bytes, at: time, trading, into: &events) }
  }

  /// Does what a plain command left to do.
  @inline(never)
  private mutating func follow(
    _ outcome: PlainOutcome, _ bytes: PlainBytes, at time: Timestamp,
    _ trading: Place<Trading>, into events: inout EventBuffer
  ) {
    guard outcome == .unusual else { return followOrder(into: &events) }
    bytes.with { bytes throws(WireError) in
      try apply(unusual: bytes, at: time, isPrepared: true, into: &events)
    }
  }

  /// The same for a command that is not plain, or that something is unusual about.
  ///
  /// - Parameter isPrepared: Whether ``prepare(for:_:)`` was called; the bytes are a command then.
  @inline(never)
  mutating func apply(
    unusual bytes: Span<UInt8>, at time: Timestamp, isPrepared: Bool,
    into events: inout EventBuffer
  ) throws(WireError) {
    guard bytes.count > 0 else { throw .truncated(at: 0) }
    switch bytes[0] {
    case OrderCommandHeader.place:
      let words = try OrderCommandReader(bytes, ofCommand: OrderCommandHeader.place)
      var request = try PlaceRequest(words)
      if !isPrepared { prepare(for: time, &events) }
      box.trading.carryOut(&request, at: time, into: &events)
      followOrder(into: &events)
    case OrderCommandHeader.cancel:
      var words = try OrderCommandReader(bytes, ofCommand: OrderCommandHeader.cancel)
      let (account, order) = try words.cancellation()
      if !isPrepared { prepare(for: time, &events) }
      box.trading.carryOut(cancel: order, of: account, at: time, into: &events)
      followOrder(into: &events)
    case OrderCommandHeader.amend:
      var words = try OrderCommandReader(bytes, ofCommand: OrderCommandHeader.amend)
      let request = try words.amendment()
      if !isPrepared { prepare(for: time, &events) }
      box.trading.carryOut(request, at: time, into: &events)
      followOrder(into: &events)
    default:
      var reader = ByteReader(bytes.indices.map { bytes[$0] })
      let command = try Command(from: &reader)
      try reader.finish()
      apply(command, at: time, into: &events)
    }
  }

  /// Makes sure that nobody else sees the changes, and does what fell due by `time`.
  @inline(__always)
  private mutating func prepare(for time: Timestamp, _ events: inout EventBuffer) {
    unshare()
    if nextDue <= time.milliseconds { doWhatFellDue(by: time, into: &events) }
  }

  @inline(__always)
  private mutating func doWhatIsDue(
    by time: Timestamp, _ trading: inout Place<Trading>, _ events: inout EventBuffer
  ) {
    guard nextDue <= time.milliseconds else { return }
    doWhatFellDue(by: time, into: &events)
    trading = box.place
  }

  private mutating func carryOut(_ command: Command, _ emit: (Event) -> Void) throws(Refusal) {
    if case .configure(let configuration) = command {
      return try configure(configuration, emit)
    }
    if case .keyHashes(let key) = command { return try keyHashes(key) }
    guard configuration != nil else { throw .notConfigured }
    switch command {
    case .configure, .keyHashes, .tick: break
    case .openAccount(let name): try openAccount(name: name, emit)
    case .createAPIKey(let key, let account, let label, let permissions, let sealed):
      try createAPIKey(
        APIKey(
          key: key, account: account, label: label, permissions: permissions, sealed: sealed,
          createdAt: time), emit)
    case .revokeAPIKey(let key): try revokeAPIKey(key, emit)
    case .enrolSigningKey(let account, let publicKey, let proof):
      try enrolSigningKey(account, publicKey: publicKey, proof: proof, emit)
    case .addAddress(let request): try addAddress(request, emit)
    case .removeAddress(let account, let entry): try removeAddress(entry, of: account, emit)
    case .transfer(let account, let asset, let amount, let from, let to):
      try transfer(amount, of: asset, account: account, from: from, to: to, emit)
    case .placeOrder, .cancelOrder, .amendOrder, .placeOrderWithAlgos, .cancelOrders,
      .cancelAllAfter, .placeAlgo, .cancelAlgo, .amendAlgo, .setInstrumentState:
      preconditionFailure("what trades does not come this way")
    case .setSelfTradePrevention(let account, let mode):
      try setSelfTradePrevention(mode, of: account, emit)
    case .setFeeTier(let operatorName, let account, let tier):
      try setFeeTier(tier, of: account, by: operatorName, emit)
    case .openSubaccount(let master, let name): try openSubaccount(name: name, of: master, emit)
    case .transferBetween(let transfer): try transferBetween(transfer, emit)
    case .proposeAdjustment(let proposal): try proposeAdjustment(proposal, emit)
    case .decideAdjustment(let decision): try decideAdjustment(decision, emit)
    case .assignDepositAddress(let account, let asset, let index, let address):
      try assignDepositAddress(address, index: index, asset: asset, to: account, emit)
    case .attestReceipt(let receipt): try attestReceipt(receipt, emit)
    case .depositSeen(let outpoint, let script, let amount):
      try depositSeen(outpoint, script: script, amount: amount, emit)
    case .connectBlock(let block): try connectBlock(block, emit)
    case .disconnectBlock(let point): try disconnectBlock(point, emit)
    case .requestWithdrawal(let request): try requestWithdrawal(request, emit)
    case .cancelWithdrawal(let account, let id): try cancelWithdrawal(id, of: account, emit)
    case .reviewWithdrawal(let review): try reviewWithdrawal(review, emit)
    case .guardHeld(let id, let until, let reason):
      try guardHeld(id, until: until, reason: reason, emit)
    case .guardRefused(let id, let reason): try guardRefused(id, reason: reason, emit)
    case .guardReleased(let id, let release): try guardReleased(id, release: release, emit)
    case .payoutBuilt(let payout): try payoutBuilt(payout, emit)
    case .payoutSigned(let id, let transaction):
      try payoutSigned(id, transaction: transaction, emit)
    case .payoutReplaced(let id, let payout): try payoutReplaced(id, by: payout, emit)
    case .payoutLost(let id, let loss): try payoutLost(id, loss, emit)
    case .coldWallet(let wallet): try coldWallet(wallet, emit)
    case .registerColdBatch(let batch): try registerColdBatch(batch, emit)
    case .planFloat(let plan): try planFloat(plan, emit)
    case .guardReported(let report): try guardReported(report, emit)
    case .reservesObserved(let asset, let point, let onChain):
      try reservesObserved(asset, at: point, onChain: onChain, emit)
    case .chainJudged(let asset, let problem): try chainJudged(asset, problem: problem, emit)
    case .keyHoldersReported(let report): try keyHoldersReported(report, emit)
    case .decideService(let decision): try decideService(decision, emit)
    case .reopeningChecked(let check): try reopeningChecked(check, emit)
    case .rotateWallet(let rotation): try rotateWallet(rotation, emit)
    case .setContact(let account, let contact): try setContact(contact, of: account, emit)
    case .noticeGiven(let notice): try noticeGiven(notice, emit)
    case .cancelChange(let cancel): try cancelChange(cancel, emit)
    case .endHold(let end): try endHold(end, emit)
    }
  }
}
