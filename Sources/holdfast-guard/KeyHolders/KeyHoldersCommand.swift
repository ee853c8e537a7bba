import ArgumentParser
import KeyHolders
import Wire

/// The monitor's part: keeping the key holders' log.
struct KeyHoldersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key-holders",
    abstract: "Keep the key holders' log: begin it, follow the chain, take what people signed.",
    discussion: """
      The log is a file to be published as it is; holdfast-verify liveness checks it, and \
      holdfast-verify brief makes from it what each person's device is told.

      Examples:
        holdfast-guard key-holders follow --log key-holders.log --node http://…
        holdfast-guard key-holders enact --log key-holders.log --roster roster *.signature
        holdfast-guard key-holders take --log key-holders.log alice-12.heartbeat \\
          --monitor-key monitor.key --marks marks
      """,
    subcommands: [FollowCommand.self, EnactCommand.self, TakeCommand.self, AcceptLogCommand.self])
}

/// The file of the log.
struct LogOptions: ParsableArguments {
  @Option(help: "The log; made by the first follow.")
  var log: String

  static func show(_ events: [KeyHolderEvent], _ keeper: LogKeeper) {
    for event in events { print(event) }
    print("log: \(keeper.state.logCount) entries, head \(Hex.text(keeper.state.logHead))")
  }
}
