import GRDB

/// The tables. Money is whole ledger units, sizes are lots, prices are ticks, times are milliseconds.
enum ViewSchema {
  /// Raise it with any change of the tables or of what is written into them.
  static let version = 3

  static func prepare(_ database: Database) throws {
    let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    if found != version { try create(database) }
  }

  /// Throws everything away and begins empty, before the first batch.
  static func create(_ database: Database) throws {
    for table in tables.map(\.name) + ["checkpoint"] {
      try database.execute(sql: "DROP TABLE IF EXISTS \(table)")
    }
    try database.execute(
      sql: "CREATE TABLE checkpoint (sequence INTEGER NOT NULL, hash BLOB NOT NULL) STRICT")
    try database.execute(sql: "INSERT INTO checkpoint VALUES (0, x'')")
    for table in tables {
      try database.execute(sql: "CREATE TABLE \(table.name) (\(table.columns)) STRICT")
      for (number, index) in table.indexes.enumerated() {
        try database.execute(
          sql: "CREATE INDEX \(table.name)_\(number) ON \(table.name) (\(index))")
      }
    }
    try database.execute(sql: "PRAGMA user_version = \(version)")
  }

  private static let tables: [(name: String, columns: String, indexes: [String])] = [
    (
      "orders",
      """
      id INTEGER PRIMARY KEY, account INTEGER NOT NULL, instrument INTEGER NOT NULL,
      clientOrderID TEXT NOT NULL, tag TEXT NOT NULL, side INTEGER NOT NULL, type INTEGER NOT NULL,
      selfTrade INTEGER NOT NULL, price INTEGER, sizeInQuote INTEGER NOT NULL, size INTEGER NOT NULL, filled INTEGER NOT NULL,
      filledQuote INTEGER NOT NULL, fee INTEGER NOT NULL, feeAsset INTEGER NOT NULL,
      rebate INTEGER NOT NULL, held INTEGER NOT NULL, state INTEGER NOT NULL,
      cancelSource INTEGER,
      createdAt INTEGER NOT NULL, updatedAt INTEGER NOT NULL,
      lastTrade INTEGER, lastPrice INTEGER, lastSize INTEGER, lastAt INTEGER
      """, ["account, id", "account, clientOrderID, id"]
    ),
    (
      "fills",
      """
      id INTEGER PRIMARY KEY, account INTEGER NOT NULL, instrument INTEGER NOT NULL,
      orderID INTEGER NOT NULL, trade INTEGER NOT NULL, clientOrderID TEXT NOT NULL,
      tag TEXT NOT NULL, side INTEGER NOT NULL, price INTEGER NOT NULL, size INTEGER NOT NULL,
      quote INTEGER NOT NULL, fee INTEGER NOT NULL, feeAsset INTEGER NOT NULL,
      isMaker INTEGER NOT NULL, at INTEGER NOT NULL
      """, ["account, id", "orderID"]
    ),
    (
      "bills",
      """
      id INTEGER PRIMARY KEY, account INTEGER NOT NULL, wallet INTEGER NOT NULL,
      asset INTEGER NOT NULL, change INTEGER NOT NULL, balance INTEGER NOT NULL,
      reason INTEGER NOT NULL, reference INTEGER NOT NULL, at INTEGER NOT NULL
      """, ["account, wallet, id"]
    ),
    (
      "deposits",
      """
      id INTEGER PRIMARY KEY, account INTEGER NOT NULL, asset INTEGER NOT NULL,
      amount INTEGER NOT NULL, address TEXT NOT NULL, txID TEXT NOT NULL, output INTEGER,
      reference TEXT NOT NULL, state INTEGER NOT NULL, height INTEGER, attestedBy TEXT NOT NULL,
      seenAt INTEGER NOT NULL, updatedAt INTEGER NOT NULL
      """, ["account, id"]
    ),
    (
      "withdrawals",
      """
      id INTEGER PRIMARY KEY, account INTEGER NOT NULL, asset INTEGER NOT NULL,
      address TEXT NOT NULL, amount INTEGER NOT NULL, fee INTEGER NOT NULL,
      clientID TEXT NOT NULL, state INTEGER NOT NULL, until INTEGER, reason TEXT NOT NULL,
      hits TEXT NOT NULL, height INTEGER, txID TEXT NOT NULL, requestedAt INTEGER NOT NULL,
      updatedAt INTEGER NOT NULL
      """, ["account, id"]
    ),
    (
      // The record is the algo order in its canonical form; the columns are what it is found by.
      "algos",
      """
      id INTEGER PRIMARY KEY, account INTEGER NOT NULL, instrument INTEGER NOT NULL,
      clientID TEXT NOT NULL, type INTEGER NOT NULL, state INTEGER NOT NULL,
      createdAt INTEGER NOT NULL, parent INTEGER NOT NULL, record BLOB NOT NULL, failure INTEGER
      """, ["account, id", "account, clientID, id", "parent"]
    ),
    (
      "adjustments",
      "id INTEGER PRIMARY KEY, reason TEXT NOT NULL", []
    ),
    (
      "trades",
      """
      id INTEGER PRIMARY KEY, instrument INTEGER NOT NULL, price INTEGER NOT NULL,
      size INTEGER NOT NULL, quote INTEGER NOT NULL, takerSide INTEGER NOT NULL,
      at INTEGER NOT NULL
      """, ["instrument, id", "instrument, at"]
    ),
  ]
}
