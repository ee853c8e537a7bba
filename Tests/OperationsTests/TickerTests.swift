import Journal
import Operations
import Testing

@Suite struct TickerTests {
  @Test func `nothing due makes no tick`() async throws {
    let exchange = try await TestExchange()
    let clock = exchange.clock
    let ticker = Ticker(
      sequencer: exchange.sequencer, logger: DevnetHost.logger, clock: { clock.now })
    let head = exchange.sequencer.head.sequence
    #expect(try await ticker.tickIfDue() == false)
    #expect(exchange.sequencer.head.sequence == head)
  }
}
