import Bitcoin
import FoundationEssentials
import Glibc
import KeyHolders
import Liveness
import Nodes
import Signing

// Unsafe calls: `open`, `flock` and `rename` get paths that live through the call; the descriptor is
// closed once, by its only owner.

/// The key holders' log on disk, in the hands of one program at a time.
final class LogFile {
  /// Largest log, in bytes: decades of blocks.
  private static let limit = 1 << 29

  private let path: String
  private let lock: Int32
  private(set) var keeper: LogKeeper

  /// Another program keeps the log.
  struct InUse: Error, CustomStringConvertible {
    let path: String
    var description: String { "\(path): another program keeps this log, the running guard perhaps" }
  }

  /// Opens the log, or begins one, and keeps it until the object is gone.
  init(path: String) throws {
    self.path = path
    let name = "\(path).lock"
    lock = unsafe open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard lock >= 0 else { throw KeyFileError.system(call: "open", path: name, code: errno) }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
      close(lock)
      throw InUse(path: path)
    }
    do {
      let log =
        KeyFileStorage.exists(path)
        ? try KeyHolderLog(bytes: try KeyFileStorage.read(path, limit: Self.limit)) : KeyHolderLog()
      keeper = try LogKeeper(log, verifyKeyCheck: KeyCheckProof.verifier)
    } catch {
      close(lock)
      throw error
    }
  }

  deinit { close(lock) }

  /// Milliseconds since 1970.
  static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

  /// Takes one record; it is on disk when this returns.
  func take(_ record: KeyHolderRecord, monitor: LogKeeper.Monitor?) throws -> [KeyHolderEvent] {
    // What is not on disk has not happened.
    var next = keeper
    let events = try next.take(record, at: Self.now, monitor: monitor)
    try write(next)
    return events
  }

  /// Writes the blocks that the log has not, those of a reorganisation too, and lets time pass where
  /// something falls due by it.
  func follow(_ node: BitcoinNode) async throws -> [KeyHolderEvent] {
    var new: [(height: Int32, hash: BlockHash)] = []
    let info = try await node.chainInfo()
    var hash = info.bestBlock
    var height = Int32(info.height)
    // Downwards to the first that the log has; the first time the tip alone.
    while keeper.hash(at: height) != hash.bytes {
      new.append((height, hash))
      guard keeper.tip != nil, height > 0, let header = try await node.header(hash) else { break }
      hash = header.header.previous
      height -= 1
    }
    var next = keeper
    var events: [KeyHolderEvent] = []
    for block in new.reversed() {
      events += try next.take(
        .block(height: block.height, hash: block.hash.bytes), at: Self.now, monitor: nil)
    }
    if let due = next.state.nextDeadline, due <= Self.now {
      events += try next.take(.time, at: Self.now, monitor: nil)
    } else if new.isEmpty {
      return events
    }
    try write(next)
    return events
  }

  /// Puts the longer log in the place of the old one, whole or not at all.
  private func write(_ next: LogKeeper) throws {
    let fresh = "\(path).new"
    KeyFileStorage.remove(fresh)
    try KeyFileStorage.write(next.log.bytes, toNew: fresh, secret: false)
    guard unsafe rename(fresh, path) == 0 else {
      throw KeyFileError.system(call: "rename", path: path, code: errno)
    }
    // What is told of the log must not be ahead of it after a loss of power.
    try KeyFileStorage.forceFolder(of: path)
    keeper = next
  }
}
