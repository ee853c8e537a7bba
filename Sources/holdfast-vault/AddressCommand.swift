import ArgumentParser
import Bitcoin
import Descriptors
import Signing
import Wire

/// Derives addresses of a wallet.
struct AddressCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "address",
    abstract: "Derive addresses of a wallet from its descriptor.",
    discussion: """
      Reads the wallet.descriptor file of a ceremony, or any descriptor with --text and --network.

      Examples:
        holdfast-vault address --descriptor keys/wallet.descriptor --index 0 \\
          --count 3
        holdfast-vault address --descriptor keys/wallet.descriptor --index 7 \\
          --change --json
      """)

  @Option(help: "The wallet's descriptor file.")
  var descriptor: String?

  @Option(help: "A descriptor as text, with its checksum.")
  var text: String?

  @Option(help: "The chain of --text.")
  var network: Network?

  @Option(help: "First index, 0 to 2147483647.")
  var index: UInt32 = 0

  @Option(help: "How many addresses, 1 to 1000.")
  var count: UInt32 = 1

  @Flag(help: "Derive change addresses (branch 1) instead of deposit addresses (branch 0).")
  var change = false

  @OptionGroup var answer: AnswerOptions

  private struct Entry: Encodable {
    struct Key: Encodable {
      let publicKey: String
      let fingerprint: String
      let path: String
    }
    let branch: Int
    let index: UInt32
    let address: String?
    let scriptPubKey: String
    let redeemScript: String?
    let witnessScript: String?
    let keys: [Key]
  }
  private struct Result: Encodable {
    let network: String
    let policyID: String
    let addresses: [Entry]
  }

  func validate() throws {
    guard (descriptor == nil) != (text == nil) else {
      throw ValidationError("Give either --descriptor or --text.")
    }
    guard (text == nil) == (network == nil) else {
      throw ValidationError("--text and --network belong together.")
    }
    guard (1...1000).contains(count), index < 1 << 31, index + count <= 1 << 31 else {
      throw ValidationError("--count is 1 to 1000, and every index is below 2147483648.")
    }
  }

  func run() throws {
    let wallet = try wallet()
    let branch = change ? 1 : 0
    var entries: [Entry] = []
    for index in index..<(index + count) {
      let derived = try wallet.script(branch: branch, index: index)
      entries.append(
        Entry(
          branch: branch, index: index,
          address: Address.text(for: derived.scriptPubKey, network: wallet.network),
          scriptPubKey: Hex.text(derived.scriptPubKey.bytes),
          redeemScript: derived.redeemScript.map { Hex.text($0.bytes) },
          witnessScript: derived.witnessScript.map { Hex.text($0.bytes) },
          keys: derived.keys.map { key in
            Entry.Key(
              publicKey: Hex.text(key.publicKey),
              fingerprint: key.origin.fingerprint.description, path: key.origin.path.text)
          }))
    }
    let result = Result(
      network: wallet.network.rawValue, policyID: Hex.text(wallet.policyID), addresses: entries)
    try answer.give(
      result,
      text: entries.map { "\($0.branch)/\($0.index)  \($0.address ?? $0.scriptPubKey)" }
        .joined(separator: "\n"))
  }

  private func wallet() throws -> Descriptor {
    if let text, let network {
      return try Descriptor(parsing: text, network: network, requiringChecksum: true)
    }
    guard let descriptor else { throw ValidationError("Give either --descriptor or --text.") }
    return try readWallet(descriptor)
  }
}

/// Reads the descriptor file of a wallet.
func readWallet(_ path: String) throws -> Descriptor {
  let bytes = try KeyFileStorage.read(path, limit: 1 << 16)
  return try DescriptorFile(parsing: String(decoding: bytes, as: UTF8.self)).descriptor
}
