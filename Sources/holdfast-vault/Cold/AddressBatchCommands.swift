import ArgumentParser
import Bitcoin
import ColdAddresses
import ColdStorage
import Cryptography
import Descriptors
import KeyOptions
import Signing
import Statements
import Wire

/// A batch of cold addresses, as it is printed.
private struct BatchDescription: Encodable {
  let number: UInt32
  let firstIndex: UInt32
  let count: UInt32
  let addressCapSatoshis: Int64
  let epoch: UInt32
  let epochCapSatoshis: Int64
  let policyID: String
  let scriptsDigest: String

  init(_ batch: ColdAddressBatch) {
    number = batch.number
    firstIndex = batch.firstIndex
    count = batch.count
    addressCapSatoshis = batch.addressCap
    epoch = batch.epoch
    epochCapSatoshis = batch.epochCap
    policyID = Hex.text(batch.policyID)
    scriptsDigest = Hex.text(batch.scriptsDigest)
  }

  var text: String {
    """
    batch \(number): addresses \(firstIndex) to \(firstIndex + count - 1), at most \
    \(Bitcoins.text(addressCapSatoshis)) BTC each, \(Bitcoins.text(epochCapSatoshis)) BTC in epoch \
    \(epoch)
    """
  }
}

/// The folder of issued batches.
struct BatchOptions: ParsableArguments {
  @Option(help: "The cold policy that the addresses belong to.")
  var policy: String

  @Option(help: "Folder of the issued batches.")
  var batches: String

  @Option(help: "The issuing key's public half, 64 hexadecimal digits.")
  var issuer: String

  @OptionGroup var folder: RegisterOptions

  /// Checks every batch from the first on and returns them.
  func verified() throws -> (policy: RegisteredPolicy, batches: [ColdAddressBatch]) {
    guard let key = Hex.bytes(issuer), key.count == 32 else {
      throw ValidationError("--issuer is 64 hexadecimal digits.")
    }
    let policy = try folder.register().cold(policy)
    var batches: [ColdAddressBatch] = []
    for path in try filesOf(self.batches, ending: ".batch") {
      do {
        let signed = try Signed<ColdAddressBatch>(
          bytes: try KeyFileStorage.read(path, limit: 1024))
        batches.append(
          try ColdAddressBatch.verify(
            signed, issuedBy: key, of: policy.descriptor, following: batches.last))
      } catch {
        throw FileFault(path: path, reason: "\(error)")
      }
    }
    return (policy, batches)
  }
}

/// Issues cold addresses on the offline machine.
struct IssueAddressesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "issue-addresses",
    abstract: "Issue a numbered, signed batch of single-use cold addresses.",
    discussion: """
      Each batch begins where the last one ended. The file is small enough for one QR symbol \
      (show --kind binary); every host that funds cold addresses derives them itself and compares \
      (verify-addresses).

      Example:
        holdfast-vault issue-addresses --policy cold-1 --policies policies --batches batches \\
          --issuer 5ab3… --key issuer.key --count 1000 --address-cap 50 --epoch 202604 \\
          --epoch-cap 5000
      """)

  @Option(help: "How many addresses, 1 to 10000.")
  var count: Int

  @Option(help: "The most that one address may ever get, in bitcoin.")
  var addressCap: String

  @Option(help: "The number of the period that the next cap is for.")
  var epoch: UInt32

  @Option(help: "The most that all addresses of the epoch may get together, in bitcoin.")
  var epochCap: String

  @Option(help: "The issuing key's file (see keygen).")
  var key: String

  @OptionGroup var options: BatchOptions
  @OptionGroup var passphrase: PassphraseOptions
  @OptionGroup var answer: AnswerOptions

  func run() throws {
    try KeyFileStorage.makeFolder(options.batches)
    let (policy, earlier) = try options.verified()
    let batch = try ColdAddressBatch(
      following: earlier.last, of: policy.descriptor, count: count,
      addressCap: try satoshis(addressCap, "--address-cap"), epoch: epoch,
      epochCap: try satoshis(epochCap, "--epoch-cap"))
    let file = try KeyFile(parsing: try KeyFileStorage.read(key))
    let issuer = try file.openSigner(
      passphrase: try Passphrase.read(passphrase.source(for: file.label)))
    guard Hex.text(issuer.publicKey.bytes) == options.issuer.lowercased() else {
      throw ValidationError("--key: its public half is not that of --issuer.")
    }
    let signed = try Signed(batch, by: issuer)
    let digits = String(batch.number)
    let name = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    try KeyFileStorage.write(
      signed.bytes, toNew: "\(options.batches)/\(name).batch", secret: false)
    let description = BatchDescription(batch)
    try answer.give(description, text: description.text)
  }
}

/// Derives issued addresses again, on a host that has no key.
struct VerifyAddressesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify-addresses",
    abstract: "Derive issued cold addresses again and compare; needs no key.",
    discussion: """
      Run it on two watch-only hosts before anything is sent. With --list it prints the addresses \
      of the newest batch, each with its index.

      Example:
        holdfast-vault verify-addresses --policy cold-1 --policies policies --batches batches \\
          --issuer 5ab3… --list
      """)

  @Flag(help: "Print the addresses of the newest batch.")
  var list = false

  @OptionGroup var options: BatchOptions
  @OptionGroup var answer: AnswerOptions

  private struct Result: Encodable {
    let batches: [BatchDescription]
    let addresses: [String]
  }

  func run() throws {
    let (policy, batches) = try options.verified()
    guard let newest = batches.last else {
      throw FileFault(path: options.batches, reason: "no batch")
    }
    var addresses: [String] = []
    if list {
      for index in newest.firstIndex..<(newest.firstIndex + newest.count) {
        let script = try policy.descriptor.script(branch: 0, index: index).scriptPubKey
        addresses.append(
          Address.text(for: script, network: policy.descriptor.network) ?? Hex.text(script.bytes))
      }
    }
    let descriptions = batches.map(BatchDescription.init)
    try answer.give(
      Result(batches: descriptions, addresses: addresses),
      text: (descriptions.map(\.text)
        + addresses.enumerated().map { "\(newest.firstIndex + UInt32($0))  \($1)" })
        .joined(separator: "\n"))
  }
}

/// Says whose an address is.
struct FindAddressCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "find-address",
    abstract: "Say which registered wallet an address belongs to, and where; ends 1 for none.",
    discussion: """
      Example:
        holdfast-vault find-address bc1q… --policies policies
      """)

  @Argument(help: "The address.")
  var address: String

  @Option(help: "Indices searched in each branch, 1 to 100000.")
  var limit: UInt32 = 1000

  @OptionGroup var folder: RegisterOptions
  @OptionGroup var answer: AnswerOptions

  private struct Result: Encodable {
    let wallet: String?
    let role: String?
    let branch: Int?
    let index: UInt32?
  }

  func validate() throws {
    guard (1...100_000).contains(limit) else { throw ValidationError("--limit is 1 to 100000.") }
  }

  func run() throws {
    let register = try folder.register()
    var found: PolicyPlace?
    for network in Set(register.policies.map(\.descriptor.network)) where found == nil {
      guard let script = try? Address.parse(address, network: network) else { continue }
      found = register.place(of: script, on: network, hints: [], limit: limit)
    }
    let role = found.flatMap(register.role)
    try answer.give(
      Result(
        wallet: found?.policy, role: role?.rawValue, branch: found?.branch, index: found?.index),
      text: found.map { "\(role?.rawValue ?? "") wallet, \($0)" }
        ?? "none of the first \(limit) addresses of any registered wallet")
    guard found != nil else { throw ExitCode(1) }
  }
}
