import Engine
import Money
import Structures
import Testing
import Wire

@Suite struct CommandCodingTests {
  private func bytes(_ command: Command) -> [UInt8] {
    var writer = ByteWriter()
    command.encode(into: &writer)
    return writer.bytes
  }

  @Test(arguments: UInt64(0)..<20)
  func `every command reads back as itself`(seed: UInt64) throws {
    var source = RandomCommands(seed: seed)
    var kinds: Set<UInt8> = []
    for _ in 0..<800 {
      let command = source.arbitrary()
      let bytes = bytes(command)
      var reader = ByteReader(bytes)
      #expect(try Command(from: &reader) == command)
      try reader.finish()
      kinds.insert(try #require(bytes.first))
    }
    #expect(kinds.count == 56)
  }

  @Test func `words for a client's id are refused where the exchange's own id names the order`()
    throws
  {
    // A cancel by number that claims one word of a client's id: it would read as the one without.
    var words = ByteWriter()
    words.write(UInt64(10) | 1 << 24)
    words.write(UInt64(1))
    words.write(UInt64(7))
    var reader = ByteReader(words.bytes)
    #expect(throws: WireError.malformed(at: 0)) { try Command(from: &reader) }
    reader = ByteReader([10] + words.bytes[1..<3] + [0] + words.bytes[4...])
    #expect(
      try Command(from: &reader)
        == .cancelOrder(account: AccountID(1), order: .id(OrderID(7))))
  }

  @Test(arguments: UInt64(0)..<20)
  func `damaged bytes are refused or are another command, never a trap`(seed: UInt64) throws {
    var source = RandomCommands(seed: seed)
    var random = SplitMix64(seed: seed)
    var exchange = TestExchange()
    exchange.checksEverything = false
    for _ in 0..<400 {
      var damaged = bytes(source.arbitrary())
      switch Int.random(in: 0..<3, using: &random) {
      case 0: damaged.removeLast(.random(in: 0...damaged.count, using: &random))
      case 1:
        for _ in 0...3 {
          damaged[.random(in: 0..<damaged.count, using: &random)] = .random(
            in: 0...255, using: &random)
        }
      default: damaged = (0..<60).map { _ in .random(in: 0...255, using: &random) }
      }
      var reader = ByteReader(damaged)
      guard let command = try? Command(from: &reader) else { continue }
      // What still reads has one encoding, and the exchange survives it.
      #expect(bytes(command) == Array(damaged.prefix(reader.offset)))
      exchange.run(command)
    }
    #expect(exchange.exchange.isConsistent)
  }
}
