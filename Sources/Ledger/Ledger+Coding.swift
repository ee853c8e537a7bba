import Money
import Structures
public import Wire

extension Ledger {
  /// Returns whether the running totals agree with a recount of every balance and none is negative.
  public func recountAgrees() -> Bool {
    var customers = [Int128](repeating: 0, count: assetCount)
    for index in 0..<slotCount {
      let slot = slots[index]
      guard slot.asset < assetCount, slot.free >= 0, slot.aside >= 0 else { return false }
      customers[slot.asset] += Int128(slot.free) + Int128(slot.aside)
    }
    return (0..<assetCount).allSatisfy { asset in
      var houseSum: Int128 = 0
      for account in HouseAccount.allCases {
        let units = house[Self.houseIndex(account, asset)]
        guard units >= 0 else { return false }
        houseSum += Int128(units)
      }
      let total = totals[UInt32(asset)]
      return customers[asset] == Int128(total.customers) && houseSum == Int128(total.house)
        && customers[asset] + houseSum == Int128(total.custody)
        && total.custody <= Self.ceiling.units
    }
  }

  /// Appends the canonical form: what the house has by asset, then the slots in their order. What
  /// is in custody follows from them.
  public func encode(into writer: inout ByteWriter) {
    precondition(touchedCount == 0, "a snapshot is taken between commands")
    writer.write(UInt32(assetCount))
    for asset in 0..<assetCount {
      for account in HouseAccount.allCases {
        writer.write(house[Self.houseIndex(account, asset)])
      }
    }
    writer.write(slotCount)
    for index in 0..<slotCount {
      let slot = slots[index]
      writer.write(slot.key)
      writer.write(slot.free)
      writer.write(slot.aside)
    }
  }

  /// Reads a ledger with room for `capacity` balances of customers 0 to `customers` - 1.
  ///
  /// - Throws: ``WireError`` also when a balance is negative, a key comes twice, or an asset has
  ///   more than the ledger may hold.
  public init(from reader: inout ByteReader, capacity: UInt32, customers: UInt32) throws(WireError)
  {
    self.init(capacity: capacity)
    let assets = try reader.read(UInt32.self)
    guard assets <= UInt32(Self.assetLimit) else { throw .malformed(at: reader.offset) }
    grow(toAssets: Int(assets))
    for asset in 0..<assetCount {
      for account in HouseAccount.allCases {
        let units: Int64 = try reader.read()
        guard take(units, of: asset) else { throw .malformed(at: reader.offset) }
        house[Self.houseIndex(account, asset)] = units
        totals[UInt32(asset)].house += units
      }
    }
    let count = try reader.read(UInt32.self)
    guard count <= capacity else { throw .malformed(at: reader.offset) }
    for index in 0..<count {
      let key: UInt64 = try reader.read()
      var slot = BalanceSlot(key: key)
      slot.free = try reader.read()
      slot.aside = try reader.read()
      guard slot.key == key, slot.customerNumber < customers, slot.asset < assetCount,
        slot.walletNumber <= 1,
        take(slot.free, of: slot.asset), take(slot.aside, of: slot.asset),
        reserve(slot.customerNumber, asset: slot.asset, in: slot.wallet) == index
      else { throw .malformed(at: reader.offset) }
      slots[index] = slot
      totals[UInt32(slot.asset)].customers += slot.free + slot.aside
    }
  }

  /// Counts what was read; `false` when it is negative or more than the ledger may hold.
  private mutating func take(_ units: Int64, of asset: Int) -> Bool {
    guard units >= 0, canTakeIn(Amount(units: units), of: asset) else { return false }
    totals[UInt32(asset)].custody += units
    return true
  }
}
