import Engine
import Journal
import Money
import Structures

// Customers, and the network between them and the server.

extension World {
  /// A customer wants something. Nothing else is asked before the markets are there.
  func send() {
    guard model.configuration != nil || outstanding.isEmpty else { return repeatRequest() }
    guard outstanding.count < (commands.isOpening ? 60 : 24) else { return }
    let step = commands.next(model)
    requests += 1
    outstanding[requests] = step.command
    tell("request \(requests): \(step.text)")
    post(Message(request: requests, command: step.command))
  }

  /// A customer has waited long enough and asks again.
  func repeatRequest() {
    // By number, so that the seed decides and not the order of a dictionary.
    guard let request = outstanding.keys.sorted().randomElement(using: &random),
      let command = outstanding[request]
    else { return }
    tell("request \(request) again")
    post(Message(request: request, command: command))
  }

  /// The network takes a message: it may lose or double it.
  private func post(_ message: Message) {
    switch draw(0...19) {
    case 0: tell("  lost")
    case 1: network += [message, message]
    default: network.append(message)
    }
  }

  /// Some message arrives, not always the oldest one.
  func deliver() {
    guard let server, !network.isEmpty else { return }
    let index = !commands.isOpening && chance(3) ? draw(0...network.count - 1) : 0
    let message = network.remove(at: index)
    deliveries += 1
    let delivery = deliveries
    tell("deliver \(delivery): request \(message.request)")
    requestOf[delivery] = message.request
    open.append(message.command)
    server.admit(message.command, at: now) { [inbox] result in
      switch result {
      case .success(let group):
        inbox.answers.append(.group(delivery: delivery, command: message.command, group))
      case .failure: inbox.answers.append(.failed(delivery: delivery))
      }
    }
  }

  /// Somebody looks at books and balances; he may be shown only what is durable.
  func look() {
    guard let server else { return }
    server.read({ Self.sight($0) }) { [inbox] result in
      if case .success(let (sight, point)) = result { inbox.answers.append(.seen(sight, point)) }
    }
  }

  static func sight(_ exchange: borrowing Exchange) -> Sight {
    guard let configuration = exchange.configuration else { return Sight() }
    var sight = Sight()
    for asset in 1...UInt64(configuration.assets.count) {
      sight.owed.append(exchange.owed(AssetID(asset)).units)
    }
    for market in 0..<UInt64(configuration.instruments.count) {
      let book = exchange.book(InstrumentID(market + 1), depth: .max)
      sight.books += [book.bids, book.asks]
    }
    return sight
  }

  /// What the model would show.
  var expectedSight: Sight {
    guard let configuration = model.configuration else { return Sight() }
    var sight = Sight()
    for asset in 1...UInt64(configuration.assets.count) {
      sight.owed.append(model.owed(AssetID(asset)))
    }
    for market in 0..<UInt64(configuration.instruments.count) {
      for side in [Side.buy, .sell] {
        sight.books.append(model.levels(InstrumentID(market + 1), side))
      }
    }
    return sight
  }

  /// Takes the answers of a durable batch, in order, and holds each against the model.
  func takeAnswers() throws(Violation) {
    let answers = inbox.answers
    inbox.answers = []
    for answer in answers {
      switch answer {
      case .failed: throw Violation("a failure was answered although the batch is durable")
      case .seen(let sight, let point):
        try require(point.sequence == head, "somebody was shown batch \(point.sequence) of \(head)")
        try require(sight == expectedSight, "somebody was shown what is not durable")
        tally.looks += 1
      case .group(let delivery, let command, let group):
        try require(answered.insert(delivery).inserted, "delivery \(delivery) is answered twice")
        try require(group.malformed == nil && group.count == 1, "a command was not carried out")
        try require(group.batch == head, "an answer names batch \(group.batch), not \(head)")
        try require(underWay.first == command, "an answer is out of turn")
        underWay.removeFirst()
        try take(command, at: group.time, group.events(of: 0))
        tally.acknowledged += 1
        settle(requestOf.removeValue(forKey: delivery))
      }
    }
  }

  /// The answer reaches the customer, or is lost on the way.
  private func settle(_ request: Int?) {
    guard let request, !chance(10) else { return }
    outstanding[request] = nil
  }

  /// Counts a command as durable and compares what it did.
  func take(_ command: Command, at time: Timestamp, _ events: [Event]) throws(Violation) {
    if let last = truth.last { try require(time >= last.time, "time went back to \(time)") }
    truth.append(JournalEntry(time: time, command: command))
    let expected = model.apply(command, at: time)
    if let difference = ModelDuel.difference(model, expected, events) {
      throw Violation("model and exchange differ at \(command): \(difference)")
    }
    try audit.check(events)
    if case .order(let order, .placed)? = events.first(where: \.isPlacing) {
      commands.placed(order, by: 0)
      try require(
        order.clientOrderID.isEmpty
          || model.openOrders(of: order.account).count {
            $0.clientOrderID == order.clientOrderID
          } <= 1, "two open orders share the customer's id \(order.clientOrderID)")
    }
  }
}
