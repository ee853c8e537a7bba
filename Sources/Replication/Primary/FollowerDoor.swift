public import Journal
public import Link
import Synchronization

/// The primary's socket for followers: a file in the data folder that only its owner can open.
public final class FollowerDoor: Sendable {
  /// Name of the socket in the data folder.
  public static let fileName = "followers.sock"

  public let path: String
  private let listener: Mutex<UnixSocketListener?>
  private let thread = Mutex<OwnThread?>(nil)
  private let gate: PrimaryGate
  private let directory: String
  private let archive: String?
  private let options: FeedOptions
  private let note: @Sendable (ReplicationNote) -> Void

  /// Opens the socket of the primary whose journal is in `directory`.
  ///
  /// - Parameters:
  ///   - archive: Folder to which old segments move, if they do.
  ///   - head: The journal's last durable batch.
  public init(
    path: String, directory: String, archive: String? = nil, head: UInt64, gate: PrimaryGate,
    options: FeedOptions = FeedOptions(), note: @escaping @Sendable (ReplicationNote) -> Void
  ) throws(LinkError) {
    listener = Mutex(try UnixSocketListener(path: path))
    self.path = path
    self.gate = gate
    self.directory = directory
    self.archive = archive
    self.options = options
    self.note = note
    gate.followers.headMoved(to: head)
  }

  /// Followers that are being served.
  public var followers: [FollowerStatus] { gate.followers.followers }

  /// Takes connections on a thread of its own, and serves each on another, until ``end()``.
  public func start() throws(JournalError) {
    guard let listener = listener.withLock({ $0 }) else { return }
    let accepting = try OwnThread("followers") { [self] in acceptAll(listener) }
    thread.withLock { $0 = accepting }
  }

  /// The state after a batch is known; standbys are told, and compare.
  public func publish(stateHash: [UInt8], after sequence: UInt64) {
    gate.followers.publish(.init(sequence: sequence, stateHash: stateHash))
  }

  /// Gives followers a moment to take the last batches, and tells them that the primary ends.
  public func end() {
    gate.followers.end()
    gate.followers.waitUntilEmpty(milliseconds: options.farewellMilliseconds + 500)
    let accepting = thread.withLock { thread in
      defer { thread = nil }
      return thread
    }
    accepting?.join()
    // Closes the socket and removes its name.
    listener.withLock { $0 = nil }
  }

  private func acceptAll(_ listener: UnixSocketListener) {
    while !gate.followers.isEnding {
      do throws(LinkError) {
        let channel = try listener.accept(before: .now.advanced(by: .milliseconds(200)))
        try serve(channel)
      } catch {
        if error == .timedOut { continue }
        note(.doorFailed(reason: "\(error)"))
        // For lack of descriptors, for example: that may pass.
        gate.followers.waitUntilEmpty(milliseconds: 1000)
      }
    }
  }

  private func serve(_ channel: FileDescriptorChannel) throws(LinkError) {
    let wakeup = try Wakeup()
    let isFull = gate.followers.connectionCount >= options.followerLimit
    let connection = gate.followers.add(wakeup)
    let session = FollowerSession(
      channel: channel, wakeup: wakeup, connection: connection, board: gate.followers,
      fence: gate.fence.path, reader: reader, options: options,
      refusal: isFull ? .tooManyFollowers(limit: UInt64(options.followerLimit)) : nil, note: note)
    do throws(JournalError) {
      try OwnThread("follower") { session.run() }.detach()
    } catch {
      gate.followers.remove(connection)
      note(.doorFailed(reason: "\(error)"))
    }
  }

  /// Each follower reads at its own place.
  private var reader: JournalReader {
    JournalReader(
      directory: directory, segments: Segments(directory: directory, archive: archive),
      durable: { [gate] in gate.followers.head })
  }
}
