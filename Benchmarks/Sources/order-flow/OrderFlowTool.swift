import Glibc
import OrderFlow

@main enum OrderFlowTool {
  static let usage = """
    usage: order-flow generate MIX FILE [--symbols 1] [--depth 1000] [--commands 3000000]
                               [--users 1000] [--seed 23] [--stale]
           order-flow book FILE [--once]     the bare book over a workload
           order-flow core FILE [--once]     the whole core over a workload
           order-flow memory [--customers 1000000]
    """

  static func main() {
    do throws(Problem) {
      var arguments = Arguments(Array(CommandLine.arguments.dropFirst()))
      switch arguments.next() {
      case "generate": try generate(&arguments)
      case "book":
        let once = arguments.takeFlag("--once")
        let workload = try workload(&arguments)
        serve(once: once) { BookPass.run(workload) }
      case "core":
        let once = arguments.takeFlag("--once")
        let workload = try workload(&arguments)
        let pass = try Problem.wrapping { try CorePass(workload) }
        serve(once: once) { pass.run() }
      case "memory":
        let customers = try arguments.take("--customers", 1_000_000, 1000...1_000_000)
        for line in try MemoryPass.run(customers: customers) { Output.say(line) }
      default: throw Problem(usage)
      }
    } catch {
      Output.complain("order-flow: \(error.text)")
      exit(2)
    }
  }

  private static func generate(_ arguments: inout Arguments) throws(Problem) {
    let symbols = try arguments.take("--symbols", 1, 1...256)
    let depth = try arguments.take("--depth", 1000, 1...1_000_000)
    let commands = try arguments.take("--commands", 3_000_000, 0...100_000_000)
    let users = try arguments.take("--users", 1000, 2...10_000_000)
    let seed = try arguments.take("--seed", 23, 0...Int.max)
    let stale = arguments.takeFlag("--stale")
    guard let name = arguments.next(), let mix = OrderFlow.Mix(rawValue: name),
      let path = arguments.next(), arguments.next() == nil
    else { throw Problem(usage) }
    let flow = OrderFlow(
      mix, symbols: symbols, depth: depth, commands: commands, users: users, seed: UInt64(seed),
      hasStaleCancels: stale)
    try Problem.wrapping { try flow.generate().write(to: path) }
  }

  private static func workload(_ arguments: inout Arguments) throws(Problem) -> Workload {
    guard let path = arguments.next(), arguments.next() == nil else { throw Problem(usage) }
    return try Problem.wrapping { try Workload(path: path) }
  }

  /// Runs one pass for each line that comes, or a single one, and answers each with a line.
  private static func serve(once: Bool, _ pass: () -> PassResult) {
    guard !once else { return Output.say(pass().line) }
    Output.say("ready")
    while readLine() != nil { Output.say(pass().line) }
  }
}
