public import ArgumentParser
import KeyOptions
public import Bitcoin
import Cryptography
import FoundationEssentials
import Money
import Signing

extension Network: ExpressibleByArgument {}

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
