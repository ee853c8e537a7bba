import Engine
import Money
import Structures
import Testing
import Wire

@Suite struct CommandRunTests {
  /// Entries as the journal has them, and where each begins.
  private struct Entries {
    var bytes: [UInt8] = []
    var starts: [Int] = []

    mutating func append(_ record: [UInt8], at time: Timestamp) {
      starts.append(bytes.count)
      let head = UInt64(time.milliseconds) << 16 | UInt64(record.count)
      for shift in stride(from: UInt64(0), to: 64, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: head >> shift))
      }
      bytes += record
      bytes += Array(repeating: 0, count: (8 - record.count % 8) % 8)
    }
  }

  private func record(_ command: Command) -> [UInt8] {
    var writer = ByteWriter()
    command.encode(into: &writer)
    return writer.bytes
  }

  /// A random history: its entries, and what each did when it was carried out alone.
  private func history(
    _ seed: UInt64, _ count: Int
  ) throws -> (entries: Entries, words: [[UInt64]], end: [UInt8]) {
    var source = RandomCommands(seed: seed)
    var world = TestExchange()
    world.checksEverything = false
    var alone = Exchange()
    alone.apply(.configure(.sample), at: world.now) { _ in }
    var entries = Entries()
    var words: [[UInt64]] = []
    var buffer = EventBuffer()
    var prelude = RandomCommands.prelude[...]
    for _ in 0..<count {
      if prelude.isEmpty, source.chance(1, in: 3) { world.wait(source.number(0...2_000_000)) }
      let command = prelude.popFirst() ?? source.plausible(for: world.exchange)
      world.run(command)
      let record = record(command)
      entries.append(record, at: world.now)
      buffer.removeAll()
      try alone.apply(record: record.span, at: world.now, into: &buffer)
      words.append(buffer.withWords { words in words.indices.map { words[$0] } })
    }
    return (entries, words, alone.encode())
  }

  /// The words of each command, without those that name a place among rare events.
  private func expectEqual(
    _ run: borrowing CommandRun, from first: Int, _ words: [[UInt64]], _ seed: UInt64
  ) {
    for index in 0..<run.count {
      let range = run.words(of: index)
      let found = run.events.withWords { words in range.map { words[$0] } }
      let wanted = words[first + index]
      #expect(found.count == wanted.count, "seed \(seed), command \(first + index)")
      for (found, wanted) in zip(found, wanted) where found != wanted {
        // A rare event's number counts from the beginning of the buffer.
        #expect(
          found & 0xFFFF == wanted & 0xFFFF && found & 0xFF == 8,
          "seed \(seed), command \(first + index)")
      }
    }
  }

  @Test(arguments: UInt64(0)..<8)
  func `a batch does what its commands do one by one`(seed: UInt64) throws {
    let (entries, words, end) = try history(seed, 400)
    var exchange = Exchange()
    exchange.apply(.configure(.sample), at: TestExchange().now) { _ in }
    // Somebody else has the state as it was, and keeps it.
    let before = exchange
    let image = before.encode()
    var run = CommandRun()
    let result = run.apply(entries.bytes.span, in: 0..<entries.bytes.count, to: &exchange)
    #expect(result == (entries.bytes.count, 400))
    #expect(run.count == 400)
    expectEqual(run, from: 0, words, seed)
    #expect(exchange.encode() == end)
    #expect(before.encode() == image)
  }

  @Test(arguments: UInt64(0)..<4)
  func `a batch with pauses does the same`(seed: UInt64) throws {
    let (entries, words, end) = try history(seed, 300)
    var random = SplitMix64(seed: seed)
    var exchange = Exchange()
    exchange.apply(.configure(.sample), at: TestExchange().now) { _ in }
    var run = CommandRun()
    var offset = 0
    var count = 0
    while offset < entries.bytes.count {
      let pause = Int.random(in: 1...600, using: &random)
      let (next, some) = run.apply(
        entries.bytes.span, in: offset..<entries.bytes.count, pausingAfter: pause, to: &exchange)
      #expect(some > 0 && some == run.count)
      #expect(next >= min(offset + pause, entries.bytes.count), "seed \(seed), at \(offset)")
      #expect(next == entries.bytes.count || entries.starts[count + some] == next)
      expectEqual(run, from: count, words, seed)
      offset = next
      count += some
      run.removeAll()
    }
    #expect(count == 300)
    #expect(exchange.encode() == end)
  }

  @Test(arguments: UInt64(0)..<8)
  func `a batch stops before what is no command, and says where`(seed: UInt64) throws {
    let (entries, _, _) = try history(seed, 120)
    var random = SplitMix64(seed: seed)
    let place = Int.random(in: 60..<120, using: &random)
    var damaged = entries.bytes
    // Another kind of command, or a length beyond the end.
    if seed % 2 == 0 {
      damaged[entries.starts[place] + 8] = 0xEE
    } else {
      damaged[entries.starts[place]] = 0xF0
      damaged[entries.starts[place] + 1] = 0xFF
    }
    var exchange = Exchange()
    exchange.apply(.configure(.sample), at: TestExchange().now) { _ in }
    var whole = exchange
    var run = CommandRun()
    let result = run.apply(damaged.span, in: 0..<damaged.count, to: &exchange)
    #expect(result == (entries.starts[place], place), "seed \(seed)")
    // What stands before it was carried out, and nothing else.
    run.removeAll()
    _ = run.apply(entries.bytes.span, in: 0..<entries.starts[place], to: &whole)
    #expect(exchange.encode() == whole.encode())
    // Cut short anywhere, an entry is none.
    let cut = Int.random(in: entries.starts[place - 1] + 1..<entries.starts[place], using: &random)
    var short = Exchange()
    short.apply(.configure(.sample), at: TestExchange().now) { _ in }
    run.removeAll()
    let shortened = run.apply(entries.bytes.span, in: 0..<cut, to: &short)
    #expect(shortened == (entries.starts[place - 1], place - 1), "seed \(seed)")
  }

  @Test func `a client's id of sixteen bytes has letters and digits only, wherever they stand`()
    throws
  {
    var world = TestExchange()
    world.checksEverything = false
    let alice = world.open("alice")
    world.fund(alice, TestExchange.usdt, 1_000_000_000_000)
    let plain = Array("abcXYZ0123456789".utf8)
    let order = Command.placeOrder(
      PlaceOrder(
        account: alice, instrument: TestExchange.btcUsdt, clientOrderID: "abcXYZ0123456789",
        tag: "", side: .buy, type: .limit, price: Price(ticks: 9), size: .base(Lots(1)),
        refuseShrinking: false))
    let good = record(order)
    let at = try #require(good.indices.dropLast(15).first { Array(good[$0..<$0 + 16]) == plain })
    var placed = 0
    for place in 0..<16 {
      for byte in UInt8.min...UInt8.max {
        var bytes = good
        bytes[at + place] = byte
        var events = EventBuffer()
        var exchange = world.exchange
        let isLetterOrDigit =
          (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) && byte < 0x80
        var isPlaced = false
        do throws(WireError) {
          try exchange.apply(record: bytes.span, at: world.now, into: &events)
          for case .order in events.events() { isPlaced = true }
        } catch {}
        // A zero at the end makes it one of fifteen.
        let isShorter = byte == 0 && place == 15
        #expect(isPlaced == (isLetterOrDigit || isShorter), "byte \(byte) at \(place)")
        if isPlaced { placed += 1 }
      }
    }
    #expect(placed == 16 * 62 + 1)
  }
}
