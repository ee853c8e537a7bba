import Engine
import ExchangeFlow
import Money
import OrderFlow
import Structures

/// The whole core over a workload, from the bytes of the journal: decoding, admission, holds, matching,
/// ledger, fees, events, level changes, duplicate client ids, conservation after each command, and the
/// journal's record appended to memory.
struct CorePass: ~Copyable {
  private let symbols: Int
  private let prepared: Exchange
  private var prefill = RecordTape(capacity: 1 << 16)
  private var commands: RecordTape
  private var commandCount = 0
  private let translation: ExchangeTranslation

  init(_ workload: Workload) throws {
    symbols = Int(workload.header.symbols)
    var exchange = Exchange()
    var events = EventBuffer()
    ExchangeFlow(workload.header).prepare { command in
      exchange.apply(command, at: ExchangeFlow.firstTime, into: &events)
      events.removeAll()
    }
    prepared = exchange
    var translation = ExchangeTranslation(workload.header, for: exchange)
    var prefill = RecordTape(capacity: 1 << 16)
    var commands = RecordTape(capacity: workload.commands.count * 8)
    var count = 0
    for (index, command) in workload.commands.enumerated() {
      try translation.translate(command) { command in
        if index < workload.firstTimed {
          prefill.append(command)
        } else {
          commands.append(command)
          count += 1
        }
      }
    }
    self.prefill = prefill
    self.commands = commands
    commandCount = count
    self.translation = translation
  }

  borrowing func run() -> PassResult {
    var result = PassResult()
    var exchange = prepared
    var scan = EventScan(translation)
    var events = EventBuffer(capacity: 1 << 17)
    var journal = RecordTape(capacity: 1 << 17)
    var offset = 0
    while offset < prefill.count {
      offset = append(prefill, offset, ExchangeFlow.firstTime, &journal, &exchange, &events)
      scan.read(events)
      events.removeAll()
      journal.removeAll()
    }
    scan.beginTiming()
    let allocations = Allocations.count
    result.nanoseconds = apply(to: &exchange, &journal, &events, &scan)
    if let allocations, let after = Allocations.count {
      result.more.append(("allocations", after - allocations))
      result.more.append(("allocationsBefore", allocations))
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
  private borrowing func apply(
    to exchange: inout Exchange, _ journal: inout RecordTape, _ events: inout EventBuffer,
    _ scan: inout EventScan
  ) -> UInt64 {
    var nanoseconds: UInt64 = 0
    var offset = 0
    var start = 0
    var foresight = Foresight()
    while start < commandCount {
      let end = min(start + PassResult.group, commandCount)
      let begin = Monotonic.now
      offset = timedRegion(start, end, offset, &exchange, &journal, &events, &foresight)
      nanoseconds += Monotonic.now - begin
      scan.read(events)
      events.removeAll()
      journal.removeAll()
      start = end
    }
    return nanoseconds
  }

  /// Its own function, so that profilers can count it alone.
  @inline(never) private borrowing func timedRegion(
    _ start: Int, _ end: Int, _ from: Int, _ exchange: inout Exchange,
    _ journal: inout RecordTape, _ events: inout EventBuffer, _ foresight: inout Foresight
  ) -> Int {
    var offset = from
    let time = ExchangeFlow.time(ofCommand: start)
    let isLarge = exchange.isLarge
    var next = start
    while next < end {
      let stop = min(next + Int(Foresight.limit), end)
      if isLarge {
        commands.note(from: offset, limit: stop - next, in: &foresight)
        foresight.ask(exchange)
      }
      while next < stop {
        offset = append(commands, offset, time, &journal, &exchange, &events)
        next &+= 1
      }
    }
    return offset
  }

  /// Appends the entry at `offset` to the journal and carries it out from there.
  @inline(__always)
  private borrowing func append(
    _ tape: borrowing RecordTape, _ offset: Int, _ time: Timestamp, _ journal: inout RecordTape,
    _ exchange: inout Exchange, _ events: inout EventBuffer
  ) -> Int {
    do {
      return try journal.journal(tape, at: offset, time: time, &exchange, &events)
    } catch {
      preconditionFailure("a tape holds commands")
    }
  }
}
