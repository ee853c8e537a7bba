import ArgumentParser

/// The online program and its tools.
@main
struct Holdfast: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "holdfast",
    abstract: "An exchange whose customers need not take its word for anything.",
    discussion: """
      `serve` runs the online server. The other commands are clients of its interfaces, or read its \
      journal. Guard, signers and vault are programs of their own: holdfast-guard, holdfast-signer, \
      holdfast-vault.
      """,
    subcommands: [
      ServeCommand.self, StandbyCommand.self, PromoteCommand.self, OperatorCommand.self,
      CustomerCommand.self, ReservesCommand.self, ColdAddressesCommand.self,
      JournalCommand.self, ConfigCommand.self, DemoCommand.self,
    ])
}
