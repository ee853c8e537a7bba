import JSON
public import Journal
public import Logging
public import Replication
public import ServiceLifecycle
import Synchronization

/// Everything that makes the server the primary, and the only one: the fence, the followers' socket, and
/// the end of the process once another primary was promoted.
public final class PrimaryReplication: Service {
  /// How often fence and followers are looked at while nobody asks for anything.
  private static let watch: Duration = .milliseconds(200)

  /// What the journal asks before it writes and before it tells.
  public let gate: PrimaryGate
  private let directory: String
  private let settings: ReplicationSettings
  private let logger: Logger
  private let door = Mutex<FollowerDoor?>(nil)

  /// Claims the data folder `directory`.
  ///
  /// - Throws: `PrimacyError` when somebody else is the primary.
  public init(claiming directory: String, settings: ReplicationSettings, logger: Logger) throws {
    let (fence, term) = try Primacy.claim(directory: directory, fence: settings.fence)
    gate = try PrimaryGate(
      fence: fence, term: term, rule: settings.rule, note: { Self.log($0, logger) })
    self.directory = directory
    self.settings = settings
    self.logger = logger
  }

  /// Lets followers in. Where answers wait for a standby, none is given before this.
  ///
  /// - Parameter archive: Folder to which old segments move, if they do: an empty standby needs them.
  public func open(_ sequencer: Sequencer, archive: String?) throws {
    let opened = try FollowerDoor(
      path: settings.socket, directory: directory, archive: archive,
      head: sequencer.head.sequence, gate: gate,
      note: { [logger] in Self.log($0, logger) })
    try opened.start()
    door.withLock { $0 = opened }
  }

  /// Tells standbys the state hash of a snapshot, which they compare with their own.
  public func noted(_ note: JournalNote) {
    guard case .snapshotWritten(let batch) = note, let door = door.withLock({ $0 }) else { return }
    do {
      guard let hash = try JournalReader(directory: directory).stateHash(ofSnapshotAt: batch) else {
        return
      }
      door.publish(stateHash: hash, after: batch)
    } catch {
      logger.error("a snapshot cannot be read back", metadata: ["error": "\(error)"])
    }
  }

  /// Looks at the fence until the server ends.
  ///
  /// - Throws: `JournalError.fenced(term:)` once another primary was promoted.
  public func run() async throws {
    defer { door.withLock { $0 }?.end() }
    try await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        do throws(JournalError) {
          try self.gate.check()
        } catch {
          self.logger.critical("this server is not the primary any more and ends: \(error)")
          throw error
        }
        self.gate.observe()
        try? await Task.sleep(for: Self.watch)
      }
    }
  }

  /// Followers that are being served.
  public var followers: [FollowerStatus] { door.withLock { $0 }?.followers ?? [] }

  /// What the health page says.
  func report(head: UInt64) -> JSON {
    [
      "role": "primary", "term": .integer(gate.term),
      "answers": .string(gate.acknowledgement.rawValue),
      "followers": .array(
        followers.map { follower in
          [
            "name": .string(follower.name), "role": .string("\(follower.role)"),
            "batch": .integer(follower.sequence),
            "lagBatches": .integer(head - min(head, follower.sequence)),
          ]
        }),
    ]
  }

  private static func log(_ note: ReplicationNote, _ logger: Logger) {
    logger.log(
      level: note.isWarning ? .warning : .notice, "replication", metadata: ["note": "\(note)"])
  }
}
