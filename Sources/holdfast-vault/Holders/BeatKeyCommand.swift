import ArgumentParser
import Cryptography
import KeyHolders
import KeyOptions
import Signing
import Wire

/// Makes a key for signs of life.
struct BeatKeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "beat-key",
    abstract: "Make a person's key for signs of life, with an ordinary and a duress passphrase.",
    discussion: """
      Asks on the terminal for an ordinary and a duress passphrase. Both open the key, and what is \
      signed looks the same to everybody but the monitor: a heartbeat made with the duress passphrase \
      tells it that you are not free, and it stops everything.

      Also writes, under a third passphrase, the secret by which the monitor tells the two apart. \
      Bring that file and its passphrase to the monitor yourself, and remove it here.

      Example:
        holdfast-vault beat-key --out alice.beat --marks alice.marks --label alice
      """)

  @Option(help: "File to write the key to; it must not be there yet.")
  var out: String

  @Option(help: "File to write the monitor's secret to; it must not be there yet.")
  var marks: String

  @Option(help: "The person's name in the roster.")
  var label: String

  @Option(help: "What trying a passphrase costs: 64 MiB, 256 MiB or 1 GiB of memory.")
  var kdf = KeyDerivation.moderate

  @OptionGroup var answer: AnswerOptions

  private struct Result: Encodable {
    let label: String
    let beatKey: String
  }

  func run() throws {
    try Presence.requireTerminal()
    for path in [out, marks] where KeyFileStorage.exists(path) { throw KeyFileError.exists(path) }
    guard KeyFile.isLabel(label) else { throw KeyFileError.badLabel(label) }
    func passphrase(_ what: String) throws -> SecretBytes {
      try Passphrase.readNew(.terminal(prompt: what)) { report("\($0)") }
    }
    let ordinary = try passphrase("Ordinary passphrase for \(label)")
    let duress = try passphrase("Duress passphrase for \(label)")
    let monitor = try passphrase("Passphrase for the monitor's file")
    let secret = try SecureRandom.secret(32)
    let keys = try HeartbeatMarkKeys(secret: secret)
    let file = try BeatKeyFile.seal(
      seed: try SecureRandom.secret(32), free: (keys.free, ordinary),
      duress: (keys.duress, duress), label: label, passes: kdf.cost.passes,
      memoryBytes: kdf.cost.memoryBytes)
    let marksFile = try KeyFile.sealSigner(
      seed: secret, label: label, created: currentTime(), passphrase: monitor, cost: kdf.cost)
    try KeyFileStorage.write(file.bytes, toNew: out, secret: true)
    do {
      let read = try BeatKeyFile(
        parsing: try KeyFileStorage.read(out, limit: BeatKeyFile.maximumCount))
      for passphrase in [ordinary, duress] { _ = try read.open(passphrase: passphrase) }
      try KeyFileStorage.write(marksFile.bytes, toNew: marks, secret: true)
    } catch {
      KeyFileStorage.remove(out)
      throw error
    }
    let key = Hex.text(file.publicKey)
    try answer.give(
      Result(label: label, beatKey: key), text: "\(out): key of \(label)\nbeat key      \(key)")
  }
}
