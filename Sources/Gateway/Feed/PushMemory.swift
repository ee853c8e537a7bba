import Engine
import Money

/// What was sent last on the channels that are sent from time to time.
struct PushMemory {
  /// Book and trades that a ticker was last made of.
  struct TickerMark: Equatable {
    var book: UInt64
    var trade: UInt64
  }

  /// The bar and trades that a candle was last made of.
  struct CandleMark: Equatable {
    var opening: Timestamp
    var trade: UInt64
  }

  var tickers: [InstrumentID: TickerMark] = [:]
  /// What was last said of call auctions.
  var auctions: [InstrumentID: CallAuction] = [:]
  /// The last price that price limits were last made of.
  var priceLimits: [InstrumentID: Price] = [:]
  var candles: [SocketChannel: CandleMark] = [:]
  /// When a depth channel was last sent.
  var depthSentAt: [SocketChannel: Timestamp] = [:]
  var accountsSentAt = Timestamp(milliseconds: 0)
  var isStatusChanged = false

  mutating func forget(_ channel: SocketChannel) {
    candles[channel] = nil
    depthSentAt[channel] = nil
    if case .tickers(let instrument) = channel { tickers[instrument] = nil }
  }
}
