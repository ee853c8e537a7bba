public import Money
public import Structures

// Every movement of money. Each debits one place and credits another; a debit that its place does
// not cover stops the process, since the caller has checked that it does.

extension Ledger {
  /// Sets `amount` of the free money in `slot` aside.
  @inlinable @inline(__always)
  public mutating func hold(_ amount: Amount, at slot: UInt32) {
    if slots[slot].move(fromFree: amount.units) { list(slot) }
  }

  /// Frees `amount` of what is set aside in `slot`.
  @inlinable @inline(__always)
  public mutating func release(_ amount: Amount, at slot: UInt32) {
    if slots[slot].move(fromAside: amount.units) { list(slot) }
  }

  /// Pays `units` from what is set aside at `source` into the free money at `destination`, of the same
  /// asset. The caller reports both.
  @inlinable @inline(__always)
  package mutating func settle(
    _ units: Int64, from source: Place<BalanceSlot>, to destination: Place<BalanceSlot>
  ) {
    let asset = source.value.assetNumber
    precondition(
      units >= 0 && asset == destination.value.assetNumber, "a posting moves one asset one way")
    // What customers have together stays what it was.
    source.value.takeAside(units)
    destination.value.addFree(units)
  }

  /// Takes `units` of the free money at `place` for the house. The caller reports it.
  @inlinable @inline(__always)
  package mutating func charge(
    _ units: Int64, at place: Place<BalanceSlot>, for account: HouseAccount
  ) {
    precondition(units >= 0, "a posting moves money one way")
    place.value.takeFree(units)
    moveToHouse(account, place.value.assetNumber, units)
  }

  /// Pays `units` of the house's money into the free money at `place`. The caller reports it.
  @inlinable @inline(__always)
  package mutating func grant(
    _ units: Int64, from account: HouseAccount, at place: Place<BalanceSlot>
  ) {
    precondition(units >= 0, "a posting moves money one way")
    place.value.addFree(units)
    moveToHouse(account, place.value.assetNumber, -units)
  }

  /// Takes `units` off customers' balances and adds them to one of the house.
  @inlinable @inline(__always)
  mutating func moveToHouse(_ account: HouseAccount, _ asset: UInt16, _ units: Int64) {
    let balance = house.place(of: Self.houseIndex(account, Int(asset)))
    // A sum that wrapped would be negative, and neither total has more than the asset's ceiling.
    let after = balance.value &+ units
    precondition(after >= 0, "a house account would go below zero")
    balance.value = after
    let totals = totals.place(of: UInt32(asset))
    totals.value.customers &-= units
    totals.value.house &+= units
    noteChange(of: asset)
  }

  @inlinable @inline(__always)
  mutating func noteChange(of asset: UInt16) { changedAssets |= 1 &<< UInt64(asset & 63) }

  /// Books one movement between any two accounts. A customer's slot is made when it is new; the
  /// caller has checked that there is room.
  public mutating func post(_ posting: Posting) {
    precondition(posting.amount >= .zero, "a posting moves money one way")
    change(posting.source, posting.asset, by: -posting.amount.units)
    change(posting.destination, posting.asset, by: posting.amount.units)
  }

  /// Stops the process unless customers and house together have exactly what is in custody, for
  /// every asset that changed since the last check.
  @inlinable @inline(__always)
  public mutating func checkConservation() {
    if changedAssets != 0 { checkChangedAssets() }
  }

  /// Out of the way of commands that move money only between what is free and what is set aside.
  @usableFromInline @inline(never)
  mutating func checkChangedAssets() {
    let count = UInt32(truncatingIfNeeded: assetCount)
    var left = changedAssets
    changedAssets = 0
    while left != 0 {
      var asset = UInt32(truncatingIfNeeded: left.trailingZeroBitCount)
      left &= left &- 1
      while asset < count {
        precondition(
          totals.place(of: asset).value.isConserved,
          "money appeared or vanished: debits and credits differ")
        asset &+= 64
      }
    }
  }

  // MARK: One side of a movement

  /// Adds `change` to what `account` has. For custody the sign turns: what leaves custody towards
  /// a customer's balance is a coin that arrived.
  private mutating func change(_ account: LedgerAccount, _ asset: Int, by change: Int64) {
    switch account {
    case .customer(let customer, let pocket):
      guard let slot = reserve(UInt32(customer), asset: asset, in: pocket.wallet) else {
        preconditionFailure("the caller has checked that the ledger has room")
      }
      switch (pocket.isHeld, change < 0) {
      case (false, false): creditFree(change, at: slot)
      case (false, true): debitFree(-change, at: slot)
      case (true, false):
        if slots[slot].changeAside(by: change) { list(slot) }
        changeCustomers(asset, by: change)
      case (true, true): debitHeld(-change, at: slot)
      }
    case .house(let account): changeHouse(account, asset, by: change)
    case .custody:
      let after = totals[UInt32(asset)].custody - change
      precondition(after >= 0 && after <= Self.ceiling.units, "custody left its range")
      totals[UInt32(asset)].custody = after
      changedAssets |= 1 << UInt64(asset & 63)
    }
  }

  @inlinable @inline(__always)
  mutating func creditFree(_ units: Int64, at slot: UInt32) {
    if slots[slot].changeFree(by: units) { list(slot) }
    changeCustomers(Int(slots[slot].assetNumber), by: units)
  }

  @inlinable @inline(__always)
  mutating func debitFree(_ units: Int64, at slot: UInt32) {
    if slots[slot].changeFree(by: -units) { list(slot) }
    changeCustomers(Int(slots[slot].assetNumber), by: -units)
  }

  @inlinable @inline(__always)
  mutating func debitHeld(_ units: Int64, at slot: UInt32) {
    if slots[slot].changeAside(by: -units) { list(slot) }
    changeCustomers(Int(slots[slot].assetNumber), by: -units)
  }

  @inlinable @inline(__always)
  mutating func changeCustomers(_ asset: Int, by change: Int64) {
    totals[UInt32(truncatingIfNeeded: asset)].customers += change
    changedAssets |= 1 << UInt64(truncatingIfNeeded: asset & 63)
  }

  @inlinable @inline(__always)
  mutating func changeHouse(_ account: HouseAccount, _ asset: Int, by change: Int64) {
    let index = Self.houseIndex(account, asset)
    let after = house[index] + change
    precondition(after >= 0, "a house account would go below zero")
    house[index] = after
    totals[UInt32(truncatingIfNeeded: asset)].house += change
    changedAssets |= 1 << UInt64(truncatingIfNeeded: asset & 63)
  }
}
