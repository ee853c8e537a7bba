import Cryptography
import Descriptors
import Engine
import FoundationEssentials
import Guard
import KeyHolders
import KeyOptions
import Liveness
import Logging
import Nodes
import Signing
import Statements
import Wire

/// Keeps the key holders' log while the guard runs: follows the chain, takes what people put into the
/// inbox, and says what the log means for the hot wallet.
final class KeyHolderWatch {
  private let log: LogFile
  private let inbox: String
  private let monitor: LogKeeper.Monitor?
  private let logger: Logger
  /// What was said of tasks, and whether they were overdue then.
  private var reminded: [Reminder: Bool] = [:]
  /// What was judged and could not be moved out of the inbox, by its name.
  private var judged: [String: InboxEntry.Identity] = [:]

  /// The hot wallet's policy, by which the guard knows its holders.
  private let policy: Descriptor

  init(_ files: KeyHolderFiles, policy: Descriptor, logger: Logger) throws {
    self.policy = policy
    log = try LogFile(path: files.log)
    inbox = files.inbox
    self.logger = logger
    for folder in [inbox, "\(inbox)/taken", "\(inbox)/refused"] {
      try KeyFileStorage.makeFolder(folder)
    }
    monitor = try files.monitor.map(Self.open)
  }

  /// Opens the monitor's key and all marks; slow, so once.
  private static func open(_ files: KeyHolderFiles.Monitor) throws -> LogKeeper.Monitor {
    let file = try KeyFile(parsing: try KeyFileStorage.read(files.keyFile))
    let secret = try Passphrase.read(.file(files.passphraseFile))
    defer { secret.wipe() }
    var keys: [String: HeartbeatMarkKeys] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: files.marks).sorted()
    where name.hasSuffix(".marks") {
      let marks = try KeyFile(parsing: try KeyFileStorage.read("\(files.marks)/\(name)"))
      keys[String(name.dropLast(6))] = try HeartbeatMarkKeys(
        secret: try marks.openSeed(with: try marks.sealingKey(secret)))
    }
    return LogKeeper.Monitor(key: try file.openSigner(passphrase: secret), marks: keys)
  }

  /// Brings the log up to the node's chain, to now, and to what lies in the inbox.
  func update(from node: BitcoinNode) async throws {
    tell(try await log.follow(node))
    try takeInbox()
    remind()
  }

  /// Takes what lies in the inbox. One entry, whatever it is, keeps no other one waiting.
  ///
  /// - Throws: When the folder cannot be looked at, or the log not be written.
  func takeInbox() throws {
    // What is being written has another name until it is whole.
    let names = try FileManager.default.contentsOfDirectory(atPath: inbox).filter {
      !$0.hasPrefix(".") && !$0.hasSuffix(".new") && $0 != "taken" && $0 != "refused"
    }
    judged = judged.filter { names.contains($0.key) }
    for name in names.sorted() {
      let path = "\(inbox)/\(name)"
      guard let identity = InboxEntry.identity(of: path), judged[name] != identity else { continue }
      var folder = "taken"
      do {
        tell(try log.take(try record(at: path, identity), monitor: monitor))
      } catch let error as KeyFileError {
        // The log itself could not be written: it is tried again.
        throw error
      } catch {
        logger.warning(
          "what a person signed is refused", metadata: ["file": "\(name)", "reason": "\(error)"])
        folder = "refused"
      }
      if !move(name, to: folder) { judged[name] = identity }
    }
  }

  /// A signed file, or a folder with a roster and the signatures under it.
  private func record(
    at path: String, _ identity: InboxEntry.Identity
  ) throws -> KeyHolderRecord {
    guard identity.isFolder else {
      return try KeyHolderRecord(
        signedFile: try InboxEntry.read(path, limit: KeyHolderRecord.fileLimit))
    }
    let roster = try Roster(bytes: try InboxEntry.read("\(path)/roster", limit: 1 << 20))
    let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    let signatures = try names.filter { $0.hasSuffix(".signature") }.map {
      try RosterSignature(bytes: try InboxEntry.read("\(path)/\($0)", limit: 256))
    }
    return .enact(roster, signatures: signatures)
  }

  /// Moves an entry out of the way, and says whether it could.
  private func move(_ name: String, to folder: String) -> Bool {
    let place = "\(inbox)/\(folder)/\(name)"
    do {
      if FileManager.default.fileExists(atPath: place) {
        try FileManager.default.removeItem(atPath: place)
      }
      try FileManager.default.moveItem(atPath: "\(inbox)/\(name)", toPath: place)
      return true
    } catch {
      logger.warning(
        "what was judged stays in the inbox", metadata: ["file": "\(name)", "reason": "\(error)"])
      return false
    }
  }

  /// Says once what is to be done soon, and once more when it is overdue.
  private func remind() {
    let now = LogFile.now
    let due = log.keeper.state.reminders.filter { $0.isSoon(at: now) }
    for reminder in due where reminded[reminder] != reminder.isOverdue(at: now) {
      logger.log(
        level: reminder.isOverdue(at: now) ? .warning : .notice,
        reminder.isOverdue(at: now)
          ? "a key holders' task is overdue" : "a key holders' task is due soon",
        metadata: [
          "task": "\(reminder.task)", "wallet": "\(reminder.wallet)",
          "person": "\(reminder.person ?? "all holders")",
          "due": "\(Date(timeIntervalSince1970: Double(reminder.due / 1000)).ISO8601Format())",
        ])
    }
    reminded = Dictionary(due.map { ($0, $0.isOverdue(at: now)) }) { $1 }
  }

  private func tell(_ events: [KeyHolderEvent]) {
    for event in events {
      let level: Logger.Level =
        switch event {
        case .beat, .checked, .enacted: .info
        case .frozen, .claimOpened, .standingChanged, .logAccepted: .critical
        default: .notice
        }
      logger.log(level: level, "key holders", metadata: ["event": "\(event)"])
    }
  }

  /// Whether the log's head was `head` after `count` entries, or the log took the place of one with that
  /// head by the word of the holders of this guard's own wallet. Only the log names them: somebody who
  /// made another log could have named others.
  func holds(_ head: [UInt8], _ count: UInt64) -> Bool {
    let state = log.keeper.state
    guard state.had(head, after: count) else { return false }
    return state.breaks.filter { $0.lostCount == count && $0.lostHead == head }.allSatisfy {
      $0.roster.keySet(.hot).map {
        RosterPolicy.mismatches(of: $0, with: [policy]).isEmpty
      } ?? false
    }
  }

  /// What the log says of the hot wallet; `nil` before the first roster.
  var facts: KeyHolderFacts? {
    let state = log.keeper.state
    guard let standing = state.standing(of: .hot), let keySet = state.roster?.keySet(.hot) else {
      return nil
    }
    let claims = state.claims.filter { $0.wallet == .hot }
    return KeyHolderFacts(
      report: KeyHoldersReport(
        live: UInt32(standing.live), threshold: UInt32(standing.threshold),
        seats: UInt32(state.peopleInService(of: .hot).count), frozen: standing.isFrozen,
        reduced: standing.isReduced, claims: UInt32(claims.count),
        successorAt: claims.filter(state.isConfirmed).map(\.challengeEnds).min(),
        logCount: state.logCount, logHead: state.logHead),
      policyID: keySet.policyID, keyChecks: state.keyCheckTimes(of: .hot))
  }
}
