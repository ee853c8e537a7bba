import Engine
import GRDB
import Matching
import Money
import Structures

/// Reading rows back. A row that cannot be read is damage, and is said so.
private enum ViewRow {
  static func required<T>(_ value: T?, _ column: String) throws -> T {
    guard let value else { throw ViewsError.database("column \(column) holds no valid value") }
    return value
  }

  static func price(_ row: Row, _ column: String) throws -> Price {
    try required(Price(ticks: row[column]), column)
  }

  static func side(_ row: Row, _ column: String) throws -> Side {
    try required(Side(rawValue: row[column]), column)
  }

  static func clientOrderID(_ row: Row) throws -> ClientOrderID {
    let text: String = row["clientOrderID"]
    return try required(ClientOrderID(text), "clientOrderID")
  }

  static func tag(_ row: Row) throws -> OrderTag {
    let text: String = row["tag"]
    return try required(OrderTag(text), "tag")
  }

  static func time(_ row: Row, _ column: String) -> Timestamp {
    Timestamp(milliseconds: row[column])
  }
}

extension OrderRecord {
  init(row: Row) throws {
    let ticks: Int64? = row["price"]
    let inQuote: Bool = row["sizeInQuote"]
    let cancelSource: UInt8? = row["cancelSource"]
    self.init(
      order: Order(
        id: OrderID(column: row["id"]), account: AccountID(column: row["account"]),
        instrument: InstrumentID(column: row["instrument"]),
        clientOrderID: try ViewRow.clientOrderID(row),
        tag: try ViewRow.tag(row),
        side: try ViewRow.side(row, "side"),
        type: try ViewRow.required(OrderType(rawValue: row["type"]), "type"),
        selfTrade: try ViewRow.required(
          SelfTradePrevention(rawValue: row["selfTrade"]), "selfTrade"),
        price: ticks.flatMap { Price(ticks: $0) },
        size: inQuote ? .quote(Amount(units: row["size"])) : .base(Lots(row["size"])),
        filled: Lots(row["filled"]), filledQuote: Amount(units: row["filledQuote"]),
        fee: Amount(units: row["fee"]), feeAsset: AssetID(column: row["feeAsset"]),
        rebate: Amount(units: row["rebate"]), held: Amount(units: row["held"]),
        state: try ViewRow.required(OrderState(rawValue: row["state"]), "state"),
        cancelSource: cancelSource.flatMap(CancelSource.init(rawValue:)),
        createdAt: ViewRow.time(row, "createdAt"), updatedAt: ViewRow.time(row, "updatedAt")),
      lastFill: LastFill(row: row))
  }
}

extension OrderRecord.LastFill {
  init?(row: Row) {
    guard let trade: Int64 = row["lastTrade"], let ticks: Int64 = row["lastPrice"],
      let price = Price(ticks: ticks)
    else { return nil }
    self.init(
      trade: TradeID(column: trade), price: price, size: Lots(row["lastSize"]),
      at: ViewRow.time(row, "lastAt"))
  }
}

extension FillRecord {
  init(row: Row) throws {
    self.init(
      id: BillID(column: row["id"]), instrument: InstrumentID(column: row["instrument"]),
      order: OrderID(column: row["orderID"]),
      clientOrderID: try ViewRow.clientOrderID(row),
      tag: try ViewRow.tag(row), side: try ViewRow.side(row, "side"),
      fill: Fill(
        trade: TradeID(column: row["trade"]), price: try ViewRow.price(row, "price"),
        size: Lots(row["size"]), quote: Amount(units: row["quote"]),
        fee: Amount(units: row["fee"]), feeAsset: AssetID(column: row["feeAsset"]),
        isMaker: row["isMaker"]),
      at: ViewRow.time(row, "at"))
  }
}

extension Bill {
  init(row: Row) throws {
    let reference: Int64 = row["reference"]
    self.init(
      id: BillID(column: row["id"]), account: AccountID(column: row["account"]),
      wallet: try ViewRow.required(Wallet(rawValue: row["wallet"]), "wallet"),
      asset: AssetID(column: row["asset"]), change: Amount(units: row["change"]),
      balance: Amount(units: row["balance"]),
      reason: try ViewRow.required(Bill.Reason(rawValue: row["reason"]), "reason"),
      reference: UInt64(bitPattern: reference), at: ViewRow.time(row, "at"))
  }
}

extension BillRecord {
  init(row: Row, _ database: Database) throws {
    bill = try Bill(row: row)
    let reference = Int64(bitPattern: bill.reference)
    switch bill.reason {
    case .tradeBuy, .tradeSell, .fee, .rebate:
      order = try Row.fetchOne(
        database.cachedStatement(sql: "SELECT * FROM orders WHERE id = ?"), arguments: [reference]
      ).map(OrderRecord.init(row:))
    case .adjustment, .reward:
      note = try String.fetchOne(
        database.cachedStatement(sql: "SELECT reason FROM adjustments WHERE id = ?"),
        arguments: [reference])
    default: break
    }
  }
}

extension DepositRecord {
  init(row: Row) throws {
    self.init(
      id: DepositID(column: row["id"]), asset: AssetID(column: row["asset"]),
      amount: Amount(units: row["amount"]), address: row["address"], transaction: row["txID"],
      output: row["output"], reference: row["reference"],
      state: try ViewRow.required(State(rawValue: row["state"]), "state"), height: row["height"],
      attestedBy: row["attestedBy"], seenAt: ViewRow.time(row, "seenAt"),
      updatedAt: ViewRow.time(row, "updatedAt"))
  }
}

extension WithdrawalRecord {
  init(row: Row) throws {
    let until: Int64? = row["until"]
    self.init(
      id: WithdrawalID(column: row["id"]), account: AccountID(column: row["account"]),
      asset: AssetID(column: row["asset"]), address: row["address"],
      amount: Amount(units: row["amount"]), fee: Amount(units: row["fee"]),
      clientID: row["clientID"],
      state: try ViewRow.required(State(rawValue: row["state"]), "state"),
      until: until.map(Timestamp.init(milliseconds:)), reason: row["reason"],
      hits: RiskHitText.hits(row["hits"]), height: row["height"], transaction: row["txID"],
      requestedAt: ViewRow.time(row, "requestedAt"), updatedAt: ViewRow.time(row, "updatedAt"))
  }
}

extension TradeRecord {
  init(row: Row) throws {
    self.init(
      id: TradeID(column: row["id"]), instrument: InstrumentID(column: row["instrument"]),
      price: try ViewRow.price(row, "price"), size: Lots(row["size"]),
      quote: Amount(units: row["quote"]), takerSide: try ViewRow.side(row, "takerSide"),
      at: ViewRow.time(row, "at"))
  }
}
