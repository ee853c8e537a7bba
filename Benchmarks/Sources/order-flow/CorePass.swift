import Engine
import ExchangeFlow
import Money
import OrderFlow
import Structures

/// The whole core over a workload: admission, holds, matching, ledger, fees, events, level changes,
/// duplicate client ids, conservation after each command.
struct CorePass {
  private let symbols: Int
  private let prepared: Exchange
  private let commands: [Command]
  private let firstTimed: Int
  private let translation: ExchangeTranslation

  init(_ workload: Workload) throws {
    var exchange = Exchange()
    var events = EventBuffer()
    ExchangeFlow(workload.header).prepare { command in
      exchange.apply(command, at: ExchangeFlow.firstTime, into: &events)
      events.removeAll()
    }
    var translation = ExchangeTranslation(workload.header, for: exchange)
    var commands: [Command] = []
    var firstTimed = 0
    for (index, command) in workload.commands.enumerated() {
      if index == workload.firstTimed { firstTimed = commands.count }
      try translation.translate(command) { commands.append($0) }
    }
    symbols = Int(workload.header.symbols)
    prepared = exchange
    self.commands = commands
    self.firstTimed = firstTimed
    self.translation = translation
  }

  func run() -> PassResult {
    var result = PassResult()
    var exchange = prepared
    var scan = EventScan(translation)
    var events = EventBuffer(capacity: 1 << 17)
    for index in 0..<firstTimed {
      exchange.apply(commands[index], at: ExchangeFlow.time(ofCommand: index), into: &events)
      scan.read(events)
      events.removeAll()
    }
    scan.beginTiming()
    let allocations = Allocations.count
    result.nanoseconds = apply(firstTimed..<commands.count, to: &exchange, &events, &scan)
    if let allocations, let after = Allocations.count {
      result.more.append(("allocations", after - allocations))
    }
    result.trades = scan.trades
    result.sum = scan.sum
    for symbol in 0..<symbols {
      result.resting += UInt64(exchange.openOrders(InstrumentID(UInt64(symbol) + 1)).count)
    }
    result.more += [
      ("refused", scan.refusals), ("events", scan.events), ("postings", scan.postings),
      ("conserved", exchange.isConsistent ? 1 : 0),
    ]
    return result
  }

  /// Returns the nanoseconds in the core. Its events are read outside of them, after each group.
  private func apply(
    _ range: Range<Int>, to exchange: inout Exchange, _ events: inout EventBuffer,
    _ scan: inout EventScan
  ) -> UInt64 {
    var nanoseconds: UInt64 = 0
    var start = range.lowerBound
    while start < range.upperBound {
      let end = min(start + PassResult.group, range.upperBound)
      let begin = Monotonic.now
      timedRegion(start, end, &exchange, &events)
      nanoseconds += Monotonic.now - begin
      scan.read(events)
      events.removeAll()
      start = end
    }
    return nanoseconds
  }

  /// Its own function, so that profilers can count it alone.
  @inline(never) private func timedRegion(
    _ start: Int, _ end: Int, _ exchange: inout Exchange, _ events: inout EventBuffer
  ) {
    for index in start..<end {
      exchange.apply(
        commands[index], at: ExchangeFlow.time(ofCommand: index), into: &events)
    }
  }
}
