import Airgap
import ArgumentParser
import Bitcoin
import ColdStorage
import Descriptors
import KeyOptions
import PSBT
import Signing
import Wire

/// What a request would do, as it is printed.
private struct ReviewDescription: Encodable {
  struct Line: Encodable {
    let satoshis: Int64?
    let place: String?
    var address: String?
    var role: String?
  }
  let words: String
  let policy: String
  let inputs: [Line]
  let outputs: [Line]
  let feeSatoshis: Int64?
  let warnings: [String]
  let refusals: [String]

  init(_ review: Review, words: CheckWords) {
    self.words = words.description
    policy = review.policy.name
    inputs = review.inputs.map { Line(satoshis: $0.satoshis, place: $0.place?.description) }
    outputs = review.outputs.map {
      Line(
        satoshis: $0.satoshis, place: $0.place?.description, address: $0.address,
        role: $0.role?.rawValue)
    }
    feeSatoshis = review.fee
    warnings = review.warnings
    refusals = review.refusals.map(\.description)
  }
}

/// What every review needs to know.
struct ReviewOptions: ParsableArguments {
  @Option(help: "The cold policy that is spent from.")
  var policy: String

  @Option(help: "The most that a transaction may pay in fees, in bitcoin.")
  var feeLimit = "0.01"

  @OptionGroup var folder: RegisterOptions

  func review(_ psbt: PSBT) throws -> Review {
    let register = try folder.register()
    return Review(
      of: psbt, spending: try register.cold(policy), register: register,
      limits: Review.Limits(fee: try satoshis(feeLimit, "--fee-limit")))
  }
}

/// Says in plain language what a request would do.
struct ReviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "review",
    abstract: "Say in plain language what a request would do; asks for no key.",
    discussion: """
      Every amount and address is worked out from the registered descriptors; what the request \
      claims about itself is not believed. Ends with status 1 when the request would be refused.

      Example:
        holdfast-vault review request.psbt --policy cold-1 --policies policies
      """)

  @Argument(help: "The PSBT file.")
  var file: String

  @OptionGroup var options: ReviewOptions
  @OptionGroup var answer: AnswerOptions

  func run() throws {
    let (psbt, message) = try readPSBT(file)
    let review = try options.review(psbt)
    try answer.give(
      ReviewDescription(review, words: message.checkWords),
      text: review.text(words: message.checkWords))
    guard review.refusals.isEmpty else { throw ExitCode(1) }
  }
}

/// Signs a request of the cold wallet.
struct SignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign",
    abstract: "Sign a request whose outputs go to registered wallets only.",
    discussion: """
      Read the review first. --words takes the check words from the screen that the request came \
      from, so that what is signed is what was meant there.

      Example:
        holdfast-vault sign request.psbt --words "army van defense carry" --policy cold-1 \\
          --policies policies --key holder-1.key --out answer.psbt --png answer-frames
      """)

  @Argument(help: "The PSBT file.")
  var file: String

  @Option(help: "The check words that the other side shows for the request.")
  var words: String

  @Option(help: "A holder's key file.")
  var key: String

  @Option(help: "File for the signed PSBT; it must not be there yet.")
  var out: String

  @OptionGroup var options: ReviewOptions
  @OptionGroup var frames: FrameOptions
  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var answer: AnswerOptions

  func run() throws {
    let (psbt, request) = try readPSBT(file)
    guard words == request.checkWords.description else {
      throw ValidationError(
        "--words: the request's check words are \"\(request.checkWords)\"; it is not the one that was meant."
      )
    }
    let review = try options.review(psbt)
    report(review.text(words: request.checkWords))
    guard review.refusals.isEmpty else { throw ColdStorageError.refused(review.refusals) }
    guard !KeyFileStorage.exists(out) else { throw KeyFileError.exists(out) }
    let file = try KeyFile(parsing: try KeyFileStorage.read(key))
    let holder = try file.openHolder(
      passphrase: try Passphrase.read(passphrase.source(for: file.label)))
    let signed = try ColdSigner.sign(
      psbt, reviewed: review, account: holder.account, origin: holder.origin)
    let message = try CarriedMessage(.psbt, signed.bytes)
    try KeyFileStorage.write(signed.bytes, toNew: out, secret: false)
    if let folder = frames.png { _ = try frames.write(message, to: folder) }
    try answer.give(
      ReviewDescription(review, words: message.checkWords),
      text: "signed by \(file.label)\ncheck words of the answer   \(message.checkWords)")
  }
}

/// Makes a request on the online side.
struct RequestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "request",
    abstract: "Make an unsigned request from coins of the cold wallet; needs no key.",
    discussion: """
      Each coin is a file with its whole transaction in hexadecimal, and which output it is. Each \
      payment goes to a place of a registered wallet: its name, branch and index. What the payments \
      leave over is the fee. A hot wallet is paid at its branch 1, at the index that holdfast operator \
      float names for the refill: addresses of branch 0 are customers'.

      Example:
        holdfast-vault request --policy cold-1 --policies policies --coin funding.hex:0 \\
          --pay hot-1:1/7=1.5 --pay cold-1:1/0=0.4999 --out request.psbt --png request-frames
      """)

  @Option(name: .customLong("coin"), help: "FILE:OUTPUT of a coin; give it once for each.")
  var coins: [String]

  @Option(name: .customLong("pay"), help: "WALLET:BRANCH/INDEX=BITCOIN; give it once for each.")
  var payments: [String]

  @Option(
    help: "Blocks that every coin is old, for the tier that opens then; see holdfast-verify matrix."
  )
  var afterBlocks: UInt16 = 0

  @Option(help: "File for the request; it must not be there yet.")
  var out: String

  @OptionGroup var options: ReviewOptions
  @OptionGroup var frames: FrameOptions
  @OptionGroup var answer: AnswerOptions

  func run() throws {
    let register = try options.folder.register()
    let policy = try register.cold(options.policy)
    let psbt = try ColdRequest.psbt(
      spending: try coins.map(coin), of: policy, to: try payments.map(payment),
      register: register, limits: Review.Limits(fee: try satoshis(options.feeLimit, "--fee-limit")),
      afterBlocks: afterBlocks)
    let message = try CarriedMessage(.psbt, psbt.bytes)
    try KeyFileStorage.write(psbt.bytes, toNew: out, secret: false)
    if let folder = frames.png { _ = try frames.write(message, to: folder) }
    let review = try options.review(psbt)
    try answer.give(
      ReviewDescription(review, words: message.checkWords),
      text: review.text(words: message.checkWords))
  }

  private func coin(_ text: String) throws -> ColdRequest.Coin {
    guard let colon = text.lastIndex(of: ":"),
      let output = UInt32(text[text.index(after: colon)...])
    else { throw ValidationError("--coin: \"\(text)\" is not FILE:OUTPUT.") }
    let path = String(text[..<colon])
    let file = try KeyFileStorage.read(path, limit: 8 << 20)
    let digits = String(decoding: file, as: UTF8.self).filter { !$0.isWhitespace }
    guard let bytes = Hex.bytes(digits) else {
      throw FileFault(path: path, reason: "no hexadecimal digits")
    }
    let transaction: Transaction
    do { transaction = try Transaction(parsing: bytes) } catch {
      throw FileFault(path: path, reason: "\(error)")
    }
    guard Int(output) < transaction.outputs.count else {
      throw ValidationError("--coin: the transaction has no output \(output).")
    }
    return ColdRequest.Coin(transaction: transaction, output: output)
  }

  private func payment(_ text: String) throws -> ColdRequest.Payment {
    let sides = text.split(separator: "=", maxSplits: 1)
    let names = (sides.first ?? "").split(separator: ":", maxSplits: 1)
    let numbers = (names.last ?? "").split(separator: "/", maxSplits: 1)
    guard sides.count == 2, names.count == 2, numbers.count == 2, let branch = Int(numbers[0]),
      let index = UInt32(numbers[1])
    else { throw ValidationError("--pay: \"\(text)\" is not WALLET:BRANCH/INDEX=BITCOIN.") }
    return ColdRequest.Payment(
      place: PolicyPlace(policy: String(names[0]), branch: branch, index: index),
      satoshis: try satoshis(String(sides[1]), "--pay"))
  }
}

/// Finishes a request that enough holders have signed.
struct FinishCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "finish",
    abstract: "Put the holders' answers together and print the transaction; needs no key.",
    discussion: """
      Example:
        holdfast-vault finish answer-1.psbt answer-2.psbt --policy cold-1 --policies policies
      """)

  private struct Result: Encodable {
    let txid: String
    let hex: String
    let virtualSize: Int
  }

  @Argument(help: "The signed PSBT files.")
  var files: [String]

  @Option(help: "The cold policy that is spent from.")
  var policy: String

  @OptionGroup var folder: RegisterOptions
  @OptionGroup var answer: AnswerOptions

  func run() throws {
    let register = try folder.register()
    let transaction = try ColdRequest.finished(
      try files.map { try readPSBT($0).psbt }, of: try register.cold(policy), register: register)
    let result = Result(
      txid: transaction.id.hex, hex: Hex.text(transaction.bytes),
      virtualSize: transaction.virtualSize)
    try answer.give(result, text: result.hex)
  }
}
