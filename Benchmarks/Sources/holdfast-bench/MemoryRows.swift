import Foundation

/// What customers, balances and orders take, as the system and the allocator say.
enum MemoryRows {
  static func run(_ laboratory: Laboratory, _ report: inout Report) throws {
    Laboratory.say("weighing a million customers")
    let result = try Laboratory.output(of: laboratory.programs + "/order-flow", ["memory"])
    var bytes: [String: Double] = [:]
    for line in result.text.split(separator: "\n") {
      let words = line.split(separator: "=")
      if words.count == 2, let value = Double(words[1]) { bytes[String(words[0])] = value }
    }
    guard result.status == 0, let total = bytes["total"], let customers = bytes["customers"],
      let account = bytes["account"], let balance = bytes["balance"], let order = bytes["order"],
      let heap = bytes["heap"], let deposit = bytes["deposit"],
      let credentials = bytes["credentials"]
    else { throw BenchmarkError("order-flow memory: \(result.text.suffix(500))") }
    report.sections.append(
      Section(
        "Memory",
        contains:
          "resident memory (/proc/self/smaps_rollup) that each stage added, divided by how many it "
          + "made; \(Int(customers)) customers, 4 assets each, and as many resting orders",
        [
          Figure("for each account", "bytes", [account]),
          Figure("for each balance", "bytes", [balance]),
          Figure("for each resting order", "bytes", [order]),
          Figure("for each credited receipt", "bytes", [deposit]),
          Figure("for each signing key and API key", "bytes", [credentials]),
          Figure("of all, on the heap (mallinfo2)", "MB", [heap / 1e6]),
        ]))
    report.rows.append(
      Row(
        "memory: 1 M customers with 4 assets and 1 M orders", unit: "MB", commit: .atMost(400),
        aim: .atMost(400), measured: total / 1e6,
        note: "\(Figure.text(account)) bytes an account, \(Figure.text(balance)) a balance, "
          + "\(Figure.text(order)) a resting order"))
  }
}
