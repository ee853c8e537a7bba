import Cryptography
import Engine
import FoundationEssentials
import Guard
import KeyHolders
import KeyOptions
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

  init(_ files: KeyHolderFiles, logger: Logger) throws {
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
    let names = try FileManager.default.contentsOfDirectory(atPath: inbox).sorted()
    // What is being written has another name until it is whole.
    for name in names
    where !name.hasPrefix(".") && !name.hasSuffix(".new") && name != "taken" && name != "refused" {
      do {
        tell(try log.take(try record(at: "\(inbox)/\(name)"), monitor: monitor))
        try move(name, to: "taken")
      } catch let error as KeyFileError {
        // The log itself could not be written.
        throw error
      } catch {
        logger.warning(
          "what a person signed is refused", metadata: ["file": "\(name)", "reason": "\(error)"])
        try move(name, to: "refused")
      }
    }
  }

  /// A signed file, or a folder with a roster and the signatures under it.
  private func record(at path: String) throws -> KeyHolderRecord {
    var isFolder = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder {
      let roster = try Roster(bytes: try Self.content(of: "\(path)/roster", limit: 1 << 20))
      let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
      let signatures = try names.filter { $0.hasSuffix(".signature") }.map {
        try RosterSignature(bytes: try Self.content(of: "\(path)/\($0)", limit: 256))
      }
      return .enact(roster, signatures: signatures)
    }
    return try KeyHolderRecord(
      signedFile: try Self.content(of: path, limit: KeyHolderRecord.fileLimit))
  }

  private struct Unreadable: Error, CustomStringConvertible {
    let description: String
  }

  private static func content(of path: String, limit: Int) throws -> [UInt8] {
    do { return try KeyFileStorage.read(path, limit: limit) } catch {
      throw Unreadable(description: "\(error)")
    }
  }

  private func move(_ name: String, to folder: String) throws {
    let place = "\(inbox)/\(folder)/\(name)"
    if FileManager.default.fileExists(atPath: place) {
      try FileManager.default.removeItem(atPath: place)
    }
    try FileManager.default.moveItem(atPath: "\(inbox)/\(name)", toPath: place)
  }

  private func tell(_ events: [KeyHolderEvent]) {
    for event in events {
      let level: Logger.Level =
        switch event {
        case .beat, .checked, .enacted: .info
        case .frozen, .claimOpened, .standingChanged: .critical
        default: .notice
        }
      logger.log(level: level, "key holders", metadata: ["event": "\(event)"])
    }
  }

  /// What the log says of the hot wallet; `nil` before the first roster.
  var facts: KeyHolderFacts? {
    let state = log.keeper.state
    guard let standing = state.standing(of: .hot) else { return nil }
    let claims = state.claims.filter { $0.wallet == .hot }
    return KeyHolderFacts(
      report: KeyHoldersReport(
        live: UInt32(standing.live), threshold: UInt32(standing.threshold),
        seats: UInt32(state.peopleInService(of: .hot).count), frozen: standing.isFrozen,
        reduced: standing.isReduced, claims: UInt32(claims.count),
        successorAt: claims.filter(state.isConfirmed).map(\.challengeEnds).min(),
        logCount: state.logCount, logHead: state.logHead),
      keyChecks: state.keyCheckTimes(of: .hot))
  }
}
