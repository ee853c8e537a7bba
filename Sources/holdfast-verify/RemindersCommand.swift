import ArgumentParser
import FoundationEssentials
import KeyHolders
import Liveness

/// Tells who has to do what, and by when.
struct RemindersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reminders",
    abstract: "Tell what the key holders have to do, who and by when.",
    discussion: """
      Key checks (every 30 days), drills of the shares (every 91 days), journeys that end (2 days \
      ahead) and the yearly refresh of the cold wallet (60 days ahead), from the log alone. A drill is \
      what the holder says of himself in his heartbeat. Status 1: something is overdue.

      Examples:
        holdfast-verify reminders key-holders.log
        holdfast-verify reminders key-holders.log --all --json
      """)

  @Argument(help: "The key holders' log.")
  var log: String

  @Flag(help: "Show what is not due soon, too.")
  var all = false

  @Option(help: "The time to look at, in seconds since 1970; now without.")
  var at: Int64?

  @Flag(help: "Answer in JSON.")
  var json = false

  func validate() throws {
    guard at.map({ (0..<(1 << 40)).contains($0) }) ?? true else {
      throw ValidationError("--at: seconds since 1970.")
    }
  }

  func run() async throws {
    let time = (at ?? Int64(Date().timeIntervalSince1970)) * 1000
    let state = try await reading {
      let log = try PublicFiles.log(log)
      do { return try log.replay(verifyKeyCheck: KeyCheckProof.verifier) } catch {
        throw Unreadable(description: "\(self.log): \(error)")
      }
    }
    let found = state.reminders.filter { all || $0.isSoon(at: time) }
    let report = RemindersReport(found, at: time)
    print(json ? try jsonText(report) : report.text)
    guard report.overdue == 0 else { throw ExitCode(1) }
  }
}
