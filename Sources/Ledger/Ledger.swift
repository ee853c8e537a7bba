public import Money
public import Structures

/// All balances of all assets, flat: one slot for each customer, asset and wallet that was ever
/// used, found once by its key and addressed by its number from then on.
///
/// Assets and customers are counted from 0 here; the caller keeps their names. Beside the slots run
/// totals for each asset, kept by other additions than the balances themselves, so that money that
/// appears or vanishes is noticed by ``checkConservation()``.
public struct Ledger: ~Copyable, Sendable {
  /// No asset may hold more units than this, so that no sum of balances can wrap.
  public static let ceiling = Amount(units: 1 << 61)
  /// How many assets there may be.
  public static let assetLimit = 4096

  /// How many assets there are.
  public internal(set) var assetCount = 0
  /// How many slots are in use: those below this number.
  public internal(set) var slotCount: UInt32 = 0
  /// How many slots there are.
  public var capacity: UInt32 { slots.capacity }

  @usableFromInline var slots: Pool<BalanceSlot>
  var index: GrowOnlyIndex
  @usableFromInline var totals: Pool<AssetTotals>
  /// By asset, ``HouseAccount/limit`` each.
  @usableFromInline var house: Pool<Int64>
  /// The slots that changed since the last ``drainTouched(_:)``, in the order of the first change.
  @usableFromInline var touched: Pool<UInt32>
  @usableFromInline package var touchedCount: UInt32 = 0
  /// Which assets' totals changed since they were last checked: bit n for assets n, n + 64, ...
  @usableFromInline var changedAssets: UInt64 = 0
  private let inPlace = InPlace()

  /// Creates a ledger without assets and with room for `capacity` balances.
  public init(capacity: UInt32) {
    self.init(
      slots: Pool(capacity: capacity, isDense: true),
      index: GrowOnlyIndex(),
      totals: Pool(capacity: UInt32(Self.assetLimit)),
      house: Pool(capacity: UInt32(Self.assetLimit * HouseAccount.limit)),
      touched: Pool(capacity: capacity))
  }

  init(
    slots: consuming Pool<BalanceSlot>, index: consuming GrowOnlyIndex,
    totals: consuming Pool<AssetTotals>, house: consuming Pool<Int64>,
    touched: consuming Pool<UInt32>
  ) {
    self.slots = slots
    self.index = index
    self.totals = totals
    self.house = house
    self.touched = touched
  }

  /// Returns an equal ledger. Nothing may be touched.
  public func copy() -> Ledger {
    precondition(touchedCount == 0, "a ledger is copied between commands")
    var copy = Ledger(
      slots: slots.copy(first: slotCount), index: index.copy(),
      totals: totals.copy(first: UInt32(assetCount)),
      house: house.copy(first: UInt32(assetCount * HouseAccount.limit)),
      touched: Pool(capacity: slots.capacity))
    copy.assetCount = assetCount
    copy.slotCount = slotCount
    return copy
  }

  /// Appends assets until there are `count`, at most ``assetLimit``.
  public mutating func grow(toAssets count: Int) {
    precondition(count <= Self.assetLimit, "there are more assets than the ledger can name")
    assetCount = max(assetCount, count)
  }

  // MARK: Slots

  /// Returns the slot of `customer`'s `asset` in `wallet`, if it was ever used.
  public func slot(of customer: UInt32, asset: Int, in wallet: LedgerWallet) -> UInt32? {
    let key = Self.key(customer, asset, wallet)
    return index.find(hash: Mix64.hash(key)) { slots[$0].key == key }
  }

  /// Returns the slot of `customer`'s `asset` in `wallet`, making it when it is new; `nil` when no
  /// room is left.
  public mutating func reserve(
    _ customer: UInt32, asset: Int, in wallet: LedgerWallet
  ) -> UInt32? {
    let key = Self.key(customer, asset, wallet)
    let hash = Mix64.hash(key)
    if let known = index.find(hash: hash, where: { slots[$0].key == key }) { return known }
    guard slotCount < slots.capacity else { return nil }
    let slot = slotCount
    slotCount += 1
    slots[slot] = BalanceSlot(key: key)
    index.append(hash: hash, of: slots) { Mix64.hash($0.key) }
    return slot
  }

  /// Takes back the slot that was made last and has nothing.
  package mutating func takeBack(_ slot: UInt32) {
    let balance = slots[slot]
    precondition(
      slot + 1 == slotCount && balance.free == 0 && balance.aside == 0 && !balance.isTouched,
      "only the newest balance is taken back")
    index.removeLast(hash: Mix64.hash(balance.key))
    slots[slot] = BalanceSlot(key: 0)
    slotCount = slot
  }

  /// Whether no new slot can be made.
  public var isFull: Bool { slotCount == slots.capacity }

  /// The balance in `slot`.
  @inlinable public subscript(slot: UInt32) -> BalanceSlot { slots[slot] }

  /// The place of the balance in `slot`.
  @inlinable @inline(__always)
  package func place(of slot: UInt32) -> Place<BalanceSlot> { slots.place(of: slot) }

  /// Notes that the balance at `place`, which is that of `slot`, changed.
  @inlinable @inline(__always)
  package mutating func noteChange(at place: Place<BalanceSlot>, of slot: UInt32) {
    if place.value.touch() { list(slot) }
  }

  /// Asks for the balance in `slot`, if there is one, without waiting for it.
  @inlinable @inline(__always)
  public func prefetch(_ slot: UInt32) { slots.prefetch(slot) }

  /// Asks for where a balance is looked up, without waiting for it.
  public func prefetchIndex(of customer: UInt32, asset: Int, in wallet: LedgerWallet) {
    index.prefetch(hash: Mix64.hash(Self.key(customer, asset, wallet)))
  }

  /// Asks for a balance, looking it up where ``prefetchIndex(of:asset:in:)`` asked.
  public func prefetch(of customer: UInt32, asset: Int, in wallet: LedgerWallet) {
    let hash = Mix64.hash(Self.key(customer, asset, wallet))
    if let slot = index.guess(hash: hash) { slots.prefetch(slot) }
  }

  private static func key(_ customer: UInt32, _ asset: Int, _ wallet: LedgerWallet) -> UInt64 {
    BalanceSlot.key(customer, UInt16(truncatingIfNeeded: asset), wallet)
  }

  /// Calls `body` with each slot that changed since the last call, in the order of the first
  /// change.
  @inlinable @inline(__always)
  public mutating func drainTouched(_ body: (BalanceSlot) -> Void) {
    let count = touchedCount
    touchedCount = 0
    for index in 0..<count { report(touched[index], body) }
  }

  @inlinable @inline(__always)
  mutating func report(_ slot: UInt32, _ body: (BalanceSlot) -> Void) {
    let place = slots.place(of: slot)
    place.value.isTouched = false
    body(place.value)
  }

  /// Puts `slot` on the list of those to be reported.
  @inlinable @inline(__always)
  mutating func list(_ slot: UInt32) {
    touched[touchedCount] = slot
    touchedCount &+= 1
  }

  // MARK: Answers

  /// Returns what `account` of the house has of `asset`.
  public func balance(of account: HouseAccount, asset: Int) -> Amount {
    Amount(units: house[Self.houseIndex(account, asset)])
  }

  /// What the exchange holds of `asset` for customers and itself.
  public func custody(of asset: Int) -> Amount { Amount(units: totals[UInt32(asset)].custody) }

  /// What the exchange owes of `asset`: customers' balances and its own accounts.
  public func owed(of asset: Int) -> Amount {
    Amount(units: totals[UInt32(asset)].customers + totals[UInt32(asset)].house)
  }

  /// What customers together have of `asset`.
  public func customers(of asset: Int) -> Amount { Amount(units: totals[UInt32(asset)].customers) }

  /// Whether `amount` more of `asset` can be taken into custody.
  public func canTakeIn(_ amount: Amount, of asset: Int) -> Bool {
    let (sum, overflow) = custody(of: asset).units.addingReportingOverflow(amount.units)
    return !overflow && sum <= Ledger.ceiling.units
  }

  @inlinable static func houseIndex(_ account: HouseAccount, _ asset: Int) -> UInt32 {
    UInt32(asset * HouseAccount.limit + Int(account.rawValue))
  }
}
