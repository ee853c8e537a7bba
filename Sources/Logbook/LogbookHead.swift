import Wire

/// Remembers one position durably, in two slots that are written in turn, so that a write torn by a
/// crash leaves the one before.
public final class LogbookHead {
  private static let slotCount = 64
  private let file: LogbookFile
  /// The slot that the next write may spoil: never the one with the newest position.
  private var next = 0

  /// Opens or creates the file at `path`, and locks it for the life of this process.
  public init(path: String) throws(LogbookError) { file = try LogbookFile(path: path) }

  /// Opens the file at `path` for a look, whoever has it.
  init(reading path: String) throws(LogbookError) { file = try LogbookFile(reading: path) }

  /// Returns the newest whole slot, or `nil` in a file that was never written.
  public func read() throws(LogbookError) -> LogbookPosition? {
    let bytes = try file.read(count: 2 * Self.slotCount)
    guard !bytes.isEmpty else { return nil }
    let slots = stride(from: 0, to: bytes.count, by: Self.slotCount).map {
      Self.position(in: Array(bytes[$0..<min($0 + Self.slotCount, bytes.count)]))
    }
    let newest = slots.indices.max { (slots[$0]?.sequence ?? 0) < (slots[$1]?.sequence ?? 0) }
    guard let newest, let position = slots[newest] else { throw .headMissing }
    next = 1 - newest
    return position
  }

  /// Remembers `position`; when this returns, it is on disk. Positions only grow.
  public func write(_ position: LogbookPosition) throws(LogbookError) {
    var writer = ByteWriter()
    writer.write(position.sequence)
    writer.write(fixed: position.hash)
    writer.write(CRC32C.checksum(writer.bytes))
    let padding = [UInt8](repeating: 0, count: Self.slotCount - writer.bytes.count)
    try file.write(writer.bytes + padding, at: .init(next * Self.slotCount))
    next = 1 - next
  }

  private static func position(in slot: [UInt8]) -> LogbookPosition? {
    var reader = ByteReader(slot)
    guard let sequence = try? reader.read(UInt64.self), let hash = try? reader.read(fixed: 32),
      let checksum = try? reader.read(UInt32.self), CRC32C.checksum(slot[..<40]) == checksum
    else { return nil }
    return LogbookPosition(sequence: sequence, hash: hash)
  }
}
