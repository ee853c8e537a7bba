import Engine
import Journal
import Operations
import Structures
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

  @Test func `a customer's timer that ran out makes one tick`() async throws {
    let exchange = try await TestExchange()
    let (alice, _) = try await exchange.customer("alice")
    let clock = exchange.clock
    let ticker = Ticker(
      sequencer: exchange.sequencer, logger: DevnetHost.logger, clock: { clock.now })
    let armed = try await exchange.sequencer.submit(
      .cancelAllAfter(account: alice, milliseconds: 10_000, tag: ""))
    #expect(armed.refusal == nil)
    clock.advance(9_999)
    #expect(try await ticker.tickIfDue() == false)
    clock.advance(1)
    #expect(try await ticker.tickIfDue())
    #expect(try await ticker.tickIfDue() == false)
  }
}
