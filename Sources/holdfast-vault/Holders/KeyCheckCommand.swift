import ArgumentParser
import Cryptography
import KeyHolders
import Liveness
import Signing
import Statements

/// Proves that the spending key is there.
struct KeyCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key-check",
    abstract: "Prove, once a month, that you can still sign with the key that coins lie under.",
    discussion: """
      Signs a text with the date's block by the spending key, as BIP-322 has it, for the P2WPKH \
      address of your account at 0/0; every program that knows BIP-322 can check it. No coin moves.

      Example:
        holdfast-vault key-check --brief alice.brief --key alice.beat --holder-key holder-1.key \\
          --out alice-11.check
      """)

  @OptionGroup var options: BriefOptions

  @Option(help: "Your key file of the wallet's ceremony.")
  var holderKey: String

  func run() throws {
    let (brief, file) = try options.read()
    let holder = try KeyFile(parsing: try KeyFileStorage.read(holderKey))
    var check = KeyCheck(
      policyID: brief.policyID, person: brief.person, blockHeight: brief.blockHeight,
      blockHash: brief.blockHash, proof: [])
    let opened = try options.open(file, brief, for: "a key check")
    let passphrase = try Passphrase.read(
      .terminal(prompt: "Passphrase for the spending key \(holder.label)"))
    defer { passphrase.wipe() }
    let key = try holder.openHolder(passphrase: passphrase)
    check.proof = try KeyCheckProof.sign(check.text, with: key.account)
    try options.write(
      try Signed(check, by: opened.key),
      "key check of \(brief.person) at block \(brief.blockHeight)")
  }
}
