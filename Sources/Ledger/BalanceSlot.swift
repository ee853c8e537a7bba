public import Money

/// One balance: what a customer has of an asset in a wallet.
public struct BalanceSlot: BitwiseCopyable, Sendable {
  /// Customer, asset and wallet in one word; the customer is counted from 0.
  @usableFromInline var customerNumber: UInt32
  @usableFromInline package var assetNumber: UInt16
  /// The number of ``wallet``.
  @usableFromInline package var walletNumber: UInt8
  /// Whether it waits to be reported.
  @usableFromInline var isTouched: Bool
  /// Free to use, not negative.
  @usableFromInline var free: Int64
  /// Set aside, not negative.
  @usableFromInline var aside: Int64

  init(key: UInt64) {
    customerNumber = UInt32(truncatingIfNeeded: key)
    assetNumber = UInt16(truncatingIfNeeded: key >> 32)
    walletNumber = UInt8(truncatingIfNeeded: key >> 48)
    isTouched = false
    free = 0
    aside = 0
  }

  @inlinable public var customer: UInt32 { customerNumber }
  @inlinable public var asset: Int { Int(assetNumber) }
  @inlinable public var wallet: LedgerWallet { walletNumber == 0 ? .funding : .trading }
  @inlinable public var available: Amount { Amount(units: free) }
  @inlinable public var held: Amount { Amount(units: aside) }
  /// What is there in all. Stays far from wrapping: no asset has more than ``Ledger/ceiling``.
  @inlinable public var total: Amount { Amount(units: free &+ aside) }

  /// Sets free money aside. The caller reports the balance.
  @inlinable @inline(__always)
  package mutating func setAside(_ units: Int64) {
    let left = free - units
    precondition(units >= 0 && left >= 0, "a customer's balance would go below zero")
    free = left
    aside += units
  }

  /// The same for units, not negative, of which the caller saw that as many are free.
  @inlinable @inline(__always)
  package mutating func setAside(affordable units: Int64) {
    assert(units >= 0 && units <= free, "a customer's balance would go below zero")
    // What is there in all stays below the ceiling.
    free &-= units
    aside &+= units
  }

  /// Frees money. The caller reports the balance.
  @inlinable @inline(__always)
  package mutating func setFree(_ units: Int64) {
    let left = aside - units
    precondition(units >= 0 && left >= 0, "a customer's balance would go below zero")
    aside = left
    free += units
  }

  /// Takes units, not negative, from the free money.
  @inlinable @inline(__always)
  mutating func takeFree(_ units: Int64) {
    // Neither is negative, so that the difference cannot wrap.
    let left = free &- units
    precondition(left >= 0, "a customer's balance would go below zero")
    free = left
  }

  /// Takes units, not negative, from what is set aside.
  @inlinable @inline(__always)
  package mutating func takeAside(_ units: Int64) {
    let left = aside &- units
    precondition(left >= 0, "a customer's balance would go below zero")
    aside = left
  }

  /// Frees units, not negative.
  @inlinable @inline(__always)
  package mutating func release(_ units: Int64) {
    takeAside(units)
    // What is there in all stays below the ceiling.
    free &+= units
  }

  /// Sets free money aside; returns whether this is the first change since the last report.
  @inlinable @inline(__always)
  mutating func move(fromFree units: Int64) -> Bool {
    setAside(units)
    return touch()
  }

  /// Frees money; returns whether this is the first change since the last report.
  @inlinable @inline(__always)
  mutating func move(fromAside units: Int64) -> Bool {
    setFree(units)
    return touch()
  }

  @inlinable @inline(__always)
  mutating func addFree(_ units: Int64) {
    // A sum that wrapped would be negative.
    let after = free &+ units
    precondition(after >= 0, "a customer's balance would go below zero")
    free = after
  }

  @inlinable @inline(__always)
  mutating func addAside(_ units: Int64) {
    let after = aside + units
    precondition(after >= 0, "a customer's balance would go below zero")
    aside = after
  }

  @inlinable @inline(__always)
  mutating func changeFree(by units: Int64) -> Bool {
    addFree(units)
    return touch()
  }

  @inlinable @inline(__always)
  mutating func changeAside(by units: Int64) -> Bool {
    addAside(units)
    return touch()
  }

  @inlinable @inline(__always)
  mutating func touch() -> Bool {
    defer { isTouched = true }
    return !isTouched
  }

  var key: UInt64 {
    UInt64(customerNumber) | UInt64(assetNumber) << 32 | UInt64(walletNumber) << 48
  }

  static func key(_ customer: UInt32, _ asset: UInt16, _ wallet: LedgerWallet) -> UInt64 {
    UInt64(customer) | UInt64(asset) << 32 | UInt64(wallet.rawValue) << 48
  }
}

/// The totals of one asset.
@usableFromInline struct AssetTotals: BitwiseCopyable, Sendable {
  /// All customers' balances.
  @usableFromInline var customers: Int64 = 0
  /// All accounts of the house.
  @usableFromInline var house: Int64 = 0
  /// The coins themselves.
  @usableFromInline var custody: Int64 = 0

  init() {}

  @inlinable var isConserved: Bool { customers + house == custody }
}
