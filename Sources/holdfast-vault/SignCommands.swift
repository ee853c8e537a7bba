import ArgumentParser
import KeyOptions
import Bitcoin
import Cryptography
import Foundation
import Signing
import Statements
import Wire

/// A statement with its signature, as it is printed.
private struct SignedAnswer: Encodable {
  let domain: String
  let account: UInt64
  var asset: String?
  var chain: String?
  var address: String?
  var nonce: UInt64?
  let publicKey: String
  /// Ed25519, 64 bytes.
  let signature: String
  /// The signature and the statement's canonical bytes, as programs exchange them.
  let signed: String

  init(_ signed: Signed<some Statement>, domain: String, account: UInt64, publicKey: [UInt8]) {
    self.domain = domain
    self.account = account
    self.publicKey = Hex.text(publicKey)
    signature = Hex.text(signed.signature)
    self.signed = Hex.text(signed.bytes)
  }
}

/// Opens the key that signs a statement.
func openSigner(
  _ path: String, _ passphrase: PassphraseOptions
) throws -> Ed25519.PrivateKey {
  let file = try KeyFile(parsing: try KeyFileStorage.read(path))
  guard case .signer = file.identity else {
    throw KeyFileError.wrongKind(needed: "key for statements (this one is a wallet holder's)")
  }
  return try file.openSigner(
    passphrase: try Passphrase.read(passphrase.source(for: file.label)))
}

/// Signs an address-book entry.
struct SignAddressCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign-address",
    abstract: "Sign, as a customer, that a withdrawal address is yours.",
    discussion: """
      The exchange, its guard and its signers each check this signature before they pay to the \
      address. Compare the address with the one that your own wallet shows. The nonce grows with \
      every statement of the account.

      Example:
        holdfast-vault sign-address --key alice.key --account 7 \\
          --asset BTC --chain BTC-Bitcoin \\
          --address bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080 \\
          --network regtest --nonce 1 --json
      """)

  @Option(help: "The customer's key file.")
  var key: String

  @Option(help: "The account's number.")
  var account: UInt64

  @Option(help: "The asset's code.")
  var asset: String

  @Option(help: "The chain's name.")
  var chain: String

  @Option(help: "The withdrawal address.")
  var address: String

  @Option(help: "The Bitcoin network that the address must belong to. Needed on BTC-Bitcoin.")
  var network: Network?

  @Option(help: "A number above that of the account's last statement.")
  var nonce: UInt64

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var answer: AnswerOptions

  func validate() throws {
    for (name, text, limit) in [
      ("--asset", asset, StatementLimit.assetCode), ("--chain", chain, StatementLimit.chain),
      ("--address", address, StatementLimit.address),
    ] {
      guard (1...limit).contains(text.utf8.count), text.utf8.allSatisfy({ (33...126).contains($0) })
      else {
        throw ValidationError("\(name) is 1 to \(limit) printable characters without blanks.")
      }
    }
    guard chain == "BTC-Bitcoin" else { return }
    guard let network else { throw ValidationError("On BTC-Bitcoin, --network is needed.") }
    do { _ = try Address.parse(address, network: network) } catch {
      throw ValidationError("--address: no address of \(network.rawValue) (\(error)).")
    }
  }

  func run() throws {
    let key = try openSigner(key, passphrase)
    let signed = try Signed(
      AddressStatement(
        account: account, asset: asset, chain: chain, address: address, nonce: nonce), by: key)
    var result = SignedAnswer(
      signed, domain: AddressStatement.domain, account: account, publicKey: key.publicKey.bytes)
    result.asset = asset
    result.chain = chain
    result.address = address
    result.nonce = nonce
    try answer.give(
      result,
      text: """
        account     \(account)
        asset       \(asset) on \(chain)
        address     \(address)
        nonce       \(nonce)
        public key  \(result.publicKey)
        signature   \(result.signature)
        """)
  }
}

/// A list of sanctioned addresses, as it is printed.
private struct SanctionsAnswer: Encodable {
  let addresses: Int
  let issuedAt: Int64
  let publicKey: String
  let out: String
}

/// Signs a list of sanctioned addresses for guards.
struct SignSanctionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign-sanctions",
    abstract: "Vouch, as a compliance officer, for a list of addresses that nothing is paid to.",
    discussion: """
      The file has one address a line, of any chain. Guards take the signed list while it is young \
      enough, so sign one every day.

      Example:
        holdfast-vault sign-sanctions --key erin.key --addresses sanctioned.txt --out sanctions.list
      """)

  @Option(help: "The officer's key file.")
  var key: String

  @Option(help: "The file of addresses.")
  var addresses: String

  @Option(help: "The signed list, in place of an older one.")
  var out: String

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var answer: AnswerOptions

  func run() throws {
    let text = try String(contentsOfFile: addresses, encoding: .utf8)
    let lines = text.split(whereSeparator: \.isNewline).map(String.init)
    guard lines.count <= SanctionsStatement.limit,
      lines.allSatisfy({ line in
        line.utf8.count <= StatementLimit.address
          && line.utf8.allSatisfy { (33...126).contains($0) }
      })
    else {
      throw ValidationError(
        "\(addresses): at most \(SanctionsStatement.limit) lines of 1 to "
          + "\(StatementLimit.address) printable characters without blanks.")
    }
    let key = try openSigner(key, passphrase)
    let statement = SanctionsStatement(
      issuedAtMilliseconds: Int64(Date().timeIntervalSince1970 * 1000), addresses: Set(lines))
    try Data(try Signed(statement, by: key).bytes)
      .write(to: URL(fileURLWithPath: out), options: .atomic)
    let result = SanctionsAnswer(
      addresses: statement.addresses.count, issuedAt: statement.issuedAtMilliseconds,
      publicKey: Hex.text(key.publicKey.bytes), out: out)
    try answer.give(
      result, text: "\(result.addresses) addresses, signed by \(result.publicKey), in \(out)")
  }
}

/// Proves the possession of a key.
struct SignEnrolmentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign-enrolment",
    abstract: "Prove, as a customer, that the key which your account is to use is yours.",
    discussion: """
      Example:
        holdfast-vault sign-enrolment --key alice.key --account 7 --json
      """)

  @Option(help: "The customer's key file.")
  var key: String

  @Option(help: "The account's number.")
  var account: UInt64

  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var answer: AnswerOptions

  func run() throws {
    let key = try openSigner(key, passphrase)
    let signed = try Signed(
      EnrolmentStatement(account: account, publicKey: key.publicKey.bytes), by: key)
    let result = SignedAnswer(
      signed, domain: EnrolmentStatement.domain, account: account,
      publicKey: key.publicKey.bytes)
    try answer.give(
      result,
      text: """
        account     \(account)
        public key  \(result.publicKey)
        signature   \(result.signature)
        """)
  }
}
