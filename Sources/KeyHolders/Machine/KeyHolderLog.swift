public import Wire

/// The records that were taken, with their times: what is published, and what anybody replays.
public struct KeyHolderLog: Equatable, Sendable {
  public struct Entry: Equatable, Sendable {
    /// Milliseconds since 1970.
    public var time: Int64
    public var record: KeyHolderRecord

    public init(time: Int64, record: KeyHolderRecord) {
      self.time = time
      self.record = record
    }
  }

  /// Why a log is not what it says.
  public enum Problem: Error, Equatable, Sendable {
    /// The entry, counted from 0, would never have been taken.
    case refused(entry: Int, KeyHolderRefusal)
    /// The log does not lead to the head that was published.
    case otherHead
    case malformed(WireError)
  }

  public static let domain = "holdfast/key-holder-log/v1"

  public private(set) var entries: [Entry] = []

  public init() {}

  public mutating func append(_ record: KeyHolderRecord, at time: Int64) {
    entries.append(Entry(time: time, record: record))
  }

  /// Replays everything from the beginning.
  ///
  /// - Parameter head: The hash that was published for this log, if known from elsewhere.
  public func replay(
    head: [UInt8]? = nil, verifyKeyCheck: @escaping KeyHolders.KeyCheckVerifier
  ) throws(Problem) -> KeyHolders {
    var state = KeyHolders(verifyKeyCheck: verifyKeyCheck)
    for (index, entry) in entries.enumerated() {
      do throws(KeyHolderRefusal) {
        _ = try state.apply(entry.record, at: entry.time)
      } catch {
        throw .refused(entry: index, error)
      }
    }
    if let head, head != state.logHead { throw .otherHead }
    return state
  }

  public var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(Self.domain)
    writer.write(list: entries) { writer, entry in
      writer.write(entry.time)
      entry.record.encode(into: &writer)
    }
    return writer.bytes
  }

  public init(bytes: [UInt8]) throws(Problem) {
    do throws(WireError) {
      var reader = ByteReader(bytes)
      let at = reader.offset
      guard try reader.read(String.self, limit: 64) == Self.domain else {
        throw .malformed(at: at)
      }
      entries = try reader.readList { reader throws(WireError) in
        Entry(time: try reader.read(), record: try KeyHolderRecord(from: &reader))
      }
      try reader.finish()
    } catch {
      throw .malformed(error)
    }
  }
}
