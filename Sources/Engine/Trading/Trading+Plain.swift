import Ledger
import Matching
import Money
import Structures

// The way of nearly all order commands. It says nothing new: what it does is what `accept`, `cancel`
// and `amend` do, for orders that have nothing unusual, with every record found once, reached by its
// place, and reported at once. It looks at everything first, and whatever is unusual or must be refused
// it leaves to them with nothing changed. Tests send each command both ways.

extension Trading {
  /// Places an order.
  ///
  /// - Returns: `false`, with nothing changed, when ``carryOut(_:at:into:)`` has to do it.
  @inline(never)
  mutating func place(
    plain order: PlainPlacement, at time: Timestamp, into events: inout EventBuffer
  ) -> Bool {
    guard order.account &- 1 < UInt64(accountCount),
      order.instrument &- 1 < UInt64(markets.count), events.hasPlainRoom
    else { return false }
    let account = UInt32(truncatingIfNeeded: order.account &- 1)
    let number = UInt32(truncatingIfNeeded: order.instrument &- 1)
    let row = accounts.place(of: account)
    let market = markets.place(of: number)
    guard market.value.rules.state == .live, !market.value.rules.watchesLevels else { return false }
    let (isSell, price, size) = (order.isSell, order.price, order.size)
    guard size >= market.value.rules.minimumSize, size <= market.value.rules.maximumSize,
      isSell
        ? price >= market.value.rules.sellLimit : price <= market.value.rules.buyLimit,
      let ticks = Price(ticks: price),
      let notional = market.value.rules.scale.notional(of: Lots(size), at: ticks, rounding: .up),
      let balances = row.value.balances(on: number)
    else { return false }
    // The largest size in base units was checked with the configuration.
    let held = isSell ? size * market.value.rules.lotUnits : notional.units
    let (spends, receives) =
      isSell ? (balances.base, balances.quote) : (balances.quote, balances.base)
    let balance = ledger.place(of: spends)
    guard balance.value.available.units >= held else { return false }
    let id = nextOrder
    let mayRest = order.mayRest
    guard
      !mayRest
        || row.value.hasRoom(below: market.value.rules.openOrdersLimit) && byID.hasVacancy(id)
    else { return false }
    var hash: UInt64 = 0
    var vacancy: UInt32 = 0
    if order.hasClientOrderID {
      let client = Text32(unchecked: order.client0, order.client1, 0, 0)
      hash = OrderRecord.clientHash(account, client, hashKey)
      guard
        let place = byClientID.vacancy(
          hash: hash,
          where: {
            let other = records.place(of: $0)
            return other.value.client0 == client.word0 && other.value.client1 == client.word1
              && other.value.account == account && !other.value.hasLongID
          })
      else { return false }
      vacancy = place
    }
    guard let slot = orders.take() else { return false }

    // Accepted.
    nextOrder = id + 1
    balance.value.setAside(held)
    let record = records.place(of: slot)
    var newest: UInt32 = 0
    if mayRest {
      if order.hasClientOrderID { byClientID.fill(vacancy, hash: hash, slot: slot) }
      byID.fill(id, slot: slot)
      newest = row.value.addOpen(slot)
      if newest != 0 { records.place(of: newest - 1).value.previous = slot + 1 }
    }
    let flags = OrderFlags(order, selfTradeCode: row.value.selfTradeCode, market: number)
    let now = advance(to: time)
    var writer = events.beginPlain()
    writer.write(time: now)
    writer.write(
      placed: order, id: id, account: account, flags, spends: spends, receives: receives,
      held: held, newest: newest, in: record, packedAssets: market.value.rules.packedAssets, now)
    let side: Book.Side = isSell ? .ask : .bid
    let level = mayRest ? market.value.book.knownLevel(side, at: order.price) : RestingOrder.none
    guard level != RestingOrder.none else {
      orders.place(of: slot).value = RestingOrder(
        price: ticks, size: Lots(order.size), owner: row.value.master)
      events.end(writer)
      ledger.noteChange(at: balance, of: spends)
      goOn(slot, flags, order.size, limit: ticks, into: &events)
      return true
    }
    let state = market.value.book.append(
      slot, size: order.size, of: row.value.master, to: level, side, at: order.price, in: orders)
    writer.write(level: side, of: number, price: order.price, state)
    writer.write(balance: balance)
    events.end(writer)
    ledger.checkConservation()
    return true
  }

  /// The same for an order of an account that placed its last one on another market: finds its balances
  /// on this one first, and makes the one that the order brings money to.
  @inline(never)
  mutating func place(
    findingBalances order: PlainPlacement, at time: Timestamp, into events: inout EventBuffer
  ) -> Bool {
    guard order.account &- 1 < UInt64(accountCount),
      order.instrument &- 1 < UInt64(markets.count)
    else { return false }
    let account = UInt32(truncatingIfNeeded: order.account &- 1)
    let market = UInt32(truncatingIfNeeded: order.instrument &- 1)
    let side: Side = order.isSell ? .sell : .buy
    guard accounts[account].balances(on: market) == nil else { return false }
    var balances = findBalances(of: account, on: market)
    guard balances.spent(by: side) != .none else { return false }
    let isNew = balances.received(by: side) == .none
    if isNew {
      let asset = markets[market].rules.received(by: side)
      guard let slot = ledger.reserve(account, asset: asset, in: .trading) else { return false }
      if side == .buy { balances.base = slot } else { balances.quote = slot }
    }
    accounts[account].remember(balances, on: market)
    if place(plain: order, at: time, into: &events) { return true }
    if isNew {
      // Whether it is made at all, and when, is part of the state.
      accounts[account].forgetBalances()
      ledger.takeBack(balances.received(by: side))
    }
    return false
  }

  /// The rest of a placement that may trade, or whose level has to be made.
  @inline(never)
  private mutating func goOn(
    _ slot: UInt32, _ flags: OrderFlags, _ size: Int64, limit: Price,
    into events: inout EventBuffer
  ) {
    let side = flags.side.inBook
    if flags.mayRest, !markets[flags.market].book.crosses(side, at: limit) {
      rest(slot, on: flags.market, side, into: &events)
    } else {
      run(
        slot, flags,
        OrderPlan(size: size, hold: records[slot].held, lots: size, limit: limit.ticks),
        into: &events)
    }
    report(market: flags.market, into: &events)
  }

  /// Cancels an order.
  ///
  /// - Returns: `false`, with nothing changed, when ``carryOut(cancel:of:at:into:)`` has to do it.
  @inline(never)
  mutating func cancel(
    plain command: PlainCancellation, at time: Timestamp, into events: inout EventBuffer
  ) -> Bool {
    guard command.account &- 1 < UInt64(accountCount), events.hasPlainRoom,
      let slot = openSlot(command.order)
    else { return false }
    let account = UInt32(truncatingIfNeeded: command.account &- 1)
    let record = records.place(of: slot)
    guard record.value.account == account, record.value.isPlainAndUnwatched else { return false }
    let row = accounts.place(of: account)
    guard !row.value.isCounted else { return false }

    let now = advance(to: time)
    let id = command.order
    let number = record.value.flags.market
    let side = record.value.flags.side.inBook
    let market = markets.place(of: number)
    let resting = orders.place(of: slot)
    let price = resting.value.price
    let (level, state) = market.value.book.takeOut(resting, side, in: orders)
    let balance = ledger.place(of: record.value.spends)
    balance.value.setFree(record.value.cancel(because: .user))

    var writer = events.beginPlain()
    writer.write(time: now)
    writer.write(
      .canceled, id: id, account: account, record.value.flags, price: price,
      size: record.value.size, held: 0, createdAt: record.value.createdAt,
      client0: record.value.client0, client1: record.value.client1,
      packedAssets: market.value.rules.packedAssets, now)
    writer.write(level: side, of: number, price: price, state)
    writer.write(balance: balance)
    events.end(writer)

    forgetPlain(slot, record, resting, row)
    market.value.book.leave(level, state.orders, side)
    ledger.checkConservation()
    return true
  }

  /// Moves an order to another price, at which it rests.
  ///
  /// - Returns: `false`, with nothing changed, when ``carryOut(_:at:into:)`` has to do it.
  @inline(never)
  mutating func move(
    plain command: PlainMove, at time: Timestamp, into events: inout EventBuffer
  ) -> Bool {
    guard command.account &- 1 < UInt64(accountCount), events.hasPlainRoom,
      let slot = openSlot(command.order)
    else { return false }
    let account = UInt32(truncatingIfNeeded: command.account &- 1)
    let record = records.place(of: slot)
    guard record.value.account == account, record.value.isPlain else { return false }
    let flags = record.value.flags
    let market = markets.place(of: flags.market)
    guard market.value.rules.state == .live, !market.value.rules.watchesLevels else { return false }
    let (isSell, side) = (flags.side == .sell, flags.side.inBook)
    let resting = orders.place(of: slot)
    let (old, price, size) = (resting.value.price, command.price, record.value.size)
    let level = market.value.book.knownLevel(side, at: price)
    guard price != old, level != RestingOrder.none, size >= market.value.rules.minimumSize,
      size <= market.value.rules.maximumSize,
      isSell
        ? price >= market.value.rules.sellLimit : price <= market.value.rules.buyLimit,
      let ticks = Price(ticks: price),
      let notional = market.value.rules.scale.notional(of: Lots(size), at: ticks, rounding: .up)
    else { return false }
    let needed = isSell ? size * market.value.rules.lotUnits : notional.units
    let held = record.value.held
    let balance = ledger.place(of: record.value.spends)
    guard needed <= held || balance.value.available.units >= needed - held else { return false }

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
    let (oldLevel, left) = market.value.book.takeOut(resting, side, in: orders)
    writer.write(level: side, of: flags.market, price: old, left)
    let state = market.value.book.append(
      slot, size: size, of: resting.value.owner, to: level, side, at: price, in: orders)
    writer.write(level: side, of: flags.market, price: price, state)
    if needed != held { writer.write(balance: balance) }
    events.end(writer)
    market.value.book.leave(oldLevel, left.orders, side)
    ledger.checkConservation()
    return true
  }
}
