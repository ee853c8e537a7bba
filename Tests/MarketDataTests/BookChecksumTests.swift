import MarketData
import Testing

@Suite struct BookChecksumTests {
  @Test func `the text that is summed is the published one`() {
    // OKX v5, "order book channel": crc32 of "3366.1:7:3366.8:9:3368:8".
    let sum = BookChecksum.checksum(
      bids: [("3366.1", "7")], asks: [("3366.8", "9"), ("3368", "8")])
    #expect(sum == -1_471_518_219)
  }
}
