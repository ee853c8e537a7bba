import Engine
import Foundation
import Journal
import Money
import Operations
import Statements
import Structures
import Testing
import Wire

@Suite struct GuardTests {
  private func order(
    _ exchange: TestExchange, _ counter: UInt64, _ command: Command
  ) throws -> [UInt8] {
    var writer = ByteWriter()
    command.encode(into: &writer)
    return try Signed(
      GuardOrder(counter: counter, command: writer.bytes), by: exchange.guardKey
    ).bytes
  }

  private let healthy = Command.guardReported(
    GuardReport(connected: true, signersReachable: 3, signersTotal: 3, threshold: 2, halted: nil))

  @Test func `an order is taken once, also after a restart`() async throws {
    let exchange = try await TestExchange()
    let path = exchange.folder.file("counter")
    let orders = GuardOrders(sequencer: exchange.sequencer, counter: try GuardCounter(path: path))
    let body = try order(exchange, 5, healthy)
    let committed = try await orders.take(body)
    #expect(committed.batch == exchange.sequencer.head.sequence)
    await #expect(throws: GuardOrders.Refusal.counter(.notGrowing(last: 5))) {
      try await orders.take(body)
    }
    let restarted = GuardOrders(
      sequencer: exchange.sequencer, counter: try GuardCounter(path: path))
    await #expect(throws: GuardOrders.Refusal.counter(.notGrowing(last: 5))) {
      try await restarted.take(body)
    }
    _ = try await restarted.take(try order(exchange, 6, healthy))
  }

  @Test func `a list of orders is taken as a whole or not at all`() async throws {
    let exchange = try await TestExchange()
    let counter = try GuardCounter(path: exchange.folder.file("counter"))
    let orders = GuardOrders(sequencer: exchange.sequencer, counter: counter)
    func list(_ bodies: [[UInt8]]) -> [UInt8] {
      var writer = ByteWriter()
      for body in bodies { writer.write(body) }
      return writer.bytes
    }
    let refused = Command.guardRefused(withdrawal: .init(77), reason: "no")
    let first = try order(exchange, 3, refused)
    let taken = try await orders.take(
      list: list([first, try order(exchange, 7, healthy), try order(exchange, 8, refused)]))
    #expect(taken == [.unknownWithdrawal, nil, .unknownWithdrawal])
    #expect(counter.value == 8)

    let head = exchange.sequencer.head.sequence
    let ninth = try order(exchange, 9, healthy)
    for (bodies, last) in [([ninth, first], 9), ([ninth, ninth], 9), ([first, ninth], 8)] {
      await #expect(throws: GuardOrders.Refusal.counter(.notGrowing(last: UInt64(last)))) {
        try await orders.take(list: list(bodies))
      }
    }
    await #expect(throws: GuardOrders.Refusal.notTheGuards) {
      try await orders.take(list: list([ninth, try self.order(exchange, 10, .tick)]))
    }
    let many = [[UInt8]](repeating: ninth, count: GuardOrders.listLimit + 1)
    for body in [[], list([ninth]) + [1], [0xFF, 0xFF, 0xFF, 0xFF], list(many)] {
      await #expect(throws: GuardOrders.Refusal.malformed) { try await orders.take(list: body) }
    }
    #expect(counter.value == 8)
    #expect(exchange.sequencer.head.sequence == head)
    #expect(try await orders.take(list: list([ninth])) == [nil])
  }

  @Test func `only the guard's key and the guard's commands are taken`() async throws {
    let exchange = try await TestExchange()
    let counter = try GuardCounter(path: exchange.folder.file("counter"))
    let orders = GuardOrders(sequencer: exchange.sequencer, counter: counter)
    var writer = ByteWriter()
    healthy.encode(into: &writer)
    let forged = try Signed(GuardOrder(counter: 1, command: writer.bytes), by: exchange.dave)
    await #expect(throws: GuardOrders.Refusal.badSignature) {
      try await orders.take(forged.bytes)
    }
    for command in [Command.tick, .openAccount(name: "mallory")] {
      await #expect(throws: GuardOrders.Refusal.notTheGuards) {
        try await orders.take(try self.order(exchange, 1, command))
      }
    }
    let trailing = try Signed(
      GuardOrder(counter: 1, command: writer.bytes + [0]), by: exchange.guardKey)
    for body in [[], [1, 2, 3], trailing.bytes] {
      await #expect(throws: GuardOrders.Refusal.malformed) { try await orders.take(body) }
    }
    #expect(counter.value == 0)
    await #expect(throws: GuardOrders.Refusal.refused(.unknownWithdrawal)) {
      try await orders.take(
        try self.order(exchange, 1, .guardRefused(withdrawal: .init(77), reason: "no")))
    }
  }

  @Test func `a damaged counter is refused, not begun anew`() async throws {
    let folder = try TestFolder()
    let path = folder.file("counter")
    try GuardCounter(path: path).take(9)
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    bytes[0] ^= 1
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    #expect(throws: GuardCounter.Failure.damaged(path: path)) { try GuardCounter(path: path) }
  }

  @Test func `the guard's absence is journaled once and ends with its own report`() async throws {
    let exchange = try await TestExchange()
    let clock = exchange.clock
    let presence = GuardPresence(
      sequencer: exchange.sequencer, timeoutMilliseconds: 5000, logger: DevnetHost.logger,
      clock: { clock.now })
    clock.advance(5000)
    #expect(try await presence.reportIfSilent() == false)
    clock.advance(1)
    #expect(try await presence.reportIfSilent())
    #expect(try await presence.reportIfSilent() == false)
    let suspensions = try await exchange.sequencer.read { $0.suspensions }
    #expect(suspensions.map(\.reason) == [.guardUnreachable])
    #expect(suspensions.map(\.closes) == [false])

    presence.heard()
    let counter = try GuardCounter(path: exchange.folder.file("counter"))
    _ = try await GuardOrders(sequencer: exchange.sequencer, counter: counter)
      .take(try order(exchange, 1, healthy))
    #expect(try await exchange.sequencer.read { $0.suspensions }.isEmpty)
    #expect(try await presence.reportIfSilent() == false)
    clock.advance(5001)
    #expect(try await presence.reportIfSilent())
  }

  @Test func `the feed goes on only from a batch that its journal has`() async throws {
    let exchange = try await TestExchange()
    let feed = JournalFeed(sequencer: exchange.sequencer)
    let head = exchange.sequencer.head
    try feed.confirm(0, hash: [UInt8](repeating: 0, count: 32))
    try feed.confirm(head.sequence, hash: head.hash)
    #expect(throws: JournalFeed.Refusal.forked(at: head.sequence)) {
      try feed.confirm(head.sequence, hash: [UInt8](repeating: 9, count: 32))
    }
    #expect(
      throws: JournalFeed.Refusal.ahead(reader: head.sequence + 1, head: head.sequence)
    ) { try feed.confirm(head.sequence + 1, hash: head.hash) }
  }

  @Test func `the feed gives batches as they stand on disk and waits for news`() async throws {
    let exchange = try await TestExchange()
    let feed = JournalFeed(sequencer: exchange.sequencer)
    let all = try await feed.batches(after: 0, waitMilliseconds: 0)
    var reader = ByteReader(all)
    let first = try JournalBatch(decoding: reader.read([UInt8].self))
    #expect(first.sequence == 1)
    #expect(try await feed.batches(after: first.sequence, waitMilliseconds: 0).isEmpty)

    async let news = feed.batches(after: first.sequence, waitMilliseconds: 300_000)
    try await Task.sleep(for: .milliseconds(50))
    _ = try await exchange.sequencer.submit(.openAccount(name: "alice"))
    var next = ByteReader(try await news)
    #expect(try JournalBatch(decoding: next.read([UInt8].self)).previous == first.hash)
  }
}
