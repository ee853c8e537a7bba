import Airgap
import Cryptography
import Glibc
import Signing

/// Makes sure that a person is there: a word that nobody could know before, typed by hand.
enum Presence {
  struct Absent: Error, CustomStringConvertible {
    let description: String
  }

  /// Refuses where nobody can be: signs of life are made by people, never by a job that runs every day.
  static func requireTerminal() throws {
    guard isatty(STDIN_FILENO) == 1 else {
      throw Absent(
        description: "the standard input is no terminal; a sign of life takes a person at one")
    }
  }

  /// Asks for the word.
  static func confirm(_ what: String) throws {
    let word = CheckWords(ofDigest: SecureRandom.bytes(32)).words[0]
    let typed = try Passphrase.read(
      .terminal(prompt: "To sign \(what), type the word \"\(word)\" (it is not shown)"))
    defer { typed.wipe() }
    guard try typed.revealed() == Array(word.utf8) else {
      throw Absent(description: "that was not the word; nothing was signed")
    }
  }
}
