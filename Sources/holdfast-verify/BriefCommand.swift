import ArgumentParser
import FoundationEssentials
import KeyHolders
import Liveness
import Wire

/// Makes a brief.
struct BriefCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "brief",
    abstract: "Write what a person's offline device is told before it signs for him.",
    discussion: """
      The log is replayed first; the device itself believes no more than its own memory allows. Show \
      the file to it with holdfast-vault show --kind binary.

      Example:
        holdfast-verify brief key-holders.log --person alice --out alice.brief
      """)

  @Argument(help: "The key holders' log.")
  var log: String

  @Option(help: "The person's name in the roster.")
  var person: String

  @Option(help: "File to write; one that is there is replaced.")
  var out: String

  func run() async throws {
    try await reading {
      let log = try PublicFiles.log(log)
      do {
        let state = try log.replay(verifyKeyCheck: KeyCheckProof.verifier)
        let brief = try HolderBrief(for: person, in: state)
        try Data(brief.bytes).write(to: URL(filePath: out), options: .atomic)
        print("\(out): block \(brief.blockHeight), \(brief.logCount) entries")
      } catch {
        throw Unreadable(description: "\(self.log): \(error)")
      }
    }
  }
}
