import GRDB
import Money

/// Conditions of one SELECT, put together as they are asked for. Values are always bound, never
/// written into the text.
struct ViewQuery {
  private let table: String
  private var conditions: [String] = []
  private var values: [any DatabaseValueConvertible] = []

  init(_ table: String) { self.table = table }

  mutating func require(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
    guard let value else { return }
    conditions.append(condition)
    values.append(value)
  }

  mutating func require(_ condition: String) { conditions.append(condition) }

  mutating func page(_ page: ViewPage, by cursor: String = "id", time: String) {
    require("\(cursor) < ?", page.after)
    require("\(cursor) > ?", page.before)
    require("\(time) >= ?", page.begin?.milliseconds)
    require("\(time) <= ?", page.end?.milliseconds)
  }

  func rows(_ database: Database, order: String = "id DESC", limit: Int) throws -> [Row] {
    let filter = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
    return try Row.fetchAll(
      database, sql: "SELECT * FROM \(table)\(filter) ORDER BY \(order) LIMIT \(limit)",
      arguments: StatementArguments(values))
  }
}
