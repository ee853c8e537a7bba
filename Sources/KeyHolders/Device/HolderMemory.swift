public import Wire

/// What a person's device remembers of the log, so that each holder is a witness: a log that lost his
/// heartbeat, or has one that he did not make, is found on his own desk.
public struct HolderMemory: Hashable, Sendable {
  public static let domain = "holdfast/holder-memory/v1"

  /// Of the last heartbeat that this device made; 0 and zeros for none.
  public var sequence: UInt64
  public var id: [UInt8]
  /// Entries of the log when it was made.
  public var logCount: UInt64

  /// Why the device signs nothing.
  public enum Contradiction: Error, Hashable, Sendable {
    case otherKey(person: String)
    case noSeat(person: String)
    /// The log lacks a heartbeat that it had after this device made it.
    case lost(sequence: UInt64)
    /// The log has a heartbeat with this person's signature that this device did not make.
    case foreign(sequence: UInt64)
    case shorter(entries: UInt64, before: UInt64)
  }

  public init(
    sequence: UInt64 = 0, id: [UInt8] = [UInt8](repeating: 0, count: 32), logCount: UInt64 = 0
  ) {
    self.sequence = sequence
    self.id = id
    self.logCount = logCount
  }

  /// After `beat` was made.
  public init(of beat: Heartbeat) {
    self.init(sequence: beat.sequence, id: beat.id, logCount: beat.logCount)
  }

  /// Compares the past that `brief` tells of with what is remembered. The last heartbeat may not have
  /// reached the log; then it is made again, under the same number.
  public func check(_ brief: HolderBrief) throws(Contradiction) {
    guard brief.sequence > 0 else { throw .noSeat(person: brief.person) }
    guard brief.logCount >= logCount else {
      throw .shorter(entries: brief.logCount, before: logCount)
    }
    guard sequence > 0 else { return }
    guard brief.sequence >= sequence else { throw .lost(sequence: brief.sequence) }
    guard brief.sequence - sequence <= 1 else { throw .foreign(sequence: sequence + 1) }
    guard brief.sequence == sequence || brief.previous == id else {
      throw .foreign(sequence: sequence)
    }
  }

  public var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(Self.domain)
    writer.write(sequence)
    writer.write(fixed: id)
    writer.write(logCount)
    return writer.bytes
  }

  public init(bytes: [UInt8]) throws(WireError) {
    var reader = ByteReader(bytes)
    guard try reader.read(String.self, limit: 64) == Self.domain else { throw .malformed(at: 0) }
    sequence = try reader.read()
    id = try reader.read(fixed: 32)
    logCount = try reader.read()
    try reader.finish()
  }
}

extension HolderMemory.Contradiction: CustomStringConvertible {
  public var description: String {
    switch self {
    case .otherKey(let person): "the brief is for another key of \(person) than this one"
    case .noSeat(let person): "\(person) holds no seat in service, so he makes no heartbeats"
    case .lost(let sequence):
      "the log that this brief was made from lacks your heartbeat \(sequence). Sign nothing, and tell "
        + "the other holders: somebody shows you another past"
    case .foreign(let sequence):
      "the log has a heartbeat \(sequence) in your name that this device did not make. Freeze, and tell "
        + "the other holders: somebody has your key"
    case .shorter(let entries, let before):
      "the log has \(entries) entries and had \(before) when this device last signed. Sign nothing"
    }
  }
}
