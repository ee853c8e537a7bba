import Ledger
public import Money
import Structures

// Coins on their way to cold storage and back.

extension Exchange {
  /// Begins to count a cold wallet's coins, or changes what moving them may cost.
  mutating func coldWallet(_ wallet: ColdWallet, _ emit: (Event) -> Void) throws(Refusal) {
    guard bitcoin != nil else { throw .railMismatch }
    try wallet.descriptor.require(1...16_384, bytesFor: "descriptor")
    guard wallet.maximumFee >= .zero, wallet.maximumFee <= Self.everySatoshi else {
      throw .malformed(field: "maximumFee", problem: "is out of range; allowed 0 to all coins")
    }
    guard wallet.descriptor != configuration?.walletDescriptor else {
      throw .coldStorage("the cold wallet is the hot one")
    }
    if let known = cold.wallet, known.descriptor != wallet.descriptor {
      throw .coldStorage("another cold wallet's coins are in the books")
    }
    cold.wallet = wallet
    emit(.coldWallet(wallet))
  }

  /// Makes cold addresses known to which coins may be sent.
  mutating func registerColdBatch(_ batch: ColdBatch, _ emit: (Event) -> Void) throws(Refusal) {
    guard cold.wallet != nil else { throw .coldStorage("there is no cold wallet") }
    if let problem = cold.problem(of: batch) { throw .coldStorage(problem) }
    cold.add(batch)
    emit(.coldBatch(batch))
  }

  /// Takes the guard's plan for the hot wallet: opens a request for a refill, changes its amount, or
  /// takes it back.
  mutating func planFloat(_ plan: FloatPlan, _ emit: (Event) -> Void) throws(Refusal) {
    guard let asset = bitcoin, cold.wallet != nil else {
      throw .coldStorage("there is no cold wallet")
    }
    guard plan.targetBasisPoints <= plan.usualTargetBasisPoints,
      plan.usualTargetBasisPoints <= 10_000, plan.lowBasisPoints <= 10_000,
      plan.highBasisPoints >= 10_000
    else { throw .malformed(field: "plan", problem: "is not low ≤ target ≤ high") }
    if let need = plan.refill {
      guard need.amount > .zero, need.missing >= .zero, need.amount <= Self.everySatoshi,
        need.missing <= Self.everySatoshi
      else { throw .malformed(field: "refill", problem: "is out of range; allowed 1 to all coins") }
    }
    cold.plan = plan
    if var open = cold.refill, open.state == .open {
      guard open.need != plan.refill else { return }
      if let need = plan.refill { open.need = need } else { open.state = .withdrawn }
      set(open, emit)
    } else if let need = plan.refill {
      guard chain.nextChangeIndex < 1 << 31 else {
        throw .coldStorage("no change position is left")
      }
      set(
        Refill(
          number: (cold.refill?.number ?? 0) + 1, need: need, changeIndex: chain.nextChangeIndex,
          requestedAt: time, updatedAt: time, state: .open), emit)
      chain.nextChangeIndex += 1
    }
    announceRefill(of: asset, emit)
  }

  /// Takes a request back whose place belongs to a wallet that another has replaced.
  mutating func withdrawRefill(_ emit: (Event) -> Void) {
    guard var open = openRefill, let asset = bitcoin else { return }
    open.state = .withdrawn
    set(open, emit)
    announceRefill(of: asset, emit)
  }

  private mutating func set(_ refill: Refill, _ emit: (Event) -> Void) {
    var moved = refill
    moved.updatedAt = time
    cold.refill = moved
    emit(.refill(moved))
  }

  /// Says publicly what withdrawals wait for.
  private mutating func announceRefill(of asset: AssetID, _ emit: (Event) -> Void) {
    let missing = openRefill?.need.missing ?? .zero
    if missing > .zero {
      suspend(asset, .refillAwaited(missing: missing), closes: false, emit)
    } else {
      resume(asset, like: .refillAwaited(missing: .zero), emit)
    }
  }

  // MARK: The chain

  /// Whether coins of the script are brought over by people, and never by a payout: those in cold
  /// storage, and those of wallets whose place another has taken.
  private func isMovedByPeople(_ script: ScriptIndex) -> Bool {
    script.branch.isCold || isFormer(script)
  }

  /// What the network may take of one such transaction; `nil` when there are no such coins.
  private var movingFee: Amount? {
    [cold.wallet?.maximumFee, formerWallets.last?.maximumFee].compactMap(\.self).max()
  }

  /// The transactions of `block` that spend cold coins, or those of a former wallet.
  func coldSpenders(in block: ConnectBlock) -> Set<[UInt8]> {
    guard movingFee != nil else { return [] }
    let made = Set(block.received.filter { isMovedByPeople($0.script) }.map(\.outpoint))
    return Set(
      block.spent.filter { spent in
        withdrawals.payout(spent.by) == nil
          && (made.contains(spent.outpoint)
            || chain.outputs[spent.outpoint].map { isMovedByPeople($0.script) } == true)
      }.map(\.by))
  }

  /// Takes note of a coin; what was asked of cold storage has arrived when it comes from there to where
  /// it should go. What others send to that place ends no request.
  mutating func noteCold(
    _ received: ConnectBlock.Received, isFromCold: Bool, in point: ChainPoint,
    _ emit: (Event) -> Void
  ) {
    cold.note(received.script)
    guard isFromCold, var open = openRefill, let asset = bitcoin,
      received.script == ScriptIndex(branch: .change, index: open.changeIndex)
    else { return }
    open.state = .arrived(point, received.amount)
    set(open, emit)
    announceRefill(of: asset, emit)
  }

  /// The block at `point` is gone, and with it what arrived in it and what the house paid for it.
  mutating func forgetCold(_ point: ChainPoint, _ emit: (Event) -> Void) {
    for move in cold.moves where move.point == point {
      guard let id = bitcoin else { break }
      post(move.fromWithdrawalFees, of: id, from: .custody, to: .house(.withdrawalFees))
      post(move.fromTradingFees, of: id, from: .custody, to: .house(.tradingFees))
    }
    cold.moves.removeAll { $0.point == point }
    guard var last = cold.refill, case .arrived(point, _) = last.state, let asset = bitcoin else {
      return
    }
    last.state = .open
    set(last, emit)
    announceRefill(of: asset, emit)
  }

  /// The transactions of `block` that spend cold coins or those of a former wallet, and lose no more
  /// than the network may take; the rest came back to the hot wallet's change or to cold storage. Customers are shown the
  /// addresses of the other branch: what goes there has not come back where it was expected.
  ///
  /// - Returns: Their ids. The house pays for them once they are final.
  mutating func moveCold(in block: ConnectBlock) -> [[UInt8]] {
    guard let maximumFee = movingFee else { return [] }
    var moved: [[UInt8]] = []
    for spent in block.spent
    where chain.outputs[spent.outpoint].map({ isMovedByPeople($0.script) }) == true
      && !moved.contains(spent.by) && withdrawals.payout(spent.by) == nil
    {
      let inputs = block.spent.filter { $0.by == spent.by }.compactMap {
        chain.outputs[$0.outpoint]
      }
      guard inputs.allSatisfy({ isMovedByPeople($0.script) }) else { continue }
      let received = block.received.filter {
        $0.outpoint.transaction == spent.by && $0.script.branch != .deposit
      }
      let lost =
        inputs.reduce(Amount.zero) { $0 + $1.amount }
        - received.reduce(Amount.zero) { $0 + $1.amount }
      // More than the known coins came back: others were spent along, from before the books began.
      guard !received.isEmpty, lost <= maximumFee else { continue }
      moved.append(spent.by)
      if lost > .zero { cold.moves.append(.init(point: block.point, fee: lost)) }
    }
    return moved
  }

  /// Takes what final moves of cold coins cost from the house: from what withdrawal fees left that no
  /// open payout was promised, then from trading fees. What both do not cover stays owed, and shows in
  /// the reserves.
  mutating func payForCold() {
    guard let id = bitcoin, let asset = asset(id), !cold.moves.isEmpty else { return }
    for index in cold.moves.indices
    where chain.depth(of: cold.moves[index].point.height) >= asset.withdrawalConfirmations {
      let left = min(max(.zero, consolidationBudget(id)), cold.moves[index].fee)
      if left > .zero {
        post(left, of: id, from: .house(.withdrawalFees), to: .custody)
        cold.moves[index].fee -= left
        cold.moves[index].fromWithdrawalFees += left
      }
      let earned = box.trading.ledger.balance(of: .tradingFees, asset: Int(id.raw) - 1)
      let paid = min(earned, cold.moves[index].fee)
      if paid > .zero {
        post(paid, of: id, from: .house(.tradingFees), to: .custody)
        cold.moves[index].fee -= paid
        cold.moves[index].fromTradingFees += paid
      }
    }
    // Blocks before the oldest one that is remembered are never taken back.
    let oldest = chain.recent.first?.point.height ?? 0
    cold.moves.removeAll { $0.fee == .zero && $0.point.height < oldest }
  }

  /// What the house can pay for moves of cold coins: what it earned, less what open payouts and earlier
  /// moves were promised. A move that costs more leaves the reserves below what is owed.
  public var meansForCold: Amount {
    guard let id = bitcoin else { return .zero }
    let owed = cold.moves.reduce(Amount.zero) { $0 + $1.fee }
    return max(.zero, max(.zero, consolidationBudget(id)) + houseFees(id) - owed)
  }

  /// What the network took of cold coins in blocks that are not final yet.
  var coldInFlight: Amount {
    guard let asset = bitcoin.flatMap(asset) else { return .zero }
    return cold.moves.reduce(.zero) { sum, move in
      chain.depth(of: move.point.height) < asset.withdrawalConfirmations ? sum + move.fee : sum
    }
  }

  // MARK: Sweeps

  /// Refuses payments to addresses that are not the next ones, or above their caps.
  func admitCold(_ built: PayoutBuilt) throws(Refusal) {
    guard !built.cold.isEmpty else { return }
    guard built.withdrawals.isEmpty else {
      throw .payoutMismatch("what pays customers does not go to cold storage")
    }
    guard cold.wallet != nil, built.cold.count <= ColdRegister.paymentLimit else {
      throw .payoutMismatch("there are more than \(ColdRegister.paymentLimit) cold addresses")
    }
    var room = cold.roomInEpoch
    let usable = cold.usable
    for (position, payment) in built.cold.enumerated() {
      guard position < usable.count, payment.index == usable[position],
        let batch = cold.batch(of: payment.index)
      else {
        throw .payoutMismatch("cold address \(payment.index) is not the next one that was issued")
      }
      guard payment.amount > .zero, payment.amount <= batch.addressCap, payment.amount <= room
      else { throw .payoutMismatch("cold address \(payment.index) gets more than its caps allow") }
      room -= payment.amount
    }
  }
}

// Answers only.

extension Exchange {
  /// The cold wallet, if there is one.
  public var coldWallet: ColdWallet? { cold.wallet }
  /// Every batch of cold addresses, in the order of their numbers.
  public var coldBatches: [ColdBatch] { cold.batches }
  /// Positions of cold addresses that may be paid to now, the next one first.
  public var usableColdAddresses: [UInt32] { cold.usable }
  /// What the addresses of the current epoch may still get together.
  public var roomInColdEpoch: Amount { cold.roomInEpoch }
  /// The batch that the address at `index` belongs to.
  public func coldBatch(of index: UInt32) -> ColdBatch? { cold.batch(of: index) }
  /// The positions after the last that were used or ever got a coin, on both branches.
  public var coldEnds: (deposit: UInt32, change: UInt32) {
    (max(cold.ends.deposit, cold.nextIndex), cold.ends.change)
  }
  /// The guard's last plan for the float.
  public var floatPlan: FloatPlan? { cold.plan }
  /// The last request for a refill.
  public var lastRefill: Refill? { cold.refill }
  /// The request that nothing has answered yet.
  public var openRefill: Refill? { cold.refill.flatMap { $0.state == .open ? $0 : nil } }

  /// Coins in cold storage at the tip.
  public var coldOutputs: [OwnedOutput] {
    chain.outputs.outputs.filter { $0.script.branch.isCold }
  }

  /// What they come to, in satoshi.
  public var coldTotal: Amount { coldOutputs.reduce(.zero) { $0 + $1.amount } }

  /// What the hot wallet has for payouts, in satoshi: coins that may be spent now, and the change of
  /// payouts that no block has yet.
  public var hotFloat: Amount {
    let free = spendableOutputs.reduce(Amount.zero) { $0 + $1.amount }
    let coming = openPayouts.reduce(free) { $1.state.isInBlock ? $0 : $0 + $1.change }
    return coming - unconfirmedSpent
  }

  /// What is on its way to cold storage and in no block yet.
  public var sweepUnderWay: Amount {
    openPayouts.reduce(.zero) { sum, payout in
      payout.state.isInBlock ? sum : payout.cold.reduce(sum) { $0 + $1.amount }
    }
  }

  /// Withdrawals that wait for coins from cold storage, the oldest first.
  public var withdrawalsAwaitingRefill: [Withdrawal] {
    openWithdrawals.filter(\.awaitsRefill)
  }
}

extension Withdrawal {
  /// Whether it waits for coins from cold storage.
  public var awaitsRefill: Bool {
    if case .guardHeld(_, .awaitsRefill) = state { true } else { false }
  }
}

extension ScriptIndex.Branch {
  /// Whether its coins are in cold storage.
  public var isCold: Bool {
    switch self {
    case .deposit, .change: false
    case .cold, .coldChange: true
    }
  }
}
