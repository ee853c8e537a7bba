import Airgap
import ArgumentParser
import Cryptography
import JSON
import KeyHolders
import Liveness
import Signing
import Statements
import Wire

/// Turns a roster that people wrote down into the one that they sign.
struct RosterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "roster",
    abstract: "Check a roster of key holders and write the bytes that everybody signs.",
    discussion: """
      The draft is JSON (docs/operations/key-holders.md). Refused is a roster whose roles are not \
      apart: a successor who is a holder, a trustee of the holders' own entity, one key twice.

      Example:
        holdfast-vault roster draft.json --out roster
      """)

  @Argument(help: "The draft.")
  var draft: String

  @Option(help: "File to write; it must not be there yet.")
  var out: String

  @OptionGroup var answer: AnswerOptions

  private struct Result: Encodable {
    let version: UInt32
    let people: Int
    let words: String
  }

  func run() throws {
    let roster: Roster
    do {
      let json = try JSON(parsing: try KeyFileStorage.read(draft, limit: 1 << 20))
      roster = try RosterDraft.roster(parsing: json)
    } catch let error as JSONError {
      throw FileFault(path: draft, reason: "byte \(error.offset): \(error.problem)")
    } catch let fault as RosterDraft.Fault {
      throw FileFault(path: draft, reason: fault.description)
    }
    try KeyFileStorage.write(roster.bytes, toNew: out, secret: false)
    let words = CheckWords(of: roster.bytes).description
    try answer.give(
      Result(version: roster.version, people: roster.people.count, words: words),
      text: "roster \(roster.version) of \(roster.people.count) people\ncheck words   \(words)")
  }
}

/// Signs a roster.
struct SignRosterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign-roster",
    abstract: "Sign, as one of its people, a roster of key holders.",
    discussion: """
      Everybody whom a first roster names signs it; that proves that each has his key. Compare the \
      check words with the others first.

      Example:
        holdfast-vault sign-roster --roster roster --key alice.beat --out alice.signature
      """)

  @Option(help: "The roster's file (roster).")
  var roster: String

  @Option(help: "Your key for signs of life.")
  var key: String

  @Option(help: "File to write; it must not be there yet.")
  var out: String

  @OptionGroup var answer: AnswerOptions

  private struct Result: Encodable {
    let person: String
    let signature: String
  }

  func run() throws {
    try Presence.requireTerminal()
    guard !KeyFileStorage.exists(out) else { throw KeyFileError.exists(out) }
    let bytes = try KeyFileStorage.read(roster, limit: 1 << 20)
    let roster: Roster
    do { roster = try Roster(bytes: bytes) } catch {
      throw FileFault(path: self.roster, reason: "no roster (\(error))")
    }
    let file = try BeatKeyFile(
      parsing: try KeyFileStorage.read(key, limit: BeatKeyFile.maximumCount))
    guard let person = roster.people.first(where: { $0.beatKey == file.publicKey }) else {
      throw FileFault(path: self.roster, reason: "nobody in it has this key")
    }
    report("roster \(roster.version), check words \(CheckWords(of: bytes))")
    try Presence.confirm("roster \(roster.version) as \(person.name)")
    let passphrase = try Passphrase.read(.terminal(prompt: "Passphrase for \(file.label)"))
    defer { passphrase.wipe() }
    let signature = RosterSignature(
      person: person.name,
      signature: try roster.signed(by: try file.open(passphrase: passphrase).key))
    try KeyFileStorage.write(signature.bytes, toNew: out, secret: false)
    try answer.give(
      Result(person: person.name, signature: Hex.text(signature.signature)),
      text: "\(out): signature of \(person.name) under roster \(roster.version)")
  }
}
