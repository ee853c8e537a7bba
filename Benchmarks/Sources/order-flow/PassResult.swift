import OrderFlow

/// What one timed pass of an engine over a workload came to.
struct PassResult {
  /// Commands between two readings of the clock: few enough that their trades and events stay in the
  /// cache, enough that the clock costs nothing.
  static let group = 1024

  /// Nanoseconds in the engine; reading its trades for the checksum is outside.
  var nanoseconds: UInt64 = 0
  var trades: UInt64 = 0
  /// ``TradeChecksum`` of all trades, those of the prefill included.
  var sum = TradeChecksum.start
  /// Orders that rest after the last command.
  var resting: UInt64 = 0
  /// Named counts that only some engines have.
  var more: [(name: String, value: UInt64)] = []

  mutating func add(maker: UInt64, taker: UInt64, price: UInt64, quantity: UInt64) {
    sum = TradeChecksum.adding(
      maker: maker, taker: taker, price: price, quantity: quantity, to: sum)
    trades += 1
  }

  /// One line for the runner.
  var line: String {
    (["ns=\(nanoseconds)", "trades=\(trades)", "sum=\(sum)", "resting=\(resting)"]
      + more.map { "\($0.name)=\($0.value)" }).joined(separator: " ")
  }
}
