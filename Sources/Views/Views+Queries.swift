public import Engine
import GRDB
import Money
public import Structures

/// What the history can be asked for. Every list is newest first.
extension Views {
  /// Which orders are wanted.
  public struct OrderFilter: Sendable {
    public var instrument: InstrumentID?
    public var type: OrderType?
    public var state: OrderState?

    public init(
      instrument: InstrumentID? = nil, type: OrderType? = nil, state: OrderState? = nil
    ) {
      self.instrument = instrument
      self.type = type
      self.state = state
    }
  }

  /// Returns finished orders of `account`; the cursor is the order's id.
  public func finishedOrders(
    of account: AccountID, _ filter: OrderFilter = OrderFilter(), page: ViewPage = ViewPage()
  ) async throws(ViewsError) -> [OrderRecord] {
    try await rethrowing {
      try await pool.read { database in
        var query = ViewQuery("orders")
        query.require("account = ?", account.column)
        query.require("state >= \(OrderState.filled.rawValue)")
        query.require("instrument = ?", filter.instrument?.column)
        query.require("type = ?", filter.type.map { Int64($0.rawValue) })
        query.require("state = ?", filter.state.map { Int64($0.rawValue) })
        query.page(page, time: "createdAt")
        return try query.rows(database, limit: page.limit).map(OrderRecord.init(row:))
      }
    }
  }

  /// Returns the order named by `reference`; of several with one client id, the newest.
  public func order(
    _ reference: OrderReference, of account: AccountID
  ) async throws(ViewsError) -> OrderRecord? {
    try await rethrowing {
      try await pool.read { database in
        var query = ViewQuery("orders")
        query.require("account = ?", account.column)
        switch reference {
        case .id(let id): query.require("id = ?", id.column)
        case .client(let name): query.require("clientOrderID = ?", name.description)
        }
        return try query.rows(database, limit: 1).first.map(OrderRecord.init(row:))
      }
    }
  }

  /// Returns the last fills of `orders`, for those that have one.
  public func lastFills(
    of orders: [OrderID]
  ) async throws(ViewsError) -> [OrderID: OrderRecord.LastFill] {
    try await rethrowing {
      try await pool.read { database in
        var fills: [OrderID: OrderRecord.LastFill] = [:]
        for id in orders {
          let row = try Row.fetchOne(
            database.cachedStatement(
              sql: "SELECT lastTrade, lastPrice, lastSize, lastAt FROM orders WHERE id = ?"),
            arguments: [id.column])
          if let fill = row.flatMap(OrderRecord.LastFill.init(row:)) { fills[id] = fill }
        }
        return fills
      }
    }
  }

  /// Returns fills of `account`; the cursor is the bill's id.
  public func fills(
    of account: AccountID, instrument: InstrumentID? = nil, order: OrderID? = nil,
    side: Side? = nil, page: ViewPage = ViewPage()
  ) async throws(ViewsError) -> [FillRecord] {
    try await rethrowing {
      try await pool.read { database in
        var query = ViewQuery("fills")
        query.require("account = ?", account.column)
        query.require("instrument = ?", instrument?.column)
        query.require("orderID = ?", order?.column)
        query.require("side = ?", side.map { Int64($0.rawValue) })
        query.page(page, time: "at")
        return try query.rows(database, limit: page.limit).map(FillRecord.init(row:))
      }
    }
  }

  /// Returns bills of one wallet of `account`; the cursor is the bill's id.
  ///
  /// - Parameter isCredit: Only what came in, or only what went out.
  public func bills(
    of account: AccountID, wallet: Wallet?, asset: AssetID? = nil, reasons: [Bill.Reason]? = nil,
    isCredit: Bool? = nil, page: ViewPage = ViewPage()
  ) async throws(ViewsError) -> [BillRecord] {
    try await rethrowing {
      try await pool.read { database in
        var query = ViewQuery("bills")
        query.require("account = ?", account.column)
        query.require("wallet = ?", wallet.map { Int64($0.rawValue) })
        query.require("asset = ?", asset?.column)
        if let reasons {
          let list = reasons.map { String($0.rawValue) }.joined(separator: ", ")
          query.require("reason IN (\(list))")
        }
        if let isCredit { query.require(isCredit ? "change >= 0" : "change < 0") }
        query.page(page, time: "at")
        return try query.rows(database, limit: page.limit).map { row in
          try BillRecord(row: row, database)
        }
      }
    }
  }

  /// Returns the bill `id` of `account`.
  public func bill(_ id: BillID, of account: AccountID) async throws(ViewsError) -> Bill? {
    try await rethrowing {
      try await pool.read { database in
        var query = ViewQuery("bills")
        query.require("account = ?", account.column)
        query.require("id = ?", id.column)
        return try query.rows(database, limit: 1).first.map(Bill.init(row:))
      }
    }
  }

  /// Returns deposits of `account`; the cursor is the time they were first seen.
  public func deposits(
    of account: AccountID, id: DepositID? = nil, asset: AssetID? = nil, transaction: String? = nil,
    page: ViewPage = ViewPage()
  ) async throws(ViewsError) -> [DepositRecord] {
    try await rethrowing {
      try await pool.read { database in
        var query = ViewQuery("deposits")
        query.require("account = ?", account.column)
        query.require("id = ?", id?.column)
        query.require("asset = ?", asset?.column)
        query.require("txID = ?", transaction)
        query.page(page, by: "seenAt", time: "seenAt")
        return try query.rows(database, limit: page.limit).map(DepositRecord.init(row:))
      }
    }
  }

  /// Returns withdrawals of `account`; the cursor is the time they were requested.
  public func withdrawals(
    of account: AccountID, id: WithdrawalID? = nil, asset: AssetID? = nil, clientID: String? = nil,
    transaction: String? = nil, page: ViewPage = ViewPage()
  ) async throws(ViewsError) -> [WithdrawalRecord] {
    try await rethrowing {
      try await pool.read { database in
        var query = ViewQuery("withdrawals")
        query.require("account = ?", account.column)
        query.require("id = ?", id?.column)
        query.require("asset = ?", asset?.column)
        query.require("clientID = ?", clientID)
        query.require("txID = ?", transaction)
        query.page(page, by: "requestedAt", time: "requestedAt")
        return try query.rows(database, limit: page.limit).map(WithdrawalRecord.init(row:))
      }
    }
  }

  /// Returns trades of `instrument`; the cursor is the trade's id, or its time.
  public func trades(
    of instrument: InstrumentID, byTime: Bool = false, page: ViewPage = ViewPage()
  ) async throws(ViewsError) -> [TradeRecord] {
    try await rethrowing {
      try await pool.read { database in
        var query = ViewQuery("trades")
        query.require("instrument = ?", instrument.column)
        query.page(page, by: byTime ? "at" : "id", time: "at")
        return try query.rows(database, limit: page.limit).map(TradeRecord.init(row:))
      }
    }
  }

  /// Hands every trade to `body`, oldest first.
  public func eachTrade(_ body: (TradeRecord) -> Void) throws(ViewsError) {
    try rethrowing {
      try pool.read { database in
        let rows = try Row.fetchCursor(database, sql: "SELECT * FROM trades ORDER BY id")
        while let row = try rows.next() { body(try TradeRecord(row: row)) }
      }
    }
  }
}
