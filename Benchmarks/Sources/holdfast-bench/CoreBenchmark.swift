import Engine
import Money

/// The whole core in memory, on one thread: admission, balances and holds, matching, settlement with
/// fees, events, and the conservation check after each command. No journal.
enum CoreBenchmark {
  static func run(_ workload: Workload, passes: Int) -> Section {
    var perSecond: [Double] = []
    var perCommand: [Double] = []
    var processor: [Double] = []
    var single: [[Double]] = [[], [], []]
    var events = 0
    for pass in 0...passes {
      var exchange = workload.prepared()
      events = 0
      let elapsed = ProcessorTime.measure {
        for index in workload.commands.indices {
          exchange.apply(workload.commands[index], at: Workload.time(of: index)) { _ in
            events += 1
          }
        }
      }
      // The first pass warms caches and allocator.
      guard pass > 0 else { continue }
      let count = Double(workload.commands.count)
      perSecond.append(count / elapsed.wall)
      perCommand.append(elapsed.wall * 1e9 / count)
      processor.append(elapsed.processor * 1e9 / count)
      let times = distribution(workload)
      for (index, share) in [0.5, 0.99, 0.999].enumerated() {
        single[index].append(times.microseconds(share) * 1000)
      }
    }
    let count = Double(workload.commands.count)
    let trades = (Double(workload.trades) / count * 1000).rounded() / 10
    var section = Section(
      "Core in memory",
      contains: "admission, balances, matching, settlement, events and the conservation check of "
        + "\(workload.commands.count) commands on one thread; no journal. \(trades) trades and "
        + "\((Double(events) / count * 10).rounded() / 10) events a command in 100 and 1; "
        + "\(workload.restingOrders) orders rest at the end; \(workload.refusals) refused")
    section.figures = [
      Figure("commands per second", "1/s", perSecond),
      Figure("time per command", "ns", perCommand),
      Figure("processor time per command", "ns", processor),
      Figure("single command p50, clock included", "ns", single[0]),
      Figure("single command p99, clock included", "ns", single[1]),
      Figure("single command p99.9, clock included", "ns", single[2]),
    ]
    return section
  }

  private static func distribution(_ workload: Workload) -> Distribution {
    var exchange = workload.prepared()
    var times: [UInt64] = []
    times.reserveCapacity(workload.commands.count)
    let clock = ContinuousClock()
    for index in workload.commands.indices {
      let start = clock.now
      exchange.apply(workload.commands[index], at: Workload.time(of: index)) { _ in }
      times.append(start.duration(to: clock.now).nanoseconds)
    }
    return Distribution(times)
  }
}
