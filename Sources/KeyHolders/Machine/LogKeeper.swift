public import Cryptography
import Statements

/// Keeps the log: takes what people sign, follows the chain, and answers a mark of duress.
///
/// It decides nothing about anybody: whatever it appends is checked by everyone who replays the log.
public struct LogKeeper: Sendable {
  /// What the monitor knows that the public does not.
  public struct Monitor: Sendable {
    public let key: Ed25519.PrivateKey
    /// By person.
    public let marks: [String: HeartbeatMarkKeys]

    public init(key: Ed25519.PrivateKey, marks: [String: HeartbeatMarkKeys]) {
      self.key = key
      self.marks = marks
    }
  }

  public private(set) var log: KeyHolderLog
  public private(set) var state: KeyHolders
  /// Blocks of the chain as the log has them, by height.
  private var blocks: [Int32: [UInt8]] = [:]

  /// Replays `log`.
  public init(
    _ log: KeyHolderLog = KeyHolderLog(), verifyKeyCheck: @escaping KeyHolders.KeyCheckVerifier
  ) throws(KeyHolderLog.Problem) {
    self.log = log
    state = try log.replay(verifyKeyCheck: verifyKeyCheck)
    for entry in log.entries {
      if case .block(let height, let hash) = entry.record { connect(hash, at: height) }
    }
  }

  private mutating func connect(_ hash: [UInt8], at height: Int32) {
    for above in blocks.keys where above > height { blocks[above] = nil }
    blocks[height] = hash
  }

  /// Takes one record; after a heartbeat with a mark of duress the monitor's freeze follows at once.
  ///
  /// - Throws: ``KeyHolderRefusal``; nothing is appended then.
  public mutating func take(
    _ record: KeyHolderRecord, at time: Int64, monitor: Monitor?
  ) throws(KeyHolderRefusal) -> [KeyHolderEvent] {
    var events = try append(record, at: time)
    guard let monitor, case .beat(let signed) = record, !state.isFrozen else { return events }
    let finding = try? monitor.marks[signed.statement.person]?.finding(for: signed.statement)
    guard finding == .duress else { return events }
    let freeze = Freeze(number: state.freezeCount + 1, person: Freeze.monitor)
    guard let word = try? Signed(freeze, by: monitor.key) else { return events }
    events += try append(.freeze(word), at: time)
    return events
  }

  private mutating func append(
    _ record: KeyHolderRecord, at time: Int64
  ) throws(KeyHolderRefusal) -> [KeyHolderEvent] {
    let events = try state.apply(record, at: max(time, state.time))
    log.append(record, at: state.time)
    if case .block(let height, let hash) = record { connect(hash, at: height) }
    return events
  }

  /// The block of the log at `height`, if it has one.
  public func hash(at height: Int32) -> [UInt8]? { blocks[height] }

  public var tip: Int32? { blocks.keys.max() }
}
