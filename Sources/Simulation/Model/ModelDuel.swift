package import Engine
import Money
import Structures
import Wire

/// The model and the real exchange, given the same commands and compared after each.
///
/// The exchange takes them as the journal does, in bytes, of which plain orders have a way of their own.
/// A second one takes them as values, the general way, and must write the same records and come to the
/// same state.
package struct ModelDuel: Sendable {
  package private(set) var model = ModelExchange()
  package private(set) var exchange = Exchange()
  private var general = Exchange()
  /// The order that a step placed, so that later steps can name it.
  private var orderOf: [Int: Order] = [:]

  package init() {}

  /// Carries out one step on both sides.
  ///
  /// - Returns: What differs, or `nil`.
  package mutating func run(_ step: TradingStep) -> String? {
    var command = step.command
    if let placer = step.orderOf { command = command.naming(orderOf[placer]?.id ?? OrderID(1)) }
    let expected = model.apply(command, at: step.time)
    var writer = ByteWriter()
    command.encode(into: &writer)
    let bytes = writer.bytes
    var found = EventBuffer(capacity: 256)
    do throws(WireError) {
      try exchange.apply(record: bytes.span, at: step.time, into: &found)
    } catch {
      return "the command's own bytes are refused: \(error)"
    }
    var wanted = EventBuffer(capacity: 256)
    general.apply(command, at: step.time, into: &wanted)
    let events = found.events()
    guard found.digest() == wanted.digest() else {
      return "as bytes\n  gives  \(events)\n  not    \(wanted.events())"
    }
    if case .order(let order, .placed)? = expected.events.first(where: \.isPlacing) {
      orderOf[step.number] = order
    }
    return Self.difference(model, expected, events)
  }

  /// The order that step `number` placed.
  package func placed(by number: Int) -> Order? { orderOf[number] }

  /// Compares what one command did with what the model, which has carried it out, says it did.
  static func difference(
    _ model: ModelExchange, _ expected: ModelExchange.Outcome,
    _ events: [Event]
  ) -> String? {
    var found: [Event] = []
    var levels: [ModelExchange.LevelName: BookLevel] = [:]
    var balances: [ModelExchange.Purse: Balance] = [:]
    for event in events {
      switch event {
      case .level(let level):
        let name = ModelExchange.LevelName(
          instrument: level.instrument, side: level.side, price: level.price)
        let old = levels.updateValue(level, forKey: name)
        guard old == nil || expected.hasEarlierReports else { return "reported twice: \(level)" }
      case .balance(let account, let balance):
        let purse = ModelExchange.Purse(
          account: account, asset: balance.asset, wallet: balance.wallet)
        let old = balances.updateValue(balance, forKey: purse)
        guard old == nil || expected.hasEarlierReports else { return "reported twice: \(balance)" }
      default: found.append(event)
      }
    }
    for (number, wanted) in expected.events.enumerated() {
      guard number < found.count else { return "event \(number) is missing: \(wanted)" }
      guard found[number] == wanted else {
        return "event \(number)\n  is     \(found[number])\n  not    \(wanted)"
      }
    }
    if found.count > expected.events.count { return "too much: \(found[expected.events.count])" }
    // What was reported last is how it is now.
    for (name, level) in levels where level != model.level(name) {
      return "level\n  is     \(level)\n  not    \(model.level(name))"
    }
    for (purse, balance) in balances where balance != model.balance(purse) {
      return "balance of \(purse.account)\n  is     \(balance)\n  not    \(model.balance(purse))"
    }
    for (name, before) in expected.levels where before != model.level(name) {
      guard levels[name] != nil else { return "a changed level is not reported: \(name)" }
    }
    for (purse, before) in expected.balances where before != model.balance(purse) {
      guard balances[purse] != nil else { return "a changed balance is not reported: \(purse)" }
    }
    return nil
  }

  /// Compares everything that can be asked of both: balances, open orders, whole books.
  package func wholeDifference() -> String? {
    if let difference = Self.difference(model, exchange) { return difference }
    return exchange.encode() == general.encode()
      ? nil : "commands as bytes and as values come to different states"
  }

  static func difference(_ model: ModelExchange, _ exchange: borrowing Exchange) -> String? {
    guard let configuration = model.configuration else { return nil }
    for asset in (1...UInt64(configuration.assets.count)).map(AssetID.init) {
      guard model.isConserved(asset) else { return "the model lost or made some of \(asset)" }
      guard exchange.owed(asset).units == model.owed(asset) else {
        return "owed of \(asset) is \(exchange.owed(asset).units), not \(model.owed(asset))"
      }
      for account in model.accounts {
        for wallet in Wallet.allCases {
          let wanted = model.balance(.init(account: account.id, asset: asset, wallet: wallet))
          let found = exchange.balance(of: account.id, asset: asset, wallet: wallet)
          guard wanted == found else {
            return "balance of \(account.id)\n  is     \(found)\n  not    \(wanted)"
          }
        }
      }
    }
    for account in model.accounts {
      let wanted = model.openOrders(of: account.id)
      let found = exchange.openOrders(of: account.id)
      guard wanted == found else {
        return "open orders of \(account.id)\n  are    \(found)\n  not    \(wanted)"
      }
    }
    for id in (1...UInt64(configuration.instruments.count)).map(InstrumentID.init) {
      let found = exchange.book(id, depth: .max)
      for (side, levels) in [(Side.buy, found.bids), (.sell, found.asks)] {
        let wanted = model.levels(id, side)
        guard levels == wanted else {
          return "\(side) side of market \(id)\n  is     \(levels)\n  not    \(wanted)"
        }
      }
      if !model.books[Int(id.raw) - 1].collects, let bid = found.bids.first,
        let ask = found.asks.first, bid.price >= ask.price
      {
        return "the book of market \(id) is crossed"
      }
    }
    return exchange.isConsistent ? nil : "the exchange's parts do not agree with each other"
  }

  /// Writes the exchange as a snapshot, reads it back and goes on with what was read.
  package mutating func passThroughSnapshot() -> String? {
    let bytes = exchange.encode()
    do throws(any Error) {
      exchange = try Exchange(decoding: bytes)
    } catch {
      return "the snapshot cannot be read back: \(error)"
    }
    return exchange.encode() == bytes ? nil : "the snapshot that was read back gives other bytes"
  }
}

extension Event {
  /// Whether it says that an order was placed.
  var isPlacing: Bool { if case .order(_, .placed) = self { true } else { false } }
}
