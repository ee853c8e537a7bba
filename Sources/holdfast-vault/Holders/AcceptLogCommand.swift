import ArgumentParser
import Cryptography
import KeyHolders
import Liveness
import Signing
import Statements
import Wire

/// Accepts a log in the place of one that is lost.
struct AcceptLogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accept-log",
    abstract: "Accept, as a holder, a key holders' log in the place of one that is lost.",
    discussion: """
      The brief is made from the log that is to count from here on. What was published last of the lost \
      one stands on the public page (logCount and logHead). Both are signed with your key for signs of \
      life and with your spending key; it takes every wallet's threshold of holders.

      The device then remembers what that log has of you; what it remembered before is kept beside it, \
      with .before at the end of its name. Whoever could not take part signs later, from a new brief, \
      so that his device goes on; his word is not needed any more.

      Accept only when no copy of the lost log is left: everybody who checked it has one.

      Example:
        holdfast-vault accept-log --brief alice.brief --key alice.beat --memory alice.memory \\
          --holder-key holder-1.key --lost-entries 5012 --lost-head 3f… --out alice.acceptance
      """)

  @OptionGroup var options: BriefOptions

  @Option(help: "File in which the device remembers its last heartbeat.")
  var memory: String

  @Option(help: "Your key file of the wallet's ceremony.")
  var holderKey: String

  @Option(help: "Entries of the lost log, as they were published last.")
  var lostEntries: UInt64

  @Option(help: "Its head, 64 hexadecimal digits.")
  var lostHead: String

  func run() throws {
    let (brief, file) = try options.read()
    guard let head = Hex.bytes(lostHead), head.count == 32 else {
      throw ValidationError("--lost-head: 64 hexadecimal digits.")
    }
    guard brief.sequence > 0 else { throw HolderMemory.Contradiction.noSeat(person: brief.person) }
    let before = "\(memory).before"
    guard !KeyFileStorage.exists(before) else { throw KeyFileError.exists(before) }
    let holder = try KeyFile(parsing: try KeyFileStorage.read(holderKey))
    var word = LogAcceptance(
      keptCount: brief.logCount, keptHead: brief.logHead, lostCount: lostEntries, lostHead: head,
      policyID: brief.policyID, person: brief.person)
    let what =
      "that this log, with \(brief.logCount) entries, counts in the place of one with "
      + "\(lostEntries) entries"
    let opened = try options.open(file, brief, for: what)
    let passphrase = try Passphrase.read(
      .terminal(prompt: "Passphrase for the spending key \(holder.label)"))
    defer { passphrase.wipe() }
    let key = try holder.openHolder(passphrase: passphrase)
    word.proof = try KeyCheckProof.sign(word.text, with: key.account)
    let signed = try Signed(word, by: opened.key)
    try options.write(signed, "\(brief.person)'s word \(what)")
    if KeyFileStorage.exists(memory) {
      let old = try KeyFileStorage.read(memory, limit: 256)
      try KeyFileStorage.write(old, toNew: before, secret: true)
    }
    try DeviceMemory.write(
      HolderMemory(
        sequence: brief.sequence - 1, id: brief.previous, logCount: brief.logCount), to: memory)
  }
}
