import ArgumentParser
import KeyHolders
import Liveness

/// Checks that enough key holders are alive.
struct LivenessCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "liveness",
    abstract: "Check that enough key holders signed a recent block, and everything before.",
    discussion: """
      Replays the key holders' log from its first entry. Proved is, on the chain of your node: that \
      every entry follows from those before (signatures, sequence, blocks, claims, freezes); that \
      every key is one of a registered policy and nobody else's; that no heartbeat was old when it \
      was taken; and that at least as many holders as the wallet's threshold signed a block within \
      the promised time. When a wallet was suspended since the first entry, and why, follows from \
      the log alone and is printed.

      With --remember the log's length and head are kept in a file and compared the next time: a log \
      that lost or changed an entry meanwhile is found. A heartbeat that a holder published himself \
      is looked for with --published.

      Examples:
        holdfast-verify liveness key-holders.log --policy hot-1.policy --policy cold-1.policy \\
          --node http://alice:secret@127.0.0.1:8332 --remember key-holders.mark
        holdfast-verify liveness key-holders.log --policy hot-1.policy --headers headers --json
      """)

  @Argument(help: "The key holders' log.")
  var log: String

  @Option(
    name: .customLong("policy"), parsing: .singleValue,
    help: "File of a registered policy; once for each, past ones too.")
  var policies: [String]

  @Option(help: "File that keeps the log's head for the next time.")
  var remember: String?

  @Option(
    parsing: .singleValue, help: "A heartbeat that its holder published; may be repeated.")
  var published: [String] = []

  @Flag(help: "Answer in JSON.")
  var json = false

  @OptionGroup var chain: ChainOptions

  func run() async throws {
    let report = try await reading {
      let log = try PublicFiles.log(log)
      return LivenessCheck.report(
        on: log, headers: try await chain.chain(from: log.firstHeight),
        policies: try policies.map(PublicFiles.policy),
        before: try remember.flatMap(PublicFiles.mark),
        published: try published.map(PublicFiles.beat))
    }
    print(json ? try jsonText(report) : report.text)
    guard report.isProved else { throw ExitCode(1) }
    if let remember { try await reading { try PublicFiles.remember(report.mark, in: remember) } }
  }
}
