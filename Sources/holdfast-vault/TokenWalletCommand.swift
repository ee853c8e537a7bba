import ArgumentParser
import Descriptors
import FoundationEssentials
import Signing
import Wire

/// Puts a holder whose key is in a token into a wallet.
struct TokenWalletCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token-wallet",
    abstract: "Put a holder whose key lies in a token (HSM) into a wallet.",
    discussion: """
      Takes the wallet of a ceremony and replaces one holder's keys by those that holdfast-signer \
      make-token-key has printed, one for each place in which the wallet names him: a multisig \
      once, the usual hot wallet twice (at once, and after a week as one of a slot).
        holdfast-vault token-wallet --descriptor keys/wallet.descriptor --holder 3 \\
          --key '[d34db33f]02...' --key '[0b5e55ed]03...' --out wallet.descriptor

      This makes another wallet with other addresses: use it from the beginning, or move the coins. \
      The holder's key file of the ceremony belongs to nothing then. A token's key has no children, \
      so every spend shows the same key and ties the wallet's coins together (decision 0040). Taproot \
      wallets cannot have such a holder.
      """)

  @Option(help: "The wallet's descriptor file.")
  var descriptor: String

  @Option(help: "The holder's number among those who spend at once, from 1.")
  var holder: Int

  @Option(
    name: .customLong("key"), parsing: .singleValue,
    help: "A key as make-token-key prints it; once for each place.")
  var keys: [String] = []

  @Option(help: "The new descriptor file; nothing may be there.")
  var out: String

  @OptionGroup var answer: AnswerOptions

  private struct Answer: Encodable {
    let file: String
    let policyID: String
    let descriptor: String
  }

  func run() throws {
    let bytes = try KeyFileStorage.read(descriptor, limit: Descriptor.textLimit)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ValidationError("--descriptor: \(descriptor) is not UTF-8 text.")
    }
    let wallet = try DescriptorFile(parsing: text).descriptor.replacing(
      holder: holder, withFixed: try keys.map(Self.key))
    try KeyFileStorage.write(
      Array(DescriptorFile(wallet).text.utf8), toNew: out, secret: false)
    let policy = Hex.text(wallet.policyID)
    try answer.give(
      Answer(file: out, policyID: policy, descriptor: wallet.text),
      text: "\(out)\npolicy \(policy)\n\(wallet.text)")
  }

  /// The key behind its origin, which the wallet gives anew.
  private static func key(_ text: String) throws -> [UInt8] {
    let digits = text.split(separator: "]", maxSplits: 1, omittingEmptySubsequences: false).last
    guard let key = Hex.bytes(String(digits ?? "")) else {
      throw FixedKeyError.badKey(text)
    }
    return key
  }
}
