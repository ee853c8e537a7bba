import Ledger
import Matching
import Money
import Structures

// The way of nearly all order commands. It says nothing new: what it does is what `accept`, `cancel`
// and `amend` do, for orders that have nothing unusual, with every record found once, reached by its
// place, and reported at once. It looks at everything first, and whatever is unusual or must be refused
// it leaves to them with nothing changed. Tests send each command both ways.

/// What became of a plain command.
enum PlainOutcome {
  case done
  /// It was left to the general way.
  case unusual
  /// The same, and there may be signals.
  case traded
}

extension Trading {
  /// Places an order. Written out for what is known of it.
  ///
  /// Its words are copied to its record and behind the last event as soon as they are known, so that few
  /// have to be remembered. Neither place is anybody's before the order is accepted.
  ///
  /// - Returns: ``PlainOutcome/unusual``, with nothing changed, when ``carryOut(_:at:into:)`` has to do it.
  @inline(__always)
  mutating func place(
    _ order: PlainPlacement, mayRest: Bool, isNamed: Bool, at time: Timestamp,
    into events: inout EventBuffer
  ) -> PlainOutcome {
    // An account that does not exist has no balances, and no order of it gets past them.
    guard let row = accounts.place(ifThere: order.account &- 1),
      let market = markets.place(ifListed: order.instrument), events.hasPlainRoom
    else { return .unusual }
    // What is refused takes time as well.
    var writer = events.beginPlain()
    writer.write(time: advance(to: time))
    let number = UInt32(truncatingIfNeeded: order.instrument &- 1)
    guard market.value.rules.takesPlainOrders, row.value.hasBalances(on: number),
      !mayRest || row.value.hasRoom(below: market.value.rules.openOrdersLimit),
      let slot = orders.next
    else { return .unusual }
    let side: Book.Side = order.isSell ? .ask : .bid
    // The notional last, right before it is used.
    guard order.size >= market.value.rules.minimumSize,
      order.size <= market.value.rules.maximumSize,
      market.value.rules.allows(order.price, side),
      let notional = market.value.rules.scale.narrowNotional(
        of: order.size, at: order.price, rounding: .up)
    else { return .unusual }
    // The largest size in base units was checked with the configuration. It is formed in any case: nobody
    // can foresee which of the two it is.
    let based = order.size * market.value.rules.lotUnits
    let record = records.place(of: slot)
    writer.write(held: order.isSell ? based : notional, in: record)
    let account = UInt32(truncatingIfNeeded: order.account &- 1)
    writer.write(
      placed: order, isNamed: isNamed, id: nextOrder, account: account,
      OrderFlags(order, selfTradeCode: row.value.selfTradeCode, market: number),
      OrderBalances(row.value.lastBalances, isSell: order.isSell), in: record,
      packedAssets: market.value.rules.packedAssets, self.time)
    // What is looked for is changed right after, so that no place has to be remembered long.
    var hash: UInt64 = 0
    var clientPlace: Place<UInt64>?
    if isNamed {
      let client = Text32(unchecked: order.client0, order.client1, 0, 0)
      hash = clientSeed.hash(account, client)
      guard
        let place = byClientID.vacancy(
          hash: hash,
          where: {
            let other = records.place(of: $0)
            return other.value.client0 == client.word0 && other.value.client1 == client.word1
              && other.value.account == account && !other.value.hasLongID
          })
      else { return .unusual }
      clientPlace = place
    }
    var idPlace: Place<UInt32>?
    if mayRest {
      guard let place = byID.vacancy(record.value.id) else { return .unusual }
      idPlace = place
    }
    let balance = ledger.place(of: record.value.spends)
    guard balance.value.available.units >= record.value.held else { return .unusual }

    // Accepted.
    balance.value.setAside(affordable: record.value.held)
    if let idPlace {
      byID.fill(idPlace, slot: slot)
      if let clientPlace { byClientID.fill(clientPlace, hash: hash, slot: slot) }
    }
    orders.take(next: slot)
    nextOrder = record.value.id &+ 1
    if mayRest {
      let newest = row.value.addOpen(slot)
      // The first order of an account has no neighbour, and is written to itself: no branch that
      // nobody can foresee.
      links.place(of: newest != 0 ? newest &- 1 : slot).value.previous = slot &+ 1
      links.place(of: slot).value = OrderLinks(next: newest, previous: 0)
    }
    guard mayRest, let level = market.value.book.knownLevel(side, at: order.price) else {
      orders.place(of: slot).value = RestingOrder(
        plain: order.price, size: order.size, owner: row.value.master)
      events.end(writer)
      ledger.noteChange(at: balance, of: record.value.spends)
      goOn(slot, into: &events)
      return .traded
    }
    let state = market.value.book.append(
      slot, size: order.size, of: row.value.master, to: level, side, at: order.price, in: orders)
    writer.write(level: side, of: number, price: order.price, state)
    writer.write(balance: balance)
    events.end(writer)
    ledger.checkConservation()
    return .done
  }

  /// The same for an order of an account that placed its last one on another market: finds its balances
  /// on this one first, and makes the one that the order brings money to.
  @inline(never)
  mutating func place(
    findingBalances order: PlainPlacement, at time: Timestamp, into events: inout EventBuffer
  ) -> PlainOutcome {
    guard order.account &- 1 < UInt64(accountCount),
      order.instrument &- 1 < UInt64(markets.count)
    else { return .unusual }
    let account = UInt32(truncatingIfNeeded: order.account &- 1)
    let market = UInt32(truncatingIfNeeded: order.instrument &- 1)
    let side: Side = order.isSell ? .sell : .buy
    guard accounts[account].balances(on: market) == nil else { return .unusual }
    var balances = findBalances(of: account, on: market)
    guard balances.spent(by: side) != .none else { return .unusual }
    let isNew = balances.received(by: side) == .none
    if isNew {
      let asset = markets[market].rules.received(by: side)
      guard let slot = ledger.reserve(account, asset: asset, in: .trading) else { return .unusual }
      if side == .buy { balances.base = slot } else { balances.quote = slot }
    }
    remember(balances, of: account, on: market)
    let outcome = place(
      order, mayRest: order.mayRest, isNamed: order.hasClientOrderID, at: time, into: &events)
    if outcome == .unusual, isNew {
      // Whether it is made at all, and when, is part of the state.
      accounts[account].forgetBalances()
      known.forget(account, on: market)
      ledger.takeBack(balances.received(by: side))
    }
    return outcome
  }

  /// The rest of a placement that may trade, or whose level has to be made.
  @inline(never)
  private mutating func goOn(_ slot: UInt32, into events: inout EventBuffer) {
    let flags = records[slot].flags
    let (size, limit) = (orders[slot].size, orders[slot].price)
    let side = flags.side.inBook
    if flags.mayRest, markets[flags.market].book.isUncrossed(side, at: limit) {
      rest(slot, on: flags.market, side, into: &events)
    } else {
      run(
        slot, flags,
        OrderPlan(size: size, hold: records[slot].held, lots: size, limit: limit),
        into: &events)
    }
    report(market: flags.market, into: &events)
  }

  /// Cancels an order.
  ///
  /// - Returns: ``PlainOutcome/unusual``, with nothing changed, when ``carryOut(cancel:of:at:into:)`` has
  ///   to do it.
  @inline(__always)
  mutating func cancel(
    plain command: PlainCancellation, at time: Timestamp, into events: inout EventBuffer
  ) -> PlainOutcome {
    guard let row = accounts.place(ifThere: command.account &- 1), events.hasPlainRoom else {
      return .unusual
    }
    let idPlace = byID.place(command.order)
    guard idPlace.value != 0 else { return .unusual }
    let slot = idPlace.value &- 1
    let account = UInt32(truncatingIfNeeded: command.account &- 1)
    let record = records.place(of: slot)
    guard record.value.id == command.order, record.value.account == account,
      record.value.isPlainAndUnwatched, !row.value.isCounted
    else { return .unusual }

    // One thing after the other, so that little has to be remembered: who could find the order, what is
    // said of it, the book, the money.
    let now = advance(to: time)
    byID.clear(idPlace)
    forgetFound(slot, record, row)

    var writer = events.beginPlain()
    writer.write(time: now)
    var flags = record.value.flags
    flags.cancel(because: .user)
    let number = flags.market
    let side = flags.side.inBook
    let market = markets.place(of: number)
    let resting = orders.place(of: slot)
    writer.write(
      .canceled, id: record.value.id, account: record.value.account, flags,
      price: resting.value.price, size: record.value.size, held: 0,
      createdAt: record.value.createdAt, client0: record.value.client0,
      client1: record.value.client1, packedAssets: market.value.rules.packedAssets, now)
    let (level, state) = market.value.book.takeOut(slot, resting, side, in: orders)
    writer.write(level: side, of: number, price: resting.value.price, state)
    let balance = ledger.place(of: record.value.spends)
    balance.value.release(record.value.held)
    writer.write(balance: balance)
    events.end(writer)
    orders.give(slot, at: resting)
    market.value.book.leave(level, state.orders, side)
    ledger.checkConservation()
    return .done
  }

  /// Moves an order to another price, at which it rests.
  ///
  /// - Returns: ``PlainOutcome/unusual``, with nothing changed, when ``carryOut(_:at:into:)`` has to do it.
  @inline(__always)
  mutating func move(
    plain command: PlainMove, at time: Timestamp, into events: inout EventBuffer
  ) -> PlainOutcome {
    guard events.hasPlainRoom, let slot = byID.guess(command.order) else { return .unusual }
    let account = UInt32(truncatingIfNeeded: command.account &- 1)
    let record = records.place(of: slot)
    guard record.value.id == command.order, UInt64(account) == command.account &- 1,
      record.value.account == account, record.value.isPlain
    else { return .unusual }
    let flags = record.value.flags
    let market = markets.place(of: flags.market)
    guard market.value.rules.takesPlainOrders else { return .unusual }
    let (isSell, side) = (flags.side == .sell, flags.side.inBook)
    let resting = orders.place(of: slot)
    let (old, price, size) = (resting.value.price, command.price, record.value.size)
    guard price != old, market.value.rules.allows(price, side),
      let level = market.value.book.knownLevel(side, at: price),
      size >= market.value.rules.minimumSize, size <= market.value.rules.maximumSize,
      let notional = market.value.rules.scale.narrowNotional(of: size, at: price, rounding: .up)
    else { return .unusual }
    let based = size * market.value.rules.lotUnits
    let needed = isSell ? based : notional
    let held = record.value.held
    let balance = ledger.place(of: record.value.spends)
    guard needed <= held || balance.value.available.units >= needed - held else { return .unusual }

    // Accepted.
    let now = advance(to: time)
    if needed > held {
      balance.value.setAside(needed - held)
    } else if needed < held {
      balance.value.setFree(held - needed)
    }
    record.value.held = needed
    beginProgress(of: slot)
    progress.place(of: slot).value.updatedAt = now
    var writer = events.beginPlain()
    writer.write(time: now)
    writer.write(
      .amended, id: command.order, account: account, flags, price: price, size: size,
      held: needed, createdAt: record.value.createdAt, client0: record.value.client0,
      client1: record.value.client1, packedAssets: market.value.rules.packedAssets, now)
    let (oldLevel, left) = market.value.book.takeOut(slot, resting, side, in: orders)
    writer.write(level: side, of: flags.market, price: old, left)
    let state = market.value.book.append(
      slot, size: size, of: resting.value.owner, to: level, side, at: price, in: orders)
    writer.write(level: side, of: flags.market, price: price, state)
    if needed != held { writer.write(balance: balance) }
    events.end(writer)
    market.value.book.leave(oldLevel, left.orders, side)
    ledger.checkConservation()
    return .done
  }
}
