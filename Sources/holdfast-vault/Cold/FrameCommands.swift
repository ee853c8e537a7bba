import Airgap
import ArgumentParser
import Glibc
import Signing

/// What a file holds, as it is shown in frames.
enum FileKind: String, CaseIterable, ExpressibleByArgument {
  case psbt, transaction, text, binary

  var kind: CarriedMessage.Kind {
    switch self {
    case .psbt: .psbt
    case .transaction: .transaction
    case .text: .unicode
    case .binary: .binary
    }
  }
}

/// A message that crossed the gap, as it is printed.
private struct MessageDescription: Encodable {
  let kind: String
  let bytes: Int
  let words: String
  var frames: Int?

  init(_ message: CarriedMessage, frames: Int? = nil) {
    kind = "\(message.kind)"
    bytes = message.bytes.count
    words = message.checkWords.description
    self.frames = frames
  }

  var text: String {
    "\(kind), \(bytes) bytes\(frames.map { ", \($0) frames" } ?? "")\ncheck words   \(words)"
  }
}

/// Shows a file as QR symbols.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a file as QR symbols, on the terminal or as pictures.",
    discussion: """
      Without --png the frames follow each other on the terminal until Ctrl-C. The other side shows \
      the same check words when it has everything.

      Examples:
        holdfast-vault show request.psbt
        holdfast-vault show request.psbt --carrier ur --png frames
        holdfast-vault show wallet.descriptor --kind text
      """)

  @Argument(help: "The file.")
  var file: String

  @Option(help: "What the file holds: psbt, transaction, text or binary.")
  var kind = FileKind.psbt

  @Option(help: "Milliseconds for which each frame stands, 50 to 10000.")
  var milliseconds: UInt32 = 300

  @Option(help: "End after so many rounds instead of at Ctrl-C.")
  var rounds: Int?

  @Flag(help: "Draw in the terminal's own colours, for one with light characters on a dark ground.")
  var plain = false

  @OptionGroup var frames: FrameOptions
  @OptionGroup var answer: AnswerOptions

  func validate() throws {
    guard (50...10_000).contains(milliseconds), (rounds ?? 1) > 0 else {
      throw ValidationError("--milliseconds is 50 to 10000, and --rounds at least 1.")
    }
  }

  func run() throws {
    let message: CarriedMessage
    if kind == .psbt {
      message = try readPSBT(file).message
    } else {
      let bytes = try KeyFileStorage.read(file, limit: CarriedMessage.maximumCount)
      message = try CarriedMessage(kind.kind, bytes)
    }
    if let folder = frames.png {
      let count = try frames.write(message, to: folder)
      let description = MessageDescription(message, frames: count)
      return try answer.give(description, text: description.text)
    }
    var sender = try FrameSender(message, carrier: frames.carrier, version: frames.qrVersion)
    var shown = 0
    while rounds.map({ shown < $0 * sender.count }) ?? true {
      let symbol = try QRSymbol(sender.next())
      shown += 1
      // Home, without clearing: a screen that flashes is hard to read for a camera.
      print("\u{1B}[H\(shown == 1 ? "\u{1B}[2J" : "")" + symbol.terminalText(colour: !plain))
      print("\(message.checkWords)   frame \(shown) of \(sender.count)\u{1B}[K")
      if sender.count == 1, rounds == nil {
        pause()
        return
      }
      usleep(milliseconds * 1000)
    }
  }
}

/// Reads frames back into a file.
struct ReadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "read",
    abstract: "Read pictures of QR symbols back into a file.",
    discussion: """
      Takes every .png of a folder in any order, several symbols in a picture too, BBqr or UR. With \
      --lines it takes what another program read, one symbol in each line. Compare the check words \
      with those on the other side.

      Examples:
        holdfast-vault read --frames frames --out request.psbt
        zbarcam --raw | tee lines; holdfast-vault read --lines lines --out answer.psbt
      """)

  @Option(help: "Folder of pictures.")
  var frames: String?

  @Option(help: "File with the text of one symbol in each line.")
  var lines: String?

  @Option(help: "File to write; it must not be there yet.")
  var out: String

  @OptionGroup var answer: AnswerOptions

  func validate() throws {
    guard (frames == nil) != (lines == nil) else {
      throw ValidationError("Give either --frames or --lines.")
    }
  }

  func run() throws {
    var receiver = FrameReceiver()
    if let lines {
      let bytes = try KeyFileStorage.read(lines, limit: 4 * CarriedMessage.maximumCount)
      let text = String(decoding: bytes, as: UTF8.self)
      for line in text.split(whereSeparator: \.isNewline) { try receiver.add(line) }
    }
    if let frames {
      for path in try filesOf(frames, ending: ".png") {
        let file = try KeyFileStorage.read(path, limit: GreyImage.maximumFileCount)
        do {
          let texts = try GreyImage(png: file).symbolTexts()
          if texts.isEmpty { report("\(path): no symbol found") }
          for text in texts { try receiver.add(text) }
        } catch {
          throw FileFault(path: path, reason: "\(error)")
        }
      }
    }
    guard let message = try receiver.message() else {
      let total = receiver.total ?? 1
      throw AirgapError.incomplete(missing: total - receiver.seen, of: total)
    }
    try KeyFileStorage.write(message.bytes, toNew: out, secret: false)
    let description = MessageDescription(message)
    try answer.give(description, text: description.text)
  }
}
