import Engine
import Testing

/// The tables in Tables/ are the behaviour of orders in the words of a trader. They are read and
/// carried out here.
@Suite struct TraderTableTests {
  private static let files = ["order-types.md", "order-life.md", "algo-orders.md"]

  @Test(arguments: files)
  func `orders do what the trader's table says`(file: String) throws {
    let cases = try TraderTable.read(file)
    for entry in cases {
      var desk = try TraderDesk()
      try desk.stock(entry.before)
      #expect(desk.book == entry.before, "\(entry.testDescription): the book before")
      for command in entry.commands { try desk.say(command) }
      #expect(desk.fills == entry.fills, "\(entry.testDescription): fills")
      #expect(desk.ends == entry.ends, "\(entry.testDescription): ends")
      #expect(desk.book == entry.after, "\(entry.testDescription): the book after")
      #expect(desk.world.exchange.isConsistent, "\(entry.testDescription)")
    }
  }

  @Test func `the table has every order type with every self-trade mode, for both sides`() throws {
    let types = [
      "limit", "market base", "market quote", "post_only", "fok", "ioc", "optimal_limit_ioc",
    ]
    let titles = try TraderTable.read("order-types.md").map(\.title)
    var cells = 0
    for type in types {
      for mode in ["cancel_maker", "cancel_taker", "cancel_both"] {
        // A sell by quote does not exist.
        for side in type == "market quote" ? ["buy"] : ["buy", "sell"] {
          let title = "\(type) × \(mode): \(side)"
          #expect(titles.count { $0 == title } == 1, "missing or twice: \(title)")
          cells += 1
        }
      }
    }
    #expect(titles.count == cells, "the table has titles that are no cell")
    print("trader's table: \(cells) of \(cells) cells of order type and self-trade mode")
  }

  @Test func `the table has amendments, mass cancels, timers, sub-accounts, halts and auctions`()
    throws
  {
    let cells = try TraderTable.read("order-life.md").map(\.cell)
    let needed = [
      ("amend", 11), ("mass cancel", 3), ("cancel-all-after", 3), ("sub-accounts", 3),
      ("suspend", 2), ("auction", 5), ("batch", 1),
    ]
    for (name, count) in needed {
      #expect(cells.count { $0 == name } >= count, "cases of \(name)")
    }
    #expect(Set(cells) == Set(needed.map(\.0)))
    print("trader's table: \(cells.count) cases of the life of orders")
  }

  @Test func `the table has every kind of algo order`() throws {
    let cells = try TraderTable.read("algo-orders.md").map(\.cell)
    let kinds: Set = [
      "conditional", "oco", "trigger", "move_order_stop", "iceberg", "twap", "attached", "cascade",
    ]
    #expect(Set(cells) == kinds)
    print("trader's table: \(cells.count) cases of algo orders")
  }
}
