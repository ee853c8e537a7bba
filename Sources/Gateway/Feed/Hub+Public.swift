import Engine
import JSON
import MarketData
import Money

/// Pushes of the public channels.
extension Hub {
  /// Time without a change after which a depth channel says that it is alive, in milliseconds.
  private static let depthSilence: Int64 = 60_000

  /// What a new listener of a public channel gets at once.
  func greet(_ listener: Listener, isFirst: Bool, now: Timestamp) {
    let channel = listener.subscription.channel
    switch channel {
    case .tickers(let id): sendRows(listener, tickerRow(id, now: now))
    case .candles(let bar, let id):
      guard let market = catalog.market(id), let data = data[id] else { return }
      sendRows(listener, data.candles(bar, limit: 1, now: now).map { MarketRow.candle(market, $0) })
    case .depth(let depth, let id):
      guard let market = catalog.market(id), let book = data[id]?.book else { return }
      if isFirst {
        var feed = DepthFeed(depth: depth.levels)
        feed.reset(to: book)
        feeds[channel] = feed
        memory.depthSentAt[channel] = now
      }
      guard let feed = feeds[channel] else { return }
      let row = snapshotRow(feed, depth, market, now: now)
      send(
        listener, action: depth.isIncremental ? "snapshot" : nil, JSON.array([row]).bytes)
    case .priceLimit(let id):
      guard let market = catalog.market(id) else { return }
      let last = data[id]?.lastTrade?.price
      memory.priceLimits[id] = last
      sendRows(listener, [PublicEndpoints.priceLimit(market, last: last, now: now)])
    case .instruments:
      let type = listener.subscription.argument["instType"]?.string
      sendRows(listener, type == "SPOT" ? catalog.markets.map(instrumentRow) : [])
    case .auction(let id):
      guard let market = catalog.market(id) else { return }
      sendRows(listener, [MarketRow.auction(market, state(of: id), auctions[id], now: now)])
    case .trades, .allTrades, .status: break
    default: break
    }
  }

  private func state(of id: InstrumentID) -> InstrumentState { states[id] ?? .live }

  private func instrumentRow(_ market: MarketSpec) -> JSON {
    MarketRow.instrument(market, state(of: market.id))
  }

  /// Tells of markets that are new, or trade differently from now on.
  func publishInstruments(_ markets: [MarketSpec]) {
    for listener in listeners[.instruments] ?? []
    where listener.subscription.argument["instType"]?.string == "SPOT" {
      sendRows(listener, markets.map(instrumentRow))
    }
  }

  /// The markets in a call auction, or just out of one, whose auctions someone follows.
  var followedAuctions: [InstrumentID] {
    listeners.keys.compactMap { channel in
      guard case .auction(let id) = channel else { return nil }
      let isOver = state(of: id) != .preopen
      return isOver && memory.auctions[id] == auctions[id] ? nil : id
    }
  }

  /// Tells of a call auction, if it stands differently now.
  func pushAuction(of id: InstrumentID, _ shown: CallAuction?, now: Timestamp) {
    guard let market = catalog.market(id) else { return }
    guard memory.auctions[id] != shown else { return }
    memory.auctions[id] = shown
    publish(.auction(id), [MarketRow.auction(market, state(of: id), shown, now: now)])
  }

  private func sendRows(_ listener: Listener, _ rows: [JSON]) {
    send(listener, JSON.array(rows).bytes)
  }

  /// Tells of a trade, one by one: fills are never merged.
  func push(_ trade: PublicTrade, of id: InstrumentID, _ sequence: UInt64) {
    guard let market = catalog.market(id) else { return }
    publish(.allTrades(id), [MarketRow.trade(market, trade).json])
    guard listeners[.trades(id)] != nil else { return }
    var row = MarketRow.trade(market, trade)
    row.set("count", "1")
    row.set("seqId", json: .number(String(sequence)))
    publish(.trades(id), [row.json])
  }

  /// Sends what is due on the channels that are sent from time to time.
  func tick(now: Timestamp) {
    for channel in Array(listeners.keys) {
      switch channel {
      case .tickers(let id): tickTicker(id, now: now)
      case .priceLimit(let id): tickPriceLimit(id, now: now)
      case .candles(let bar, let id): tickCandle(channel, bar, id, now: now)
      default: break
      }
    }
    for market in catalog.markets { pushDepth(of: market.id, immediate: false, now: now) }
    if now.milliseconds - memory.accountsSentAt.milliseconds >= 5000 {
      memory.accountsSentAt = now
      repeatAccounts(now: now)
    }
  }

  private func tickTicker(_ id: InstrumentID, now: Timestamp) {
    guard let data = data[id] else { return }
    let mark = PushMemory.TickerMark(book: data.book.sequence, trade: data.tradeSequence)
    guard memory.tickers[id] != mark else { return }
    memory.tickers[id] = mark
    publish(.tickers(id), tickerRow(id, now: now))
  }

  private func tickPriceLimit(_ id: InstrumentID, now: Timestamp) {
    guard let market = catalog.market(id), let last = data[id]?.lastTrade?.price,
      memory.priceLimits[id] != last
    else { return }
    memory.priceLimits[id] = last
    publish(.priceLimit(id), [PublicEndpoints.priceLimit(market, last: last, now: now)])
  }

  private func tickerRow(_ id: InstrumentID, now: Timestamp) -> [JSON] {
    guard let market = catalog.market(id), let data = data[id] else { return [] }
    return [MarketRow.ticker(market, data, now: now)]
  }

  private func tickCandle(
    _ channel: SocketChannel, _ bar: CandleBar, _ id: InstrumentID, now: Timestamp
  ) {
    guard let market = catalog.market(id), let data = data[id] else { return }
    let mark = PushMemory.CandleMark(
      opening: bar.opening(of: now), trade: data.tradeSequence)
    let last = memory.candles[channel]
    guard last != mark else { return }
    memory.candles[channel] = mark
    // A bar that just ended is sent once more, as final.
    let isNewBar = last.map { $0.opening != mark.opening } ?? false
    for candle in data.candles(bar, limit: isNewBar ? 2 : 1, now: now).reversed() {
      publish(channel, [MarketRow.candle(market, candle)])
    }
  }

  /// Publishes what changed in the book on the depth channels of one kind.
  func pushDepth(of id: InstrumentID, immediate: Bool, now: Timestamp) {
    guard let market = catalog.market(id), let book = data[id]?.book else { return }
    for depth in SocketChannel.Depth.allCases where depth.isImmediate == immediate || !immediate {
      let channel = SocketChannel.depth(depth, id)
      guard feeds[channel] != nil else { continue }
      if let change = feeds[channel]?.advance(to: book), let feed = feeds[channel] {
        memory.depthSentAt[channel] = now
        let row =
          depth.isIncremental
          ? changeRow(feed, change, market, now: now) : snapshotRow(feed, depth, market, now: now)
        publish(channel, action: depth.isIncremental ? "update" : nil, [row])
      } else if depth.isIncremental, let feed = feeds[channel],
        now.milliseconds - (memory.depthSentAt[channel]?.milliseconds ?? 0) >= Self.depthSilence
      {
        memory.depthSentAt[channel] = now
        let nothing = DepthFeed.Change(
          bids: [], asks: [], previous: feed.sequence, sequence: feed.sequence)
        publish(channel, action: "update", [changeRow(feed, nothing, market, now: now)])
      }
    }
  }

  private func changeRow(
    _ feed: DepthFeed, _ change: DepthFeed.Change, _ market: MarketSpec, now: Timestamp
  ) -> JSON {
    var row = Row()
    row.set("asks", json: MarketRow.levels(market, change.asks))
    row.set("bids", json: MarketRow.levels(market, change.bids))
    row.set("ts", now.milliseconds)
    row.set("checksum", json: .number(String(checksum(feed, market))))
    row.set("prevSeqId", json: .number(String(change.previous)))
    row.set("seqId", json: .number(String(change.sequence)))
    return row.json
  }

  private func snapshotRow(
    _ feed: DepthFeed, _ depth: SocketChannel.Depth, _ market: MarketSpec, now: Timestamp
  ) -> JSON {
    var row = Row()
    row.set("asks", json: MarketRow.levels(market, feed.asks))
    row.set("bids", json: MarketRow.levels(market, feed.bids))
    row.set("instId", market.symbol)
    row.set("ts", now.milliseconds)
    row.set("checksum", json: .number(String(checksum(feed, market))))
    if depth.isIncremental { row.set("prevSeqId", json: -1) }
    row.set("seqId", json: .number(String(feed.sequence)))
    return row.json
  }

  private func checksum(_ feed: DepthFeed, _ market: MarketSpec) -> Int32 {
    func texts(_ levels: [DepthLevel]) -> [(price: String, size: String)] {
      levels.prefix(BookChecksum.depth).map { (market.text($0.price), market.text($0.size)) }
    }
    return BookChecksum.checksum(bids: texts(feed.bids), asks: texts(feed.asks))
  }

  /// Tells the listeners of `status` what holds things up.
  func pushStatus(_ suspensions: [Suspension]) {
    guard memory.isStatusChanged else { return }
    memory.isStatusChanged = false
    publish(.status, suspensions.map { ServiceRow(catalog: catalog).announcement($0) })
  }
}
