import ArgumentParser
import KeyHolders
import Money
import Signing
import Statements

/// Signs a heartbeat.
struct HeartbeatCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "heartbeat",
    abstract: "Sign, as a holder, that you are alive and at your device.",
    discussion: """
      Reads the brief (the latest block and the log's head, from a file or from pictures of QR \
      symbols), shows it, asks for a word that changes each time and for your passphrase, and writes \
      the signed heartbeat. It refuses where the standard input is no terminal: a sign of life is made \
      by a person, not by a job.

      With --memory the device remembers its last heartbeat, and signs nothing under a past that lacks \
      it: so each holder is a witness of the log.

      Under duress, type the duress passphrase. Everything looks as usual.

      Examples:
        holdfast-vault heartbeat --brief alice.brief --key alice.beat --memory alice.memory \\
          --out alice-12.heartbeat
        holdfast-vault heartbeat --brief-frames frames --key alice.beat --memory alice.memory \\
          --out alice-12.heartbeat --png answer --stay CH:1795478400:1795651200
      """)

  @OptionGroup var options: BriefOptions

  @Option(help: "File in which the device remembers its last heartbeat; made the first time.")
  var memory: String

  @Option(
    name: .customLong("stay"), parsing: .singleValue,
    help: "A stay declared ahead, region:from:until, both in seconds since 1970; may be repeated.")
  var stays: [Stay] = []

  @Option(help: "When you last tried your backup, in seconds since 1970.")
  var lastDrill: Int64 = 0

  /// One stay of an itinerary.
  struct Stay: ExpressibleByArgument {
    let stay: Heartbeat.Stay

    init?(argument: String) {
      let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 3, (1...16).contains(parts[0].utf8.count), let from = Int64(parts[1]),
        let until = Int64(parts[2]), from >= 0, from < until, until < 1 << 40
      else { return nil }
      stay = Heartbeat.Stay(region: String(parts[0]), from: from * 1000, until: until * 1000)
    }
  }

  func validate() throws {
    guard stays.count <= Heartbeat.stayLimit, (0..<(1 << 40)).contains(lastDrill) else {
      throw ValidationError("At most \(Heartbeat.stayLimit) stays, and --last-drill in seconds.")
    }
  }

  func run() throws {
    let (brief, file) = try options.read()
    let isFirst = !KeyFileStorage.exists(memory)
    let known =
      isFirst
      ? HolderMemory() : try HolderMemory(bytes: try KeyFileStorage.read(memory, limit: 256))
    try known.check(brief)
    if isFirst, brief.sequence > 1 {
      report("This device remembers nothing; the log has \(brief.sequence - 1) of your heartbeats.")
    }
    let opened = try options.open(file, brief, for: "heartbeat \(brief.sequence)")
    var beat = brief.heartbeat(
      deviceTime: currentTime().milliseconds, lastDrill: lastDrill * 1000,
      itinerary: stays.map(\.stay))
    beat.mark = try HeartbeatMarkKeys.mark(beat, with: opened.markKey)
    let signed = try Signed(beat, by: opened.key)
    // Before the heartbeat leaves: a device that forgot could be shown another past.
    try DeviceMemory.write(HolderMemory(of: beat), to: memory)
    try options.write(signed, "heartbeat \(beat.sequence) of \(beat.person)")
  }
}
