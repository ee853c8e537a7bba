import Engine
import Money
import Structures
import Testing
import Wire

/// The properties that everything else leans on, over whole random exchanges.
@Suite struct ReplayTests {
  private func bytes(of events: [Event]) -> [UInt8] {
    var writer = ByteWriter()
    for event in events { event.encode(into: &writer) }
    return writer.bytes
  }

  @Test(arguments: UInt64(0)..<12)
  func `a random exchange keeps its promises and replays to the same bytes`(seed: UInt64) throws {
    var source = RandomCommands(seed: seed)
    var world = TestExchange()
    var history: [(command: Command, at: Timestamp, events: [UInt8])] = []
    var kinds: [String: Int] = [:]
    world.checksEverything = false
    var prelude = RandomCommands.prelude[...]
    for _ in 0..<500 {
      if prelude.isEmpty, source.chance(1, in: 3) { world.wait(source.number(0...2_000_000)) }
      // Time first, alone, so that what falls due is not taken for the command's doing.
      var events: [Event] = []
      world.exchange.apply(.tick, at: world.now) { events.append($0) }
      history.append((.tick, world.now, bytes(of: events)))
      let before = world.exchange.encode()
      let command = prelude.popFirst() ?? source.plausible(for: world.exchange)
      events = world.run(command)
      history.append((command, world.now, bytes(of: events)))
      for event in events { kinds[kind(event), default: 0] += 1 }

      #expect(world.exchange.isConsistent, "seed \(seed), after \(command)")
      for market in [TestExchange.btcUsdt, TestExchange.goldUsdt] {
        let book = world.exchange.book(market, depth: 1)
        if world.exchange.state(of: market) == .live, let bid = book.bids.first,
          let ask = book.asks.first
        {
          #expect(bid.price < ask.price)
        }
      }
      if case .refused = events.last {
        #expect(events.count == 1)
        #expect(world.exchange.encode() == before, "seed \(seed), refused \(command)")
      }
    }
    // The stream is worth something: the rare things happened too.
    for kind in ["trade", "bill", "deposit", "blockDisconnected", "algo"] {
      #expect(kinds[kind, default: 0] > 0, "no \(kind) in seed \(seed)")
    }

    let end = world.exchange.encode()
    #expect(try Exchange(decoding: end).encode() == end)

    // Replay from the beginning, and from a snapshot in the middle: the same events, the same end.
    var replayed = Exchange()
    replayed.apply(.configure(.sample), at: TestExchange().now) { _ in }
    var buffer = EventBuffer()
    var random = SplitMix64(seed: seed)
    let middle = Int.random(in: 0..<history.count, using: &random)
    for (index, entry) in history.enumerated() {
      if index == middle { replayed = try Exchange(decoding: replayed.encode()) }
      // As the journal replays: from bytes, and into words.
      var writer = ByteWriter()
      entry.command.encode(into: &writer)
      let record = writer.bytes
      buffer.removeAll()
      try replayed.apply(record: record.span, at: entry.at, into: &buffer)
      let events = buffer.events()
      #expect(bytes(of: events) == entry.events, "seed \(seed), entry \(index)")
    }
    #expect(replayed.encode() == end)
  }

  @Test(arguments: UInt64(0)..<8)
  func `a damaged snapshot is refused or is consistent, never a trap`(seed: UInt64) throws {
    var source = RandomCommands(seed: seed)
    var world = TestExchange()
    world.checksEverything = false
    for command in RandomCommands.prelude { world.run(command) }
    for _ in 0..<300 {
      world.wait(source.number(0...2_000_000))
      world.run(source.plausible(for: world.exchange))
    }
    let whole = world.exchange.encode()
    var random = SplitMix64(seed: seed)
    for _ in 0..<150 {
      var damaged = whole
      damaged[.random(in: 0..<damaged.count, using: &random)] ^= .random(
        in: 1...255, using: &random)
      if let exchange = try? Exchange(decoding: damaged) {
        #expect(exchange.isConsistent)
        let encoded = exchange.encode()
        let differs = zip(encoded, damaged).enumerated().first { $1.0 != $1.1 }?.offset
        #expect(
          differs == nil && encoded.count == damaged.count,
          "seed \(seed), byte \(differs ?? -1) of \(damaged.count)")
      }
      #expect(throws: WireError.self) {
        _ = try Exchange(
          decoding: Array(whole.prefix(.random(in: 0..<whole.count, using: &random))))
      }
    }
  }

  private func kind(_ event: Event) -> String {
    String(String(describing: event).prefix { $0 != "(" })
  }
}
