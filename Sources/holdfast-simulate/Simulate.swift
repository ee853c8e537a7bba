import ArgumentParser

/// Looks for faults from seeds: the model beside the exchange, and the whole exchange among failures.
@main struct Simulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "holdfast-simulate",
    abstract: "Search for faults; every one found prints how to see it again.",
    subcommands: [ModelCommand.self, WorldCommand.self])
}
