import Engine

/// What a snapshot takes: bytes and time, and how both grow with accounts and orders.
enum SnapshotBenchmark {
  static func run(seed: UInt64, customers: Int, depth: Int, passes: Int) throws -> Section {
    let empty = Workload(seed: seed, customers: 2, depth: 0, count: 0).prepared().encode().count
    let accounts = Workload(seed: seed, customers: customers, depth: 0, count: 0)
      .prepared().encode().count
    let workload = Workload(seed: seed, customers: customers, depth: depth, count: 0)
    let exchange = workload.prepared()
    var encoding: [Double] = []
    var decoding: [Double] = []
    var size = 0
    for _ in 0..<passes {
      var bytes: [UInt8] = []
      let clock = ContinuousClock()
      encoding.append(clock.measure { bytes = exchange.encode() }.seconds * 1000)
      size = bytes.count
      let start = clock.now
      let decoded = try Exchange(decoding: bytes)
      decoding.append(start.duration(to: clock.now).seconds * 1000)
      guard decoded.tip == nil else { break }
    }
    var section = Section(
      "Snapshot",
      contains:
        "canonical state of \(customers) accounts, each with two balances and two credited "
        + "deposits, and \(depth) order commands; the size per account is the difference to an "
        + "exchange of 2 accounts, the size per order the difference to one without orders")
    section.figures = [
      Figure("size", "bytes", [Double(size)]),
      Figure("size per account", "bytes", [Double(accounts - empty) / Double(customers - 2)]),
      Figure("size per order", "bytes", [Double(size - accounts) / Double(depth)]),
      Figure("encoding", "ms", encoding),
      Figure("decoding", "ms", decoding),
    ]
    return section
  }
}
