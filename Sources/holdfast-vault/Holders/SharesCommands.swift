import ArgumentParser
import Bitcoin
import ColdStorage
import Cryptography
import FoundationEssentials
import KeyOptions
import Signing

/// Splits a holder's seed.
struct SplitSeedCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "split-seed",
    abstract: "Split a holder's seed into SLIP-39 shares, each on a sheet of its own.",
    discussion: """
      Two groups, and both are needed: three shares for the successor, of which any two do, and one \
      for the trustees, printed twice. Before a sheet is written the seed is put together again in \
      every way that is enough. The record that goes with them is public; keep it with the wallet.

      Shares that were given out cannot be called back. When someone who keeps one leaves, the key is \
      replaced and the coins move; a new set for the same key is for sheets that were lost or damaged.

      Example:
        holdfast-vault split-seed --key holder-1.key --set 1 --first-bag 101 --out shares-1
      """)

  @Option(help: "The holder's key file.")
  var key: String

  @Option(help: "Number of this set: 1 for the first, then one more.")
  var set: UInt32

  @Option(help: "Number of the first bag.")
  var firstBag: UInt32

  @Option(help: "Folder for the sheets and the record; it is made, and must be empty.")
  var out: String

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var answer: AnswerOptions

  private struct Result: Encodable {
    let key: String
    let set: UInt32
    let identifier: UInt16
    let bags: [String]
  }

  func validate() throws {
    guard set >= 1 else { throw ValidationError("--set is at least 1.") }
  }

  func run() throws {
    let file = try KeyFile(parsing: try KeyFileStorage.read(key))
    guard case .holder(_, _, let account) = file.identity else {
      throw KeyFileError.wrongKind(needed: "holder's key (this one signs statements)")
    }
    let secret = try Passphrase.read(passphrase.source(for: file.label))
    defer { secret.wipe() }
    let seed = try file.openSeed(with: try file.sealingKey(secret))
    let (record, sheets) = try SeedShares.split(
      seed, key: file.label, account: account.text, set: set, firstBag: firstBag)
    try KeyFileStorage.makeFolder(out)
    guard try filesOf(out, ending: "").isEmpty else {
      throw FileFault(path: out, reason: "the folder is not empty")
    }
    for sheet in sheets {
      try KeyFileStorage.write(
        try ShareSheet.pdf(sheet, of: record), toNew: "\(out)/\(sheet.bag).pdf", secret: true)
    }
    try KeyFileStorage.write(
      Array(record.text.utf8), toNew: "\(out)/shares.record", secret: false)
    try answer.give(
      Result(
        key: record.key, set: record.set, identifier: record.identifier, bags: sheets.map(\.bag)),
      text: record.text)
  }
}

/// Puts shares together: as a drill, or to have the key back.
struct CombineSharesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "combine-shares",
    abstract: "Try whether shares give a holder's key back, and write it if asked to.",
    discussion: """
      Each share is a file with its words, mode 600 or 400: typed from a sheet, or read from its QR \
      symbol. A wrong, a missing and an old share are each named, and what the others give is not \
      lost: with enough right ones the key comes back whatever else is there.

      Without --out it is the quarterly drill: nothing is written, and success means that the shares \
      give the very key of the record. Say the date in your next heartbeat (--last-drill).

      Exit status: 0 when the key came back, 1 when not, 3 when it came back and a share is wrong.

      Examples:
        holdfast-vault combine-shares --record shares-1/shares.record --network mainnet \\
          bag-101.words bag-103.words bag-104.words
        holdfast-vault combine-shares --record shares-1/shares.record --network mainnet \\
          bag-101.words bag-102.words bag-105.words --out holder-1.key
      """)

  @Option(help: "The record of the set.")
  var record: String

  @Option(help: "The wallet's chain.")
  var network: Network

  @Argument(help: "Files with the words of one share each.")
  var shares: [String]

  @Option(help: "Key file to write; it must not be there yet. A new passphrase is asked for.")
  var out: String?

  @Option(help: "What trying the new passphrase costs.")
  var kdf = KeyDerivation.moderate

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var answer: AnswerOptions

  private struct Result: Encodable {
    let isComplete: Bool
    let right: [String]
    let faults: [String]
  }

  func run() throws {
    let record = try readRecord()
    if let out, KeyFileStorage.exists(out) { throw KeyFileError.exists(out) }
    let phrases = try shares.map { path in
      (name: path, phrase: try Passphrase.read(.file(path)))
    }
    let reading = SharesReading(phrases, of: record) { seed in
      try ExtendedPrivateKey(seed: seed, network: network)
        .descendant(KeyFile.accountPath(network)).publicKey.text
    }
    if let seed = reading.seed, let out {
      let secret = try Passphrase.readNew(passphrase.source(for: record.key)) { report("\($0)") }
      let file = try KeyFile.sealHolder(
        seed: seed, network: network, label: record.key, created: currentTime(),
        passphrase: secret, cost: kdf.cost)
      try KeyFileStorage.write(file.bytes, toNew: out, secret: true)
    }
    let faults = reading.faults.map(\.description)
    let verdict =
      reading.seed == nil
      ? "The key does not come back from these shares."
      : "The shares give the key \(record.key) of set \(record.set)."
    try answer.give(
      Result(isComplete: reading.seed != nil, right: reading.right, faults: faults),
      text: (["right: \(reading.right.joined(separator: ", "))"]
        + faults.map { "WRONG  \($0)" } + [verdict]).joined(separator: "\n"))
    if reading.seed == nil { throw ExitCode(1) }
    if !faults.isEmpty { throw ExitCode(3) }
  }

  private func readRecord() throws -> SharesRecord {
    let bytes = try KeyFileStorage.read(record, limit: SharesRecord.limit)
    do { return try SharesRecord(parsing: String(decoding: bytes, as: UTF8.self)) } catch {
      throw FileFault(path: record, reason: "\(error)")
    }
  }
}
