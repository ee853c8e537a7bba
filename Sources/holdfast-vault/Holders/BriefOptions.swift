import Airgap
import ArgumentParser
import Cryptography
import FoundationEssentials
import KeyHolders
import Signing
import Statements
import Wire

/// What every sign of a holder needs: what he is told, his key, and where the answer goes.
struct BriefOptions: ParsableArguments {
  @Option(help: "The brief: what the log and the chain are now (holdfast-verify brief).")
  var brief: String?

  @Option(help: "Folder of pictures with the brief's QR symbols, in place of --brief.")
  var briefFrames: String?

  @Option(help: "Your key for signs of life (beat-key).")
  var key: String

  @Option(help: "File to write the signed answer to; it must not be there yet.")
  var out: String

  @OptionGroup var frames: FrameOptions
  @OptionGroup var answer: AnswerOptions

  func validate() throws {
    guard (brief == nil) != (briefFrames == nil) else {
      throw ValidationError("Give either --brief or --brief-frames.")
    }
  }

  /// Reads the brief, and the public part of the key that it must be for.
  func read() throws -> (brief: HolderBrief, file: BeatKeyFile) {
    try Presence.requireTerminal()
    guard !KeyFileStorage.exists(out) else { throw KeyFileError.exists(out) }
    let brief: HolderBrief
    do { brief = try HolderBrief(bytes: try briefBytes()) } catch let error as WireError {
      throw FileFault(path: self.brief ?? briefFrames ?? "", reason: "no brief (\(error))")
    }
    let file = try BeatKeyFile(
      parsing: try KeyFileStorage.read(key, limit: BeatKeyFile.maximumCount))
    guard brief.beatKey == file.publicKey else {
      throw HolderMemory.Contradiction.otherKey(person: brief.person)
    }
    return (brief, file)
  }

  private func briefBytes() throws -> [UInt8] {
    if let brief { return try KeyFileStorage.read(brief, limit: HolderBrief.maximumCount) }
    guard let briefFrames else { throw ValidationError("Give either --brief or --brief-frames.") }
    var receiver = FrameReceiver()
    for path in try filesOf(briefFrames, ending: ".png") {
      let file = try KeyFileStorage.read(path, limit: GreyImage.maximumFileCount)
      for text in try GreyImage(png: file).symbolTexts() { try receiver.add(text) }
    }
    guard let message = try receiver.message() else {
      throw FileFault(path: briefFrames, reason: "not all of the brief's symbols are there")
    }
    return message.bytes
  }

  /// Shows what is to be signed, asks for a person and opens the key.
  func open(_ file: BeatKeyFile, _ brief: HolderBrief, for what: String) throws
    -> BeatKeyFile.Opened
  {
    report(Self.text(of: brief))
    try Presence.confirm(what)
    let passphrase = try Passphrase.read(.terminal(prompt: "Passphrase for \(file.label)"))
    defer { passphrase.wipe() }
    return try file.open(passphrase: passphrase)
  }

  /// Writes what was signed, and its pictures if asked for.
  func write<Content>(_ signed: Signed<Content>, _ what: String) throws {
    try KeyFileStorage.write(signed.bytes, toNew: out, secret: false)
    let message = try CarriedMessage(.binary, signed.bytes)
    if let folder = frames.png { _ = try frames.write(message, to: folder) }
    let result = SignedFileDescription(
      signed: what, file: out, words: message.checkWords.description)
    try answer.give(result, text: "\(out): \(what)\ncheck words   \(result.words)")
  }

  private static func text(of brief: HolderBrief) -> String {
    let words = CheckWords(ofDigest: brief.logHead)
    var lines = [
      "person        \(brief.person), \(brief.wallet) wallet",
      "block         \(brief.blockHeight)  \(Hex.text(brief.blockHash.reversed()))",
      "log           \(brief.logCount) entries, head \(words)",
    ]
    if brief.isFrozen { lines.append("FROZEN        freeze \(brief.freezeCount) is in force") }
    for claim in brief.claims {
      let by = claim.claimant.isEmpty ? "the monitor" : claim.claimant
      let whom = claim.person == brief.person ? "YOU" : claim.person
      lines.append("claim \(claim.number)       about \(whom), opened by \(by)")
    }
    return lines.joined(separator: "\n")
  }
}

private struct SignedFileDescription: Encodable {
  let signed: String
  let file: String
  let words: String
}
