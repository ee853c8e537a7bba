import Algos
import Engine
import Foundation
import GRDB
import Matching
import Money
import Structures
import Wire

/// Writes the events of commands into the tables, inside one transaction.
struct ViewWriter {
  private let database: Database

  init(database: Database) { self.database = database }

  /// Writes the events of one command.
  mutating func write(_ events: [Event]) throws {
    var bookings = TradeBookings(events)
    for event in events {
      switch event {
      case .order(let order, let change): try write(order, change, &bookings)
      case .trade(let trade): try write(trade)
      case .algo(let algo, let change): try write(algo, change)
      case .adjustment(let adjustment):
        try run(
          "INSERT OR REPLACE INTO adjustments (id, reason) VALUES (?, ?)",
          [adjustment.id.column, adjustment.reason])
      case .bill(let bill): try write(bill)
      case .deposit(let deposit): try write(DepositRecord(deposit), of: deposit.account)
      case .withdrawal(let withdrawal): try write(WithdrawalRecord(withdrawal))
      default: break
      }
    }
  }

  private func run(_ sql: String, _ arguments: StatementArguments) throws {
    try database.cachedStatement(sql: sql).execute(arguments: arguments)
  }

  private func write(
    _ order: Order, _ change: OrderChange, _ bookings: inout TradeBookings
  ) throws {
    let inQuote: Bool
    let size: Int64
    switch order.size {
    case .base(let lots): (inQuote, size) = (false, lots.count)
    case .quote(let amount): (inQuote, size) = (true, amount.units)
    }
    try run(
      """
      INSERT INTO orders (id, account, instrument, clientOrderID, tag, side, type,
        selfTrade, price, sizeInQuote, size, filled, filledQuote, fee, feeAsset, rebate, held,
        state, cancelSource, createdAt, updatedAt)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET price = excluded.price, size = excluded.size,
        filled = excluded.filled, filledQuote = excluded.filledQuote, fee = excluded.fee,
        rebate = excluded.rebate, held = excluded.held, state = excluded.state, cancelSource = excluded.cancelSource,
        updatedAt = excluded.updatedAt
      """,
      [
        order.id.column, order.account.column, order.instrument.column,
        order.clientOrderID.description, order.tag.description, Int64(order.side.rawValue),
        Int64(order.type.rawValue), Int64(order.selfTrade.rawValue), order.price?.ticks, inQuote,
        size, order.filled.count, order.filledQuote.units, order.fee.units,
        order.feeAsset.column, order.rebate.units, order.held.units, Int64(order.state.rawValue),
        order.cancelSource.map { Int64($0.rawValue) }, order.createdAt.milliseconds,
        order.updatedAt.milliseconds,
      ])
    guard case .filled(let fill) = change else { return }
    try run(
      "UPDATE orders SET lastTrade = ?, lastPrice = ?, lastSize = ?, lastAt = ? WHERE id = ?",
      [
        fill.trade.column, fill.price.ticks, fill.size.count, order.updatedAt.milliseconds,
        order.id.column,
      ])
    guard let bill = bookings.next(of: order) else {
      throw ViewsError.database("a fill of order \(order.id) has no bill")
    }
    try run(
      """
      INSERT INTO fills (id, account, instrument, orderID, trade, clientOrderID, tag, side, price,
        size, quote, fee, feeAsset, isMaker, at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        bill.column, order.account.column, order.instrument.column, order.id.column,
        fill.trade.column, order.clientOrderID.description, order.tag.description,
        Int64(order.side.rawValue),
        fill.price.ticks, fill.size.count, fill.quote.units, fill.fee.units,
        fill.feeAsset.column, fill.isMaker, order.updatedAt.milliseconds,
      ])
  }

  private func write(_ algo: Algo, _ change: AlgoChange) throws {
    var failure: Int64?
    if case .failed(let refusal) = change { failure = AlgoFailure(refusal).rawValue }
    var writer = ByteWriter()
    writer.write(algo)
    try run(
      """
      INSERT OR REPLACE INTO algos (id, account, instrument, clientID, type, state, createdAt,
        parent, record, failure)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        algo.id.column, Int64(bitPattern: algo.owner), Int64(bitPattern: algo.market),
        algo.clientID.description, AlgoType(algo.plan).rawValue, Int64(algo.state.rawValue),
        algo.createdAt.milliseconds, Int64(bitPattern: algo.parent), Data(writer.bytes),
        failure,
      ])
  }

  private func write(_ trade: Trade) throws {
    try run(
      "INSERT INTO trades (id, instrument, price, size, quote, takerSide, at) "
        + "VALUES (?, ?, ?, ?, ?, ?, ?)",
      [
        trade.id.column, trade.instrument.column, trade.price.ticks, trade.size.count,
        trade.quote.units, Int64(trade.takerSide.rawValue), trade.at.milliseconds,
      ])
  }

  private func write(_ bill: Bill) throws {
    try run(
      "INSERT INTO bills (id, account, wallet, asset, change, balance, reason, reference, at) "
        + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      [
        bill.id.column, bill.account.column, Int64(bill.wallet.rawValue), bill.asset.column,
        bill.change.units, bill.balance.units, Int64(bill.reason.rawValue),
        Int64(bitPattern: bill.reference), bill.at.milliseconds,
      ])
  }

  private func write(_ record: DepositRecord, of account: AccountID) throws {
    try run(
      """
      INSERT OR REPLACE INTO deposits (id, account, asset, amount, address, txID, output, reference,
        state, height, attestedBy, seenAt, updatedAt)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        record.id.column, account.column, record.asset.column, record.amount.units,
        record.address, record.transaction, record.output.map { Int64($0) }, record.reference,
        record.state.rawValue, record.height.map { Int64($0) }, record.attestedBy,
        record.seenAt.milliseconds, record.updatedAt.milliseconds,
      ])
  }

  private func write(_ record: WithdrawalRecord) throws {
    try run(
      """
      INSERT OR REPLACE INTO withdrawals (id, account, asset, address, amount, fee, clientID, state,
        until, reason, hits, height, txID, requestedAt, updatedAt)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        record.id.column, record.account.column, record.asset.column, record.address,
        record.amount.units, record.fee.units, record.clientID, record.state.rawValue,
        record.until?.milliseconds, record.reason, RiskHitText.text(record.hits),
        record.height.map { Int64($0) }, record.transaction, record.requestedAt.milliseconds,
        record.updatedAt.milliseconds,
      ])
  }
}

/// The bills that book the fills of one command, handed out in the fills' order.
private struct TradeBookings {
  private var bills: [OrderID: [BillID]] = [:]

  init(_ events: [Event]) {
    var received: [OrderID: Bill.Reason] = [:]
    for event in events {
      if case .order(let order, .filled) = event {
        received[order.id] = order.side == .buy ? .tradeBuy : .tradeSell
      }
    }
    if received.isEmpty { return }
    for case .bill(let bill) in events {
      let order = OrderID(bill.reference)
      // The bill of the base names the fill: there is one for each, and it is never zero.
      if received[order] == bill.reason, (bill.change > .zero) == (bill.reason == .tradeBuy) {
        bills[order, default: []].append(bill.id)
      }
    }
  }

  mutating func next(of order: Order) -> BillID? {
    guard let first = bills[order.id]?.first else { return nil }
    bills[order.id]?.removeFirst()
    return first
  }
}

extension Identifier {
  /// The number as SQLite keeps it.
  var column: Int64 { Int64(bitPattern: raw) }

  init(column: Int64) { self.init(UInt64(bitPattern: column)) }
}
