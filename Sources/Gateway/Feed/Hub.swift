import Engine
import JSON
import Journal
import MarketData
import Money
import Structures
import Synchronization
import Views

/// The public state of the markets and everyone who listens, kept from the journal's batches.
actor Hub {
  /// One listener of one channel.
  struct Listener {
    var session: Session
    var subscription: Subscription
    /// The `arg` of its pushes as text.
    var argument: [UInt8]
  }

  private(set) var catalog = Catalog.empty
  private(set) var tip: UInt32?
  /// Whether each market trades.
  private(set) var states: [InstrumentID: InstrumentState] = [:]
  /// How the last call auction of a market ended, as far as it was seen.
  private(set) var auctions: [InstrumentID: CallAuction] = [:]
  var data = MarketData()
  /// Listeners of public channels.
  var listeners: [SocketChannel: [Listener]] = [:]
  /// Listeners of private channels.
  var owners: [AccountID: [Listener]] = [:]
  /// Trading balances of the accounts that someone listens to.
  var balances: [AccountID: [AssetID: Balance]] = [:]
  /// What the depth channels have published.
  var feeds: [SocketChannel: DepthFeed] = [:]
  var memory = PushMemory()

  private let sequencer: Sequencer
  private let keys: KeyDirectory
  private let clock: @Sendable () -> Timestamp

  init(sequencer: Sequencer, keys: KeyDirectory, clock: @escaping @Sendable () -> Timestamp) {
    self.sequencer = sequencer
    self.keys = keys
    self.clock = clock
  }

  // MARK: Asking

  /// The public state of a market.
  func market(_ id: InstrumentID) -> Market? { data[id] }

  /// What coins are worth now.
  func valuation() -> Valuation {
    var prices: [InstrumentID: Price] = [:]
    for market in catalog.markets { prices[market.id] = data[market.id]?.lastTrade?.price }
    return Valuation(catalog: catalog, lastPrices: prices)
  }

  // MARK: Feeding

  /// Takes the trades of the history, oldest first.
  func restore(_ trades: [TradeRecord]) {
    for trade in trades {
      data.restore(
        PublicTrade(
          id: trade.id, price: trade.price, size: trade.size, quote: trade.quote,
          takerSide: trade.takerSide, at: trade.at), of: trade.instrument)
    }
  }

  /// Takes the configuration and the books as they are now, in place of what was known.
  func load() async throws(SequencerError) {
    struct Books: Sendable {
      var configuration: ExchangeConfiguration?
      var tip: UInt32?
      var books: [(InstrumentID, [BookLevel], [BookLevel])]
      var states: [InstrumentID: InstrumentState]
    }
    let head = sequencer.head.sequence
    let now = try await sequencer.read { exchange in
      let count = exchange.configuration?.instruments.count ?? 0
      return Books(
        configuration: exchange.configuration, tip: exchange.tip?.height,
        books: (0..<count).map { index in
          let id = InstrumentID(UInt64(index) + 1)
          let book = exchange.book(id, depth: .max)
          return (id, book.bids, book.asks)
        },
        states: Dictionary(
          uniqueKeysWithValues: (0..<count).map { index in
            let id = InstrumentID(UInt64(index) + 1)
            return (id, exchange.state(of: id) ?? .live)
          }))
    }
    keys.forgetAll()
    if let configuration = now.configuration {
      catalog = Catalog(configuration)
      data.apply(.configured(configuration), sequence: head)
    }
    tip = now.tip
    states = now.states
    for (id, bids, asks) in now.books {
      data.replaceBook(of: id, bids: bids, asks: asks, sequence: head)
    }
    for account in balances.keys { try await loadBalances(of: account) }
  }

  /// Takes one batch and tells everyone who listens.
  func take(_ batch: CommittedBatch) {
    var touched: Set<InstrumentID> = []
    var changed: [AccountID: [AssetID: Balance]] = [:]
    let now = clock()
    for entry in batch.entries {
      for event in entry.events {
        data.apply(event, sequence: batch.sequence)
        switch event {
        case .configured(let configuration):
          catalog = Catalog(configuration)
          publishInstruments(catalog.markets)
        case .instrumentState(let id, let state):
          states[id] = state
          publishInstruments(catalog.market(id).map { [$0] } ?? [])
        case .auction(let result):
          auctions[result.instrument] = CallAuction(
            price: result.price, size: result.size, unmatched: .zero, endedAt: entry.time)
        case .algo(let algo, let change): push(algo, change)
        case .level(let level): touched.insert(level.instrument)
        case .trade(let trade): push(PublicTrade(trade), of: trade.instrument, batch.sequence)
        case .order(let order, let change): push(order, change)
        case .balance(let account, let balance):
          if owners[account] != nil, balance.wallet == .trading {
            changed[account, default: [:]][balance.asset] = balance
          }
        case .deposit(let deposit): push(deposit, now: now)
        case .withdrawal(let withdrawal): push(withdrawal, now: now)
        case .apiKeyRevoked(let key): revoke(key)
        case .apiKeyCreated(let key): keys.forget(key.key)
        case .blockConnected(let point): tip = point.height
        case .suspended, .resumed: memory.isStatusChanged = true
        default: break
        }
      }
    }
    for (account, assets) in changed { push(balances: assets, of: account, now: now) }
    for instrument in touched { pushDepth(of: instrument, immediate: true, now: now) }
  }

  private func revoke(_ key: String) {
    keys.forget(key)
    for listener in owners.values.joined() where listener.session.principal?.apiKey == key {
      listener.session.close(4007, "The API key was changed.")
    }
  }

  // MARK: Listening

  /// Adds a listener and sends it what its channel sends first.
  func subscribe(
    _ session: Session, _ subscription: Subscription, now: Timestamp
  ) async throws(Rejection) {
    let channel = subscription.channel
    if channel == .silent { return }
    unsubscribe(session, subscription)
    var argument = subscription.argument
    guard channel.isPrivate else {
      let isFirst = listeners[channel]?.isEmpty ?? true
      let listener = Listener(
        session: session, subscription: subscription, argument: argument.bytes)
      listeners[channel, default: []].append(listener)
      greet(listener, isFirst: isFirst, now: now)
      return
    }
    guard let account = session.principal?.account else {
      throw Rejection(.notLoggedIn, "Please log in")
    }
    if case .object(let members) = argument {
      argument = .object(members + [JSON.Member("uid", .string(String(account.raw)))])
    }
    let listener = Listener(
      session: session, subscription: subscription, argument: argument.bytes)
    owners[account, default: []].append(listener)
    switch channel {
    case .account, .balanceAndPosition:
      if balances[account] == nil {
        do {
          try await loadBalances(of: account)
        } catch {
          throw Rejection(.unavailable, "Service temporarily unavailable, try again later.")
        }
      }
      greetOwner(listener, account, now: now)
    case .positions: send(listener, "[]".utf8)
    default: break
    }
  }

  private func loadBalances(of account: AccountID) async throws(SequencerError) {
    if balances[account] == nil { balances[account] = [:] }
    let known = try await sequencer.read { $0.balances(of: account) }
    // Changes that came in meanwhile are at least as new, or will be overtaken by what follows.
    var all = Dictionary(
      known.filter { $0.wallet == .trading }.map { ($0.asset, $0) },
      uniquingKeysWith: { first, _ in first })
    all.merge(balances[account] ?? [:]) { _, newer in newer }
    balances[account] = all
  }

  /// Removes a listener.
  func unsubscribe(_ session: Session, _ subscription: Subscription) {
    let isSame = { (listener: Listener) in
      listener.session === session
        && listener.subscription.argument == subscription.argument
    }
    if subscription.channel.isPrivate {
      guard let account = session.principal?.account else { return }
      owners[account]?.removeAll(where: isSame)
      forget(account)
    } else {
      listeners[subscription.channel]?.removeAll(where: isSame)
      forget(subscription.channel)
    }
  }

  /// Removes everything that a session listened to.
  func leave(_ session: Session) {
    for channel in Array(listeners.keys) {
      listeners[channel]?.removeAll { $0.session === session }
      forget(channel)
    }
    for account in Array(owners.keys) {
      owners[account]?.removeAll { $0.session === session }
      forget(account)
    }
  }

  private func forget(_ channel: SocketChannel) {
    guard listeners[channel]?.isEmpty ?? false else { return }
    listeners[channel] = nil
    feeds[channel] = nil
    memory.forget(channel)
  }

  private func forget(_ account: AccountID) {
    guard owners[account]?.isEmpty ?? false else { return }
    owners[account] = nil
    balances[account] = nil
  }

  // MARK: Sending

  /// Sends `{"arg":...,"data":...}`.
  func send(_ listener: Listener, action: String? = nil, _ rows: some Sequence<UInt8>) {
    var text: [UInt8] = Array("{\"arg\":".utf8)
    text += listener.argument
    if let action { text += ",\"action\":\"\(action)\"".utf8 }
    text += ",\"data\":".utf8
    text += rows
    text.append(UInt8(ascii: "}"))
    listener.session.send(text)
  }

  /// Sends the same rows to every listener of a public channel.
  func publish(_ channel: SocketChannel, action: String? = nil, _ rows: [JSON]) {
    guard let audience = listeners[channel], !audience.isEmpty else { return }
    let text = JSON.array(rows).bytes
    for listener in audience { send(listener, action: action, text) }
  }
}
