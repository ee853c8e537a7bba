public import ArgumentParser
import Demo
public import Descriptors

extension DecayingPolicy.Form: ExpressibleByArgument {}

/// Plays the whole story against real processes.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Start a whole exchange on this machine and play its story.",
    discussion: """
      Makes keys, starts a chain, three signers, the guard and the server in a throw-away folder, and \
      talks to them from outside: deposits, trades, withdrawals, lost signers, a crash, an intruder, \
      reserves. Then everything stays up, and accounts.json has what a client needs. Ends at once with \
      --once, with status 0 only if every step held; otherwise end it with Ctrl-C.

      Examples:
        holdfast demo --once
        holdfast demo --folder /tmp/exchange --port 9000
        holdfast demo --once --form tr
        holdfast demo --once --bitcoind http://user:password@127.0.0.1:18443
        holdfast demo --bitcoind http://127.0.0.1:18443 \\
          --bitcoind-cookie ~/.bitcoin/regtest/.cookie
      """)

  @Flag(help: "End after the story.")
  var once = false

  @Option(help: "Throw-away folder: new, empty, or of an earlier demo, which is emptied.")
  var folder = ".holdfast/demo"

  @Option(help: "First of three consecutive ports on this machine, 1024 to 65533.")
  var port = 8720

  @Option(help: "A Bitcoin Core regtest node instead of the embedded chain.")
  var bitcoind: String?

  @Option(help: "That node's cookie file, when its address has no user and password.")
  var bitcoindCookie: String?

  @Option(help: "The hot wallet's scripts: P2WSH (wsh) or taproot (tr).")
  var form = DecayingPolicy.Form.wsh

  func validate() throws {
    guard (1024...65533).contains(port) else {
      throw ValidationError("--port must be 1024 to 65533, not \(port).")
    }
    guard bitcoindCookie == nil || bitcoind != nil else {
      throw ValidationError("--bitcoind-cookie needs --bitcoind.")
    }
  }

  func run() async throws {
    let held = try await Demonstration(
      folder: folder, port: port, bitcoind: bitcoind, bitcoindCookie: bitcoindCookie,
      form: form
    ).play(staysUp: !once)
    if !held { throw ExitCode.failure }
  }
}
