import Bitcoin

/// One map of a PSBT: fields with key data and values, unknown ones included.
///
/// It is written in the order of its keys, so that equal maps have equal bytes.
public struct PSBTMap: Hashable, Sendable {
  private var values: [[UInt8]: [UInt8]] = [:]

  public init() {}

  public var isEmpty: Bool { values.isEmpty }

  /// The keys, field number first, in order.
  public var keys: [[UInt8]] { values.keys.sorted { $0.lexicographicallyPrecedes($1) } }

  /// The value under a whole key.
  public subscript(key: [UInt8]) -> [UInt8]? {
    get { values[key] }
    set { values[key] = newValue }
  }

  /// The value of a field without key data.
  public subscript(field: UInt8) -> [UInt8]? {
    get { values[[field]] }
    set { values[[field]] = newValue }
  }

  /// The value of a field under key data.
  public subscript(field: UInt8, data: [UInt8]) -> [UInt8]? {
    get { values[[field] + data] }
    set { values[[field] + data] = newValue }
  }

  /// The entries of a field with key data, in the order of the data.
  public func entries(_ field: UInt8) -> [(data: [UInt8], value: [UInt8])] {
    keys.compactMap { key in
      guard key.first == field, let value = values[key] else { return nil }
      return (Array(key.dropFirst()), value)
    }
  }

  mutating func removeAll(_ field: UInt8) {
    values = values.filter { $0.key.first != field }
  }

  /// Takes over what `other` has and this one has not.
  mutating func merge(_ other: PSBTMap) { values.merge(other.values) { own, _ in own } }

  func write(to writer: inout ConsensusWriter) {
    for key in keys {
      writer.counted(key)
      writer.counted(values[key] ?? [])
    }
    writer.compactSize(0)
  }

  init(from reader: inout ConsensusReader, _ place: PSBTPlace) throws(PSBTError) {
    while true {
      let key = try Self.counted(&reader)
      guard !key.isEmpty else { return }
      let value = try Self.counted(&reader)
      guard values.updateValue(value, forKey: key) == nil else {
        throw .duplicateKey(place, key: key)
      }
    }
  }

  private static func counted(_ reader: inout ConsensusReader) throws(PSBTError) -> [UInt8] {
    do throws(BitcoinError) { return try reader.bytes("map") } catch { throw .truncated }
  }
}
