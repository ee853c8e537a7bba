import ArgumentParser
import Cryptography
import KeyOptions
import Signing

/// Among whom a key is shared.
struct SharingOptions: ParsableArguments {
  @Option(
    name: .customLong("share-among"), parsing: .singleValue,
    help: "One who gets a share, such as site-operator; give it once for each person.")
  var people: [String] = []

  @Option(name: .customLong("share-threshold"), help: "How many shares open the key, at least 2.")
  var threshold: Int = 2

  /// Whether anybody gets a share.
  var isAsked: Bool { !people.isEmpty }

  func validate() throws {
    guard isAsked else { return }
    guard Set(people).count == people.count, people.allSatisfy(KeyFile.isLabel),
      !people.contains(where: { $0.contains(" ") || $0.hasPrefix(".") })
    else {
      throw ValidationError(
        "--share-among: different names of letters, digits and . _ @ -, not beginning with a dot.")
    }
    guard (2...16).contains(people.count), (2...people.count).contains(threshold) else {
      throw UnsealingError.badScheme(threshold: threshold, people: people.count)
    }
  }

  /// Writes LABEL.shared.key and each person's LABEL.PERSON.share into `folder`, and opens what was
  /// written with the first shares and with the last ones.
  ///
  /// - Parameter written: Told of each file.
  func share(
    _ file: KeyFile, passphrase: SecretBytes, folder: String, written: (String) -> Void
  ) throws {
    let key = "\(folder)/\(file.label).shared.key"
    let shareFiles = try places(of: file.label, beside: key, in: folder)
    let shared = try Unsealing.share(
      file, passphrase: passphrase, threshold: threshold, people: people.count)
    try KeyFileStorage.write(shared.file.bytes, toNew: key, secret: true)
    written(key)
    try write(shared.phrases, to: shareFiles, written)
    let read = try KeyFile(parsing: try KeyFileStorage.read(key))
    try check(shareFiles) { try read.check(passphrase: $0) }
  }

  /// Writes LABEL.pin and each person's LABEL.PERSON.share into `folder`, and opens what was written as
  /// above.
  func share(
    pin: SecretBytes, label: String, folder: String, written: (String) -> Void
  ) throws {
    let sealed = "\(folder)/\(label).pin"
    let shareFiles = try places(of: label, beside: sealed, in: folder)
    let shared = try Unsealing.share(
      pin: pin, label: label, threshold: threshold, people: people.count)
    try KeyFileStorage.write(shared.file.bytes, toNew: sealed, secret: true)
    written(sealed)
    try write(shared.phrases, to: shareFiles, written)
    let read = try PINFile(parsing: try KeyFileStorage.read(sealed))
    try check(shareFiles) { try read.open(with: $0).wipe() }
  }

  /// Where the shares go; nothing may be there.
  private func places(
    of label: String, beside file: String, in folder: String
  ) throws -> [String] {
    let shareFiles = people.map { "\(folder)/\(label).\($0).share" }
    for path in [file] + shareFiles where KeyFileStorage.exists(path) {
      throw KeyFileError.exists(path)
    }
    return shareFiles
  }

  private func write(
    _ phrases: [SecretBytes], to files: [String], _ written: (String) -> Void
  ) throws {
    for (path, phrase) in zip(files, phrases) {
      try KeyFileStorage.write(phrase, toNew: path)
      written(path)
    }
  }

  /// Has the first shares and the last ones open what they are the shares of.
  private func check(_ files: [String], _ open: (SecretBytes) throws -> Void) throws {
    for chosen in [files.prefix(threshold), files.suffix(threshold)] {
      var shares = ShareCollection()
      for path in chosen { try shares.add(try Passphrase.read(.file(path))) }
      try open(try shares.secret())
    }
  }
}

/// Seals a signer's key once more, for shares.
struct ShareKeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "share-key",
    abstract: "Seal a key once more, to be opened by the shares of several people.",
    discussion: """
      A signer that loses its power must start again while one person is away. Give the shares to \
      the holder, the operator of the site and the holder's successor, and the new key file to the \
      signer's machine; the old one stays with its holder. Any two of the three then open it:
        holdfast-vault share-key holder-1.key --out signer-1 --share-threshold 2 \\
          --share-among holder --share-among site-operator --share-among successor

      Each share is one line of 33 words (SLIP-39), in a file of its own for its person only: hand it \
      over on paper or a device, and delete it. Fewer shares than the threshold say nothing. Two \
      sets of shares of one key do not mix.
      """)

  @Argument(help: "The key file.")
  var file: String

  @Option(help: "Folder for the new files; made if it is not there.")
  var out: String

  @OptionGroup var sharing: SharingOptions
  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var answer: AnswerOptions

  private struct Answer: Encodable {
    let files: [String]
    let threshold: Int
  }

  func validate() throws {
    guard sharing.isAsked else { throw ValidationError("--share-among: nobody gets a share.") }
  }

  func run() throws {
    let key = try KeyFile(parsing: try KeyFileStorage.read(file))
    let secret = try Passphrase.read(passphrase.source(for: key.label))
    defer { secret.wipe() }
    try KeyFileStorage.makeFolder(out)
    var files: [String] = []
    do {
      try sharing.share(key, passphrase: secret, folder: out) { files.append($0) }
    } catch {
      files.forEach(KeyFileStorage.remove)
      throw error
    }
    try answer.give(
      Answer(files: files, threshold: sharing.threshold),
      text: "\(sharing.threshold) of \(sharing.people.count) shares open \(files[0]).\n"
        + files.dropFirst().joined(separator: "\n"))
  }
}
