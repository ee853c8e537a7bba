import ArgumentParser
import Bitcoin
import Engine
import JSON
import Operations
import Settings

/// Tools for configuration files.
struct ConfigCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config", abstract: "Check configuration files.",
    subcommands: [ConfigCheckCommand.self])
}

/// Reads a server's configuration file and says what is wrong with it.
struct ConfigCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check the configuration file of `holdfast serve`.",
    discussion: """
      Reads it as `serve` would, with the files it names, and starts nothing. Ends with status 2 and \
      one line naming file, key and allowed values when something is wrong.

      Example:
        holdfast config check /etc/holdfast/holdfast.yaml
      """)

  @Argument(help: "The file.")
  var file: String

  @OptionGroup var answer: AnswerOptions

  func run() throws {
    let configuration = try readConfiguration(file)
    let exchange = configuration.exchange
    answer.give(
      [
        "ok": true, "network": .string(configuration.network.rawValue),
        "assets": .array(exchange.assets.map { .string($0.code) }),
        "instruments": .array(exchange.instruments.map { .string($0.symbol) }),
        "operators": .array(exchange.operators.map { .string($0.name) }),
      ],
      text: """
        \(file): ok
        network      \(configuration.network.rawValue)
        assets       \(exchange.assets.map(\.code).joined(separator: ", "))
        instruments  \(exchange.instruments.map(\.symbol).joined(separator: ", "))
        operators    \(exchange.operators.map(\.name).joined(separator: ", "))
        """)
  }
}

/// Reads the server's configuration; what is wrong is said in one line, with status 2.
func readConfiguration(_ file: String) throws -> ServeConfiguration {
  do throws(ConfigurationError) {
    return try ServeConfiguration(file: file)
  } catch {
    report("\(error)")
    throw ExitCode(2)
  }
}
