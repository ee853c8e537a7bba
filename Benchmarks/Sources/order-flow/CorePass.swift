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
    for (index, command) in workload.commands.enumerated() {
      try translation.translate(command) { command in
        if index < workload.firstTimed {
          prefill.append(command)
        } else {
          commands.append(command)
        }
      }
    }
    self.prefill = prefill
    self.commands = commands
    self.translation = translation
  }

  borrowing func run() -> PassResult {
    var result = PassResult()
    var exchange = prepared
    var scan = EventScan(translation)
    var run = CommandRun(capacity: 1 << 17)
    var journal = RecordTape(capacity: 1 << 17)
    // As many groups at once as are timed later, so that memory has its size.
    for start in stride(from: 0, to: prefill.groupCount, by: Self.timedGroups) {
      for group in start..<min(start + Self.timedGroups, prefill.groupCount) {
        journal.journal(prefill, group: group, time: ExchangeFlow.firstTime, &exchange, &run)
      }
      scan.read(run.events)
      run.removeAll()
      journal.removeAll()
    }
    scan.beginTiming()
    let allocations = Allocations.count
    result.nanoseconds = apply(to: &exchange, &journal, &run, &scan)
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

  /// Returns the nanoseconds in the core. Its events are read outside of them, after a few groups.
  private borrowing func apply(
    to exchange: inout Exchange, _ journal: inout RecordTape, _ run: inout CommandRun,
    _ scan: inout EventScan
  ) -> UInt64 {
    var nanoseconds: UInt64 = 0
    for start in stride(from: 0, to: commands.groupCount, by: Self.timedGroups) {
      let end = min(start + Self.timedGroups, commands.groupCount)
      let begin = Monotonic.now
      timedRegion(start, end, &exchange, &journal, &run)
      nanoseconds += Monotonic.now - begin
      scan.read(run.events)
      run.removeAll()
      journal.removeAll()
    }
    return nanoseconds
  }

  /// How many groups of the tape are timed at once.
  private static let timedGroups = PassResult.group / RecordTape.group

  /// Its own function, so that profilers can count it alone.
  @inline(never) private borrowing func timedRegion(
    _ start: Int, _ end: Int, _ exchange: inout Exchange, _ journal: inout RecordTape,
    _ run: inout CommandRun
  ) {
    let time = ExchangeFlow.time(ofCommand: start * RecordTape.group)
    for group in start..<end {
      journal.journal(commands, group: group, time: time, &exchange, &run)
    }
  }
}
