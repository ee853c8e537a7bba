public import ArgumentParser
import Cryptography
public import KeyHolders
import Signing
import Statements

extension Claim.Reason: ExpressibleByArgument {
  /// As custody policies name them.
  public init?(argument: String) {
    let names: [String: Claim.Reason] = [
      "death": .death, "memory-loss": .memoryLoss, "detention": .detention,
      "unreachable": .unreachable, "duress": .duress, "device-lost": .deviceLost,
    ]
    guard let reason = names[argument] else { return nil }
    self = reason
  }
}

/// Opens a claim.
struct ClaimCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "claim",
    abstract: "Say, as a holder, that another or you yourself cannot act any more.",
    discussion: """
      The claim is public, and he whom it is about can veto it by a heartbeat until the challenge \
      ends. Others have to confirm it (confirm); then his successor's key takes his place.

      Reasons: death, memory-loss, detention, unreachable, duress, device-lost.

      Example:
        holdfast-vault claim --brief bob.brief --key bob.beat --about alice --reason unreachable \\
          --evidence letter.pdf --out claim-1
      """)

  @OptionGroup var options: BriefOptions

  @Option(help: "Whom it is about.")
  var about: String

  @Option(help: "Why; see above.")
  var reason: Claim.Reason

  @Option(help: "File of evidence; only its SHA-256 is signed. Keep the file.")
  var evidence: String?

  func run() throws {
    let (brief, file) = try options.read()
    let digest = try evidence.map {
      SHA256.hash(try KeyFileStorage.read($0, limit: 64 << 20))
    }
    var claim = Claim(
      number: brief.claimCount + 1, wallet: brief.wallet, person: about, reason: reason,
      claimant: brief.person)
    if let digest { claim.evidence = digest }
    let what = "claim \(claim.number) about \(about): \(reason)"
    let opened = try options.open(file, brief, for: what)
    try options.write(try Signed(claim, by: opened.key), what)
  }
}

/// Confirms a claim.
struct ConfirmCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "confirm",
    abstract: "Say, as another holder or a trustee, that a claim is true.",
    discussion: """
      Example:
        holdfast-vault confirm --brief carol.brief --key carol.beat --claim 1 --out confirmation-1
      """)

  @OptionGroup var options: BriefOptions

  @Option(help: "The claim's number.")
  var claim: UInt64

  func run() throws {
    let (brief, file) = try options.read()
    guard let open = brief.claims.first(where: { $0.number == claim }) else {
      throw ValidationError("--claim: the brief has no open claim \(claim).")
    }
    let what = "the confirmation of claim \(claim) about \(open.person)"
    let opened = try options.open(file, brief, for: what)
    try options.write(
      try Signed(Confirmation(claim: claim, person: brief.person), by: opened.key), what)
  }
}

/// Stops everything.
struct FreezeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "freeze",
    abstract: "Stop all withdrawals; any single person of the roster may.",
    discussion: """
      Example:
        holdfast-vault freeze --brief tom.brief --key tom.beat --out freeze-1
      """)

  @OptionGroup var options: BriefOptions

  func run() throws {
    let (brief, file) = try options.read()
    guard !brief.isFrozen else {
      throw ValidationError("Freeze \(brief.freezeCount) is in force already.")
    }
    let number = brief.freezeCount + 1
    let opened = try options.open(file, brief, for: "freeze \(number)")
    try options.write(
      try Signed(Freeze(number: number, person: brief.person), by: opened.key), "freeze \(number)")
  }
}

/// Votes for the end of a freeze.
struct ThawCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "thaw",
    abstract: "Say, as a holder, that a freeze may end; it takes the threshold, and a delay.",
    discussion: """
      Example:
        holdfast-vault thaw --brief bob.brief --key bob.beat --out thaw-1-bob
      """)

  @OptionGroup var options: BriefOptions

  func run() throws {
    let (brief, file) = try options.read()
    guard brief.isFrozen else { throw ValidationError("Nothing is frozen.") }
    let what = "the end of freeze \(brief.freezeCount)"
    let opened = try options.open(file, brief, for: what)
    try options.write(
      try Signed(Thaw(freeze: brief.freezeCount, person: brief.person), by: opened.key), what)
  }
}
