import Engine
import Matching
import Money
import Structures

// Sub-accounts, modes, tiers, mass cancels and timers of the model.

extension ModelExchange {
  /// Starts a countdown after which orders are canceled.
  struct Timer: Hashable, Sendable {
    var account: AccountID
    var tag: OrderTag
  }

  func requireOperator(_ name: String) throws(Refusal) {
    guard configuration?.operators.contains(where: { $0.name == name }) == true else {
      throw .unknownOperator
    }
  }

  private func account(_ id: AccountID) throws(Refusal) -> Account {
    try requireAccount(id)
    return accounts[Int(id.raw) - 1]
  }

  /// Whose orders do not trade with the account's.
  func owner(of account: AccountID) -> AccountID {
    accounts[Int(account.raw) - 1].master ?? account
  }

  /// What happens when an order meets one of its owner.
  func selfTrade(_ request: PlaceOrder) -> SelfTradePrevention {
    request.selfTrade ?? accounts[Int(request.account.raw) - 1].selfTrade
  }

  /// What an account pays on a market, as maker and as taker, in millionths.
  func rates(_ account: AccountID, _ instrument: Instrument) -> (maker: Int64, taker: Int64) {
    let tier = Int(accounts[Int(account.raw) - 1].feeTier)
    guard tier > 0, !instrument.feeTiers.isEmpty else {
      return (instrument.makerFeePPM, instrument.takerFeePPM)
    }
    let rates = instrument.feeTiers[min(tier, instrument.feeTiers.count) - 1]
    return (rates.makerPPM, rates.takerPPM)
  }

  mutating func openSubaccount(of master: AccountID, _ name: String) throws(Refusal) {
    guard try account(master).master == nil else { throw .onlyMaster }
    guard accounts.count(where: { $0.master == master }) < 20 else {
      throw .malformed(field: "subAcct", problem: "the master has 20 sub-accounts, the most")
    }
    try open(name, of: master)
  }

  /// Opens an account, or a sub-account of `master`.
  mutating func open(_ name: String, of master: AccountID?) throws(Refusal) {
    guard (1...64).contains(name.utf8.count) else {
      throw .malformed(
        field: "name", problem: "has \(name.utf8.count) bytes; allowed 1 to 64")
    }
    guard !accounts.contains(where: { $0.name == name }) else { throw .duplicateName(name) }
    guard let capacity = configuration?.capacity.accounts, accounts.count < capacity else {
      throw .full(.accounts)
    }
    let account = Account(
      id: AccountID(UInt64(accounts.count) + 1), name: name, openedAt: time, master: master)
    accounts.append(account)
    outcome.events.append(.accountOpened(account))
  }

  mutating func set(
    selfTrade: SelfTradePrevention, of id: AccountID
  ) throws(Refusal) {
    var account = try account(id)
    account.selfTrade = selfTrade
    change(account)
  }

  mutating func set(
    feeTier: UInt8, of id: AccountID, by operatorName: String
  ) throws(Refusal) {
    try requireOperator(operatorName)
    var account = try account(id)
    let tiers = configuration?.instruments.map(\.feeTiers.count).max() ?? 0
    guard Int(feeTier) <= tiers else { throw .unknownFeeTier(count: tiers + 1) }
    account.feeTier = feeTier
    change(account)
  }

  private mutating func change(_ account: Account) {
    accounts[Int(account.id.raw) - 1] = account
    outcome.events.append(.accountChanged(account))
  }

  /// Money moves at once between accounts of one master.
  mutating func transfer(_ transfer: TransferBetween) throws(Refusal) {
    let (from, to) = (try account(transfer.from), try account(transfer.to))
    guard asset(transfer.asset) != nil else { throw .unknownAsset }
    guard from.id != to.id else { throw .sameAccount }
    guard from.master ?? from.id == to.master ?? to.id else { throw .notSameMaster }
    let amount = transfer.amount.units
    guard amount > 0 else { throw .amountNotPositive }
    let source = purse(from.id, transfer.asset, transfer.fromWallet)
    let destination = purse(to.id, transfer.asset, transfer.toWallet)
    try requireFunds(amount, in: source)
    try reserve(destination)
    change(source, available: -amount)
    change(destination, available: amount)
    outcome.events.append(.transferredBetween(transfer))
    bill(source, -amount, .subaccountOut, for: to.id.raw)
    bill(destination, amount, .subaccountIn, for: from.id.raw)
  }

  // MARK: Many orders at once

  mutating func cancelOrders(
    of account: AccountID, on market: InstrumentID?, _ side: Side?
  ) throws(Refusal) {
    try requireAccount(account)
    if let market { guard instrument(market) != nil else { throw .unknownInstrument } }
    for order in openOrders(of: account)
    where (market == nil || order.instrument == market) && (side == nil || order.side == side) {
      close(order.id, because: .user)
    }
  }

  mutating func cancelAllAfter(
    _ milliseconds: Int64, of account: AccountID, tag: OrderTag
  ) throws(Refusal) {
    try requireAccount(account)
    try requireAlphanumeric("\(tag)", upTo: 16, "tag")
    guard milliseconds == 0 || milliseconds >= 10_000 && milliseconds <= 120_000 else {
      throw .timerOutOfRange(minimum: 10_000, maximum: 120_000)
    }
    let timer = Timer(account: account, tag: tag)
    let others = timers.keys.count { $0.account == account && $0.tag != tag }
    guard milliseconds == 0 || others < 100 else { throw .tooManyTimers(limit: 100) }
    timers[timer] = milliseconds == 0 ? nil : time.advanced(byMilliseconds: milliseconds)
    outcome.events.append(.cancelAllAfter(account: account, tag: tag, at: timers[timer]))
  }

  /// Cancels what timers that ran out say, the one that ran out first leading.
  mutating func runTimers() {
    let due = timers.filter { $0.value <= time }.sorted {
      ($0.value, $0.key.account, "\($0.key.tag)") < ($1.value, $1.key.account, "\($1.key.tag)")
    }
    for (timer, _) in due {
      timers[timer] = nil
      outcome.events.append(.cancelAllAfter(account: timer.account, tag: timer.tag, at: nil))
      for order in openOrders(of: timer.account) where timer.tag.isEmpty || order.tag == timer.tag {
        close(order.id, because: .cancelAllAfter)
      }
    }
    outcome.hasEarlierReports = !due.isEmpty
  }
}
