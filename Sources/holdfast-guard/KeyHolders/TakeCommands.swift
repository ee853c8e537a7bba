import ArgumentParser
import Cryptography
import KeyHolders
import KeyOptions
import Signing
import Statements
import Wire

/// Puts a roster in force.
struct EnactCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enact",
    abstract: "Put a roster in force that enough of its people signed.")

  @OptionGroup var options: LogOptions

  @Option(help: "The roster (holdfast-vault roster).")
  var roster: String

  @Argument(help: "The signatures under it (holdfast-vault sign-roster).")
  var signatures: [String]

  func run() async throws {
    let log = try LogFile(path: options.log)
    let roster = try Roster(bytes: try KeyFileStorage.read(roster, limit: 1 << 20))
    let signatures = try self.signatures.map {
      try RosterSignature(bytes: try KeyFileStorage.read($0, limit: 256))
    }
    let events = try log.take(.enact(roster, signatures: signatures), monitor: nil)
    LogOptions.show(events, log.keeper)
  }
}

/// Takes what people signed.
struct TakeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "take",
    abstract: "Take heartbeats, claims, confirmations, freezes and key checks into the log.",
    discussion: """
      A record that is refused changes nothing, and the reason is told; those before it are kept. \
      With the monitor's key and the files of beat-key --marks, named PERSON.marks, a heartbeat made \
      under duress is followed at once by the monitor's freeze. One passphrase opens them all.
      """)

  @OptionGroup var options: LogOptions

  @Argument(help: "What holdfast-vault wrote.")
  var files: [String]

  @Option(help: "The monitor's key, whose public half stands in the roster.")
  var monitorKey: String?

  @Option(help: "Folder of the files PERSON.marks.")
  var marks: String?

  @OptionGroup var passphrase: PassphraseOptions

  func validate() throws {
    guard (monitorKey == nil) == (marks == nil) else {
      throw ValidationError("--monitor-key and --marks belong together.")
    }
  }

  func run() async throws {
    let log = try LogFile(path: options.log)
    let records = try files.map { path in
      (
        path,
        try KeyHolderRecord(
          signedFile: try KeyFileStorage.read(path, limit: KeyHolderRecord.fileLimit))
      )
    }
    let monitor = try monitor(of: records.map(\.1))
    var events: [KeyHolderEvent] = []
    defer { LogOptions.show(events, log.keeper) }
    for (path, record) in records {
      do {
        events += try log.take(record, monitor: monitor)
      } catch let refusal as KeyHolderRefusal {
        throw Refused(path: path, refusal: refusal)
      }
    }
  }

  private struct Refused: Error, CustomStringConvertible {
    let path: String
    let refusal: KeyHolderRefusal
    var description: String { "\(path): refused: \(refusal)" }
  }

  /// The monitor's key, and the marks of those whose heartbeats are to be taken: opening a file is slow.
  private func monitor(of records: [KeyHolderRecord]) throws -> LogKeeper.Monitor? {
    guard let monitorKey, let marks else { return nil }
    let file = try KeyFile(parsing: try KeyFileStorage.read(monitorKey))
    let secret = try Passphrase.read(passphrase.source(for: file.label))
    defer { secret.wipe() }
    var keys: [String: HeartbeatMarkKeys] = [:]
    for case .beat(let signed) in records {
      let person = signed.statement.person
      guard KeyFile.isLabel(person), !person.contains("/"), keys[person] == nil else { continue }
      let file = try KeyFile(parsing: try KeyFileStorage.read("\(marks)/\(person).marks"))
      keys[person] = try HeartbeatMarkKeys(
        secret: try file.openSeed(with: try file.sealingKey(secret)))
    }
    return LogKeeper.Monitor(key: try file.openSigner(passphrase: secret), marks: keys)
  }
}
