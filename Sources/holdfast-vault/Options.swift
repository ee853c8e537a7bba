public import ArgumentParser
public import Bitcoin
import Cryptography
import FoundationEssentials
import Money
import Signing

extension Network: ExpressibleByArgument {}

/// The named costs of opening a key file.
enum KeyDerivation: String, CaseIterable, ExpressibleByArgument {
  case interactive, moderate, sensitive

  var cost: KeyFileCost {
    switch self {
    case .interactive: .interactive
    case .moderate: .moderate
    case .sensitive: .sensitive
    }
  }
}

/// Where the passphrase of one key comes from.
struct PassphraseOptions: ParsableArguments {
  @Option(
    name: .customLong("passphrase-file"),
    help: "File with the passphrase as its only line, mode 600 or 400.")
  var file: String?

  @Flag(name: .customLong("passphrase-stdin"), help: "Read the passphrase from standard input.")
  var standardInput = false

  func validate() throws {
    guard file == nil || !standardInput else {
      throw ValidationError("--passphrase-file and --passphrase-stdin exclude each other.")
    }
  }

  /// The source, with the terminal as the one for people.
  func source(for label: String) -> PassphraseSource {
    if let file { return .file(file) }
    return standardInput ? .descriptor(0) : .terminal(prompt: "Passphrase for \(label)")
  }
}

/// What costs and randomness a new key gets.
struct NewKeyOptions: ParsableArguments {
  @Option(help: "What trying a passphrase costs: 64 MiB, 256 MiB or 1 GiB of memory.")
  var kdf = KeyDerivation.moderate

  @Option(
    help: ArgumentHelp(
      "File with rolled dice as a second source of randomness, mode 600 or 400.",
      discussion: "One line for each key, at least 99 digits 1 to 6."))
  var dice: String?

  func diceLines() throws -> [SecretBytes]? { try dice.map(Passphrase.readLines(ofFile:)) }
}

/// The time on this machine.
func currentTime() -> Timestamp {
  Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
}
