import Money
import Wire

/// The balances of one asset, with running totals that are kept beside them.
struct AssetColumn: Equatable, Sendable {
  private struct Pockets: Equatable, Sendable {
    var units: [4 of Int64] = [0, 0, 0, 0]

    static func == (a: Pockets, b: Pockets) -> Bool {
      a.units.indices.allSatisfy { a.units[$0] == b.units[$0] }
    }
  }

  /// By customer; grows when a customer first gets something.
  private var pockets: [Pockets] = []
  private var houseUnits: [Int64] = Array(repeating: 0, count: HouseAccount.allCases.count)
  private(set) var customers = Amount.zero
  private(set) var houseTotal = Amount.zero
  private(set) var custody = Amount.zero

  init() {}

  func balance(of customer: Int, in pocket: Pocket) -> Amount {
    guard customer < pockets.count else { return .zero }
    return Amount(units: pockets[customer].units[Int(pocket.rawValue)])
  }

  func house(_ account: HouseAccount) -> Amount {
    Amount(units: houseUnits[Int(account.rawValue)])
  }

  /// Adds `change` to what `account` has. For custody the sign turns: what leaves custody towards a
  /// customer's balance is a coin that arrived.
  mutating func change(_ account: LedgerAccount, by change: Amount) {
    switch account {
    case .customer(let customer, let pocket):
      while pockets.count <= customer { pockets.append(Pockets()) }
      let after = pockets[customer].units[Int(pocket.rawValue)] + change.units
      precondition(after >= 0, "a customer's balance would go below zero")
      pockets[customer].units[Int(pocket.rawValue)] = after
      customers += change
    case .house(let account):
      let after = houseUnits[Int(account.rawValue)] + change.units
      precondition(after >= 0, "a house account would go below zero")
      houseUnits[Int(account.rawValue)] = after
      houseTotal += change
    case .custody:
      custody -= change
      precondition(custody >= .zero && custody <= Ledger.ceiling, "custody left its range")
    }
  }

  var isConserved: Bool { customers + houseTotal == custody }

  func recountAgrees() -> Bool {
    var sum: Int128 = 0
    for pocket in pockets {
      for index in pocket.units.indices {
        guard pocket.units[index] >= 0 else { return false }
        sum += Int128(pocket.units[index])
      }
    }
    var houseSum: Int128 = 0
    for units in houseUnits {
      guard units >= 0 else { return false }
      houseSum += Int128(units)
    }
    return sum == Int128(customers.units) && houseSum == Int128(houseTotal.units)
      && sum + houseSum == Int128(custody.units) && custody <= Ledger.ceiling
  }

  func encode(into writer: inout ByteWriter) {
    writer.write(list: pockets) { writer, pocket in
      for index in pocket.units.indices { writer.write(pocket.units[index]) }
    }
    for units in houseUnits { writer.write(units) }
    writer.write(customers.units)
    writer.write(houseTotal.units)
    writer.write(custody.units)
  }

  init(from reader: inout ByteReader) throws(WireError) {
    let at = reader.offset
    pockets = try reader.readList { reader throws(WireError) in
      var pocket = Pockets()
      for index in pocket.units.indices { pocket.units[index] = try reader.read() }
      return pocket
    }
    for index in houseUnits.indices { houseUnits[index] = try reader.read() }
    customers = Amount(units: try reader.read())
    houseTotal = Amount(units: try reader.read())
    custody = Amount(units: try reader.read())
    guard recountAgrees() else { throw .malformed(at: at) }
  }
}
