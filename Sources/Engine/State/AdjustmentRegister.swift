import Money
import Structures
import Wire

/// Adjustments that one operator has proposed and no other has decided yet.
struct AdjustmentRegister: Sendable {
  /// In the order of their ids.
  private(set) var proposed: [Adjustment] = []
  private(set) var nextID = AdjustmentID(1)

  init() {}

  mutating func add(_ adjustment: Adjustment) {
    proposed.append(adjustment)
    nextID = adjustment.id.next
  }

  func find(_ id: AdjustmentID) -> Adjustment? { proposed.first { $0.id == id } }

  mutating func remove(_ id: AdjustmentID) { proposed.removeAll { $0.id == id } }
}

extension AdjustmentRegister {
  func encode(into writer: inout ByteWriter) {
    writer.write(nextID)
    writer.write(proposed)
  }

  /// Reads the adjustments of customers 1 to `accounts` in `assets` assets.
  init(from reader: inout ByteReader, accounts: Int, assets: Int) throws(WireError) {
    self.init()
    let next = try reader.read(AdjustmentID.self)
    for adjustment in try reader.read([Adjustment].self) {
      guard nextID <= adjustment.id, adjustment.id < next, adjustment.state == .proposed,
        adjustment.account.index(in: accounts) != nil, adjustment.asset.index(in: assets) != nil
      else { throw .malformed(at: reader.offset) }
      add(adjustment)
    }
    nextID = next
  }
}
