import Algos
import Money
import Structures
import Testing
import Wire

/// An algo book with a market around it, on which nothing trades but what a test says.
struct AlgoDesk {
  var book = AlgoBook(capacity: 10_000)
  var market = AlgoMarket(
    last: Price(ticks: 100), bid: Price(ticks: 99), ask: Price(ticks: 101),
    minimumSize: Lots(1), maximumSize: Lots(1_000_000), isTrading: true)
  var now = Timestamp(milliseconds: 1_000)
  private var lastOrder: UInt64 = 0

  mutating func add(
    _ side: Algo.Side, _ size: Int64, _ plan: AlgoPlan, owner: UInt64 = 1, client: Text32 = ""
  ) throws(AlgoError) -> AlgoID {
    try book.add(
      NewAlgo(
        owner: owner, market: 1, clientID: client, tag: "", side: side, size: .base(Lots(size)),
        plan: plan), market, at: now)
  }

  mutating func error(
    _ side: Algo.Side, _ size: Int64, _ plan: AlgoPlan, client: Text32 = ""
  ) -> AlgoError? {
    let before = bytes
    do throws(AlgoError) {
      _ = try add(side, size, plan, client: client)
      return nil
    } catch {
      #expect(bytes == before, "a refused algo order changed the book")
      return error
    }
  }

  mutating func move(to ticks: Int64...) {
    guard let first = Price(ticks: ticks[0]), let last = Price(ticks: ticks[ticks.count - 1])
    else { return }
    market.last = last
    book.priceMoved(from: first, to: last, in: 1)
  }

  mutating func wait(_ milliseconds: Int64) {
    now = now.advanced(byMilliseconds: milliseconds)
    book.timePassed(to: now)
  }

  /// Lets everything queued act once; `fill` says how much of each child is filled at once.
  mutating func run(filling fill: (AlgoChild) -> Int64 = { _ in 0 }) -> [String] {
    var said: [String] = []
    while let algo = book.next() {
      switch book.step(algo.id, market, at: now) {
      case .place(let child):
        lastOrder += 1
        let filled = fill(child)
        said.append("\(algo.id) \(text(child))")
        var isOpen = child.kind == .limit
        if case .base(let size) = child.size, size.count == filled { isOpen = false }
        let after = book.childPlaced(
          algo.id, order: lastOrder, at: child.price, filled: Lots(filled), isOpen: isOpen,
          time: now)
        if !after.state.isOpen { said.append("\(algo.id) \(after.state)") }
      case .cancelChild(let order):
        said.append("\(algo.id) cancels \(order)")
        let after = book.childClosed(order, filled: .zero, isCanceled: false, time: now)
        #expect(after?.state.isOpen == true)
      case .paused: said.append("\(algo.id) paused")
      case .wait: said.append("\(algo.id) waits")
      case .ended(let after): said.append("\(algo.id) \(after.state)")
      }
    }
    return said
  }

  private func text(_ child: AlgoChild) -> String {
    let price = child.price.map { " @ \($0.ticks)" } ?? ""
    switch child.size {
    case .base(let lots): return "\(child.kind) \(child.side) \(lots.count)\(price)"
    case .quote(let amount): return "\(child.kind) \(child.side) \(amount.units) quote\(price)"
    }
  }

  var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(book)
    return writer.bytes
  }

  /// Reads the book back from its bytes and goes on with the copy.
  mutating func restart() throws {
    let before = bytes
    var reader = ByteReader(before)
    book = try AlgoBook(from: &reader)
    try reader.finish()
    #expect(bytes == before)
  }
}

func leg(_ trigger: Int64, _ order: Int64 = -1) -> TriggerLeg {
  TriggerLeg(
    trigger: price(trigger), order: order < 0 ? .market : .limit(price(order)))
}

/// The price of so many ticks, which a test knows to be positive.
func price(_ ticks: Int64) -> Price {
  guard let price = Price(ticks: ticks) else { preconditionFailure("a price is positive") }
  return price
}
