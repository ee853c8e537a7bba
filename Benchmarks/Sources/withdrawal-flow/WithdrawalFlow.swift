import Foundation

/// Measures how fast withdrawals are released and signed, 2 of 3: the guard's whole judgement in this
/// process, three real signers in processes of their own, and the real line between them. Prints one
/// `name=value` a line; values of several passes stand behind one another with commas.
@main enum WithdrawalFlow {
  /// Withdrawals of one pass, whatever the size of a batch.
  private static let passLimit = 200
  private static let batches = [1, 20, 200]

  static func main() async {
    do {
      try await run()
    } catch {
      print("problem=\(error)")
      exit(2)
    }
  }

  private static func run() async throws {
    let words = Array(CommandLine.arguments.dropFirst())
    guard words.count == 2, let passes = Int(words[0]), (1...99).contains(passes) else {
      throw Problem("usage: withdrawal-flow PASSES FOLDER")
    }
    for (name, baud) in [("socket", Int?.none), ("serial", SlowLine.baud)] {
      let folder = words[1] + "/" + name
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let wallet = try Wallet(folder: folder)
      let signers = try SignerProcesses(wallet, folder: folder, baud: baud)
      let exchange = try await FlowExchange(wallet, folder: folder, customers: 200)
      for batch in batches {
        let turns = max(1, min(20, passLimit / batch))
        var taken: [BatchTime] = []
        for pass in 0...passes {
          var sum = BatchTime()
          for _ in 0..<turns { sum += try await exchange.pay(batch, by: signers) }
          // The first one warms up: signers and guard write down the customers' keys.
          if pass > 0 { taken.append(sum) }
        }
        report("\(name)-\(batch)", withdrawals: batch * turns, taken)
      }
    }
  }

  private static func report(_ name: String, withdrawals: Int, _ passes: [BatchTime]) {
    say(name + "-rate", passes.map { Double(withdrawals) / $0.total })
    say(name + "-waiting", passes.map { $0.waiting / $0.total })
    say(name + "-line", passes.map { SlowLine.seconds(for: $0.bytes) / $0.total })
    say(name + "-bytes", passes.map { Double($0.bytes) / Double(withdrawals) })
  }

  private static func say(_ name: String, _ values: [Double]) {
    print("\(name)=\(values.map { "\($0)" }.joined(separator: ","))")
  }
}

/// Where the time of one batch or several went, in seconds of the clock on the wall.
struct BatchTime {
  var total = 0.0
  /// When the guard had nothing to do but to wait for signers and line.
  var waiting = 0.0
  /// Bytes over one signer's line, both ways, frames and all.
  var bytes = 0

  static func += (a: inout BatchTime, b: BatchTime) {
    a.total += b.total
    a.waiting += b.waiting
    a.bytes += b.bytes
  }
}

/// What is wrong, for people.
struct Problem: Error, CustomStringConvertible {
  let description: String

  init(_ text: String) { description = text }
}
