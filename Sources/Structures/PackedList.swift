package import Wire

/// Numbered values in their canonical bytes, one behind the other: for what is kept for long and
/// read seldom.
///
/// A string or an array in a struct is a reference to an allocation of its own, 48 bytes before its
/// first character. Here a value takes its bytes and eight more. Reading one decodes it. The place of
/// what was removed, or is longer now, is taken by the next value of the same length. A value: copies
/// share memory until they change.
package struct PackedList<Element: Canonical & Sendable>: Sendable {
  /// The bytes of a chunk; a longer value has a chunk of its own.
  private static var chunkSize: Int { 1 << 16 }
  private static var unit: Int { 4 }

  /// Values lie in these at multiples of ``unit``, each behind its length in 32 bits.
  private var chunks: [[UInt8]] = []
  /// By number: the place in units from the first chunk's beginning plus one, 0 for what was removed.
  private var places = ChunkedArray<UInt32>()
  /// Places that are free, by their room in units.
  private var free: [Int: [UInt32]] = [:]

  package init() {}

  /// How many numbers were handed out.
  package var count: Int { places.count }
  package var indices: Range<Int> { places.indices }

  /// The value with `number`; `nil` when it was removed.
  package subscript(number: Int) -> Element? {
    guard let range = bytes(of: number) else { return nil }
    var reader = ByteReader(Array(chunks[range.chunk][range.bytes]))
    guard let value = try? Element(from: &reader), reader.remaining == 0 else {
      preconditionFailure("a value reads back as it was written")
    }
    return value
  }

  /// Whether `holds` is true of all values.
  package func allSatisfy(_ holds: (Element) -> Bool) -> Bool {
    indices.allSatisfy { number in self[number].map(holds) ?? true }
  }

  /// Whether the value with `number` was removed.
  package func isRemoved(_ number: Int) -> Bool { places[number] == 0 }

  /// Appends the bytes of the value with `number` to `writer`, if it is there.
  package func write(_ number: Int, into writer: inout ByteWriter) {
    guard let range = bytes(of: number) else { return }
    writer.write(fixed: chunks[range.chunk][range.bytes])
  }

  /// Appends a value, whose number is ``count``.
  package mutating func append(_ value: Element) { places.append(store(value)) }

  /// Appends a number that has no value.
  package mutating func appendRemoved() { places.append(0) }

  /// Puts another value in the place of the one with `number`.
  package mutating func set(_ number: Int, to value: Element) {
    remove(number)
    places[number] = store(value)
  }

  /// Takes the value with `number` away. Its number is not used again.
  package mutating func remove(_ number: Int) {
    guard let range = bytes(of: number) else { return }
    free[Self.room(range.bytes.count), default: []].append(places[number])
    places[number] = 0
  }

  // MARK: Places

  /// The units that a value of `count` bytes takes.
  private static func room(_ count: Int) -> Int { (count + 4 + unit - 1) / unit }

  private static func position(_ place: UInt32) -> (chunk: Int, offset: Int) {
    let units = Int(place) - 1
    return (units / (chunkSize / unit), units % (chunkSize / unit) * unit)
  }

  private func bytes(of number: Int) -> (chunk: Int, bytes: Range<Int>)? {
    guard places[number] != 0 else { return nil }
    let (chunk, offset) = Self.position(places[number])
    let count = (0..<4).reduce(0) { $0 | Int(chunks[chunk][offset + $1]) << ($1 * 8) }
    return (chunk, offset + 4..<offset + 4 + count)
  }

  private mutating func store(_ value: Element) -> UInt32 {
    var writer = ByteWriter()
    writer.write(value)
    let bytes = writer.bytes
    let room = Self.room(bytes.count)
    let place = free[room]?.popLast() ?? take(room)
    let (chunk, offset) = Self.position(place)
    for index in 0..<4 {
      chunks[chunk][offset + index] = UInt8(truncatingIfNeeded: bytes.count >> (index * 8))
    }
    chunks[chunk].replaceSubrange(offset + 4..<offset + 4 + bytes.count, with: bytes)
    return place
  }

  /// A new place, behind all others.
  private mutating func take(_ room: Int) -> UInt32 {
    let size = room * Self.unit
    if chunks.last.map({ $0.count + size > Self.chunkSize }) ?? true {
      var chunk: [UInt8] = []
      // The first one may stay small.
      if !chunks.isEmpty { chunk.reserveCapacity(max(size, Self.chunkSize)) }
      chunks.append(chunk)
    }
    let last = chunks.count - 1
    let place = last * (Self.chunkSize / Self.unit) + chunks[last].count / Self.unit + 1
    precondition(place <= UInt32.max, "a packed list has at most 16 GiB")
    chunks[last].append(contentsOf: repeatElement(0, count: size))
    return UInt32(place)
  }
}
