public import ArgumentParser
import Bitcoin
import Descriptors
import KeyOptions
import Signing
public import WalletFiles

extension SetupToken: ExpressibleByArgument {
  /// 16 or 32 hexadecimal digits, or "00".
  public init?(argument: String) {
    guard let token = try? SetupToken(parsing: argument) else { return nil }
    self = token
  }
}

/// What both records need.
struct SetupOptions: ParsableArguments {
  @Option(help: "The session's token, 16 or 32 hexadecimal digits; 00 for a session in clear.")
  var token: SetupToken = .none

  @Option(help: "The record to write; it must not be there yet.")
  var out: String

  @OptionGroup var answer: AnswerOptions

  struct Result: Encodable {
    let record: String
    var firstAddress: String?
  }

  /// Writes a record, sealed where the session has a secret.
  func write(_ record: String, firstAddress: String? = nil) throws {
    let text = token.mode == .none ? record : try token.seal(record)
    try KeyFileStorage.write(Array(text.utf8), toNew: out, secret: false)
    try answer.give(Result(record: text, firstAddress: firstAddress), text: text)
  }
}

/// Writes a holder's key record for another coordinator.
struct KeyRecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key-record",
    abstract: "Write a holder's key record for a wallet's set-up by BIP-129, round 1.",
    discussion: """
      The record holds the account's public key and a signature that shows control of it. Give it to \
      the coordinator of the wallet as a file, or as frames (show --kind text).

      Example:
        holdfast-vault key-record --key holder-1.key --token a54044308ceac9b7 --out holder-1.bsms
      """)

  @Option(help: "The holder's key file.")
  var key: String

  @OptionGroup var setup: SetupOptions
  @OptionGroup var passphrase: PassphraseOptions

  func run() throws {
    guard !KeyFileStorage.exists(setup.out) else { throw KeyFileError.exists(setup.out) }
    let file = try KeyFile(parsing: try KeyFileStorage.read(key))
    let holder = try file.openHolder(
      passphrase: try Passphrase.read(passphrase.source(for: file.label)))
    let record = try KeyRecord(
      token: setup.token, origin: holder.origin, account: holder.account,
      description: file.label)
    try setup.write(record.text)
  }
}

/// Writes the record of a wallet for other signers.
struct WalletRecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wallet-record",
    abstract: "Write a wallet's descriptor record for its signers by BIP-129, round 2.",
    discussion: """
      Every signer compares the first address with the one that it derives itself.

      Example:
        holdfast-vault wallet-record --descriptor wallet.descriptor --out wallet.bsms
      """)

  @Option(help: "The wallet's descriptor file.")
  var descriptor: String

  @OptionGroup var setup: SetupOptions

  func run() throws {
    let record = try DescriptorRecord(try readWallet(descriptor))
    try setup.write(record.text, firstAddress: record.firstAddress)
  }
}

/// Checks a wallet's record before its key signs for it.
struct CheckRecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check-record",
    abstract: "Check that a wallet's record (BIP-129, round 2) contains a holder's key.",
    discussion: """
      Ends with status 1 when the key is not in the wallet, or the first address is another one. \
      With --descriptor-out it writes the descriptor file that the other commands read.

      Example:
        holdfast-vault check-record wallet.bsms --key holder-1.key --descriptor-out \\
          wallet.descriptor
      """)

  @Argument(help: "The wallet's record.")
  var file: String

  @Option(help: "The holder's key file; no passphrase is asked for.")
  var key: String

  @Option(help: "The session's token, 16 or 32 hexadecimal digits; 00 for a session in clear.")
  var token: SetupToken = .none

  @Option(help: "Descriptor file to write; it must not be there yet.")
  var descriptorOut: String?

  @OptionGroup var answer: AnswerOptions

  private struct Result: Encodable {
    let firstAddress: String
    let descriptor: String
  }

  private struct ForeignKey: Error, CustomStringConvertible {
    let description = "the key is not in the wallet of this record"
  }

  func run() throws {
    let keyFile = try KeyFile(parsing: try KeyFileStorage.read(key))
    guard case .holder(let network, let origin, let account) = keyFile.identity else {
      throw KeyFileError.wrongKind(needed: "holder's key (this one signs statements)")
    }
    let text = String(decoding: try KeyFileStorage.read(file, limit: 1 << 17), as: UTF8.self)
    let record =
      token.mode == .none
      ? try DescriptorRecord(parsing: text, network: network)
      : try DescriptorRecord(opening: text, with: token, network: network)
    let isIncluded = record.descriptors.allSatisfy { descriptor in
      descriptor.keys.contains { $0.origin == origin && $0.key == .extended(account) }
    }
    guard isIncluded else { throw ForeignKey() }
    if let descriptorOut {
      let paths = record.restrictions.compactMap { $0.split(separator: "/").first }
      let whole =
        record.restrictions.isEmpty
        ? record.descriptorText
        : record.descriptorText.split(separator: "#")[0].split(
          separator: "/**", omittingEmptySubsequences: false
        ).joined(
          separator: paths.count == 1 ? "/\(paths[0])/*" : "/<\(paths.joined(separator: ";"))>/*")
      let descriptor = try Descriptor(parsing: whole, network: network)
      try KeyFileStorage.write(
        Array(DescriptorFile(descriptor).text.utf8), toNew: descriptorOut, secret: false)
    }
    try answer.give(
      Result(firstAddress: record.firstAddress, descriptor: record.descriptorText),
      text: "\(keyFile.label) is one of the wallet's keys\nfirst address   \(record.firstAddress)")
  }
}
