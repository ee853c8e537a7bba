// The public's tool: it checks from published files, and from a node of one's own, what the exchange
// says about itself. It is wiring only; the decisions are in Liveness. It has no key and needs no
// account.
import ArgumentParser

@main struct VerifyProgram: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "holdfast-verify",
    abstract: "Check what an exchange says about itself, without trusting it.",
    discussion: """
      Everything is checked from published files and from a Bitcoin node of your own. No login, no \
      key, and nothing is sent to the exchange.

      Exit status: 0 proved, 1 not proved or something to do, 2 a file or the node cannot be read, 64 a wrong command \
      line.

      Every command takes --json for a machine-readable answer on standard output.
      """,
    subcommands: [
      LivenessCommand.self, RemindersCommand.self, MatrixCommand.self, CoinAgesCommand.self,
      HeadersCommand.self,
      BriefCommand.self,
    ])
}

/// A file or a node that cannot be read.
struct Unreadable: Error, CustomStringConvertible {
  let description: String
}

/// Runs `body`; what cannot be read ends with 2, so that it is never taken for what is not proved.
func reading<Result>(_ body: () async throws -> Result) async throws -> Result {
  do { return try await body() } catch let fault as Unreadable {
    report("Error: \(fault)")
    throw ExitCode(2)
  }
}
