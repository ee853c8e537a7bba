/// Short texts that never change, one behind the other: a text takes its bytes and one more.
///
/// A value: copies share memory until they change.
package struct TextArena: Sendable {
  /// The most bytes of one text.
  package static var textLimit: Int { 255 }
  private static var chunkSize: Int { 1 << 16 }

  /// Texts lie in these, each behind its length in a byte; none lies in two.
  private var chunks: [[UInt8]] = []

  package init() {}

  /// Whether there is room for another text.
  package var hasRoom: Bool { chunks.count < Int(UInt32.max) / Self.chunkSize }

  /// Adds a text of at most ``textLimit`` bytes; returns where it is.
  package mutating func add(_ text: String) -> UInt32 {
    let bytes = Array(text.utf8)
    precondition(bytes.count <= Self.textLimit && hasRoom, "the caller has checked that it fits")
    if chunks.last.map({ $0.count + 1 + bytes.count > Self.chunkSize }) ?? true {
      var chunk: [UInt8] = []
      // The first one may stay small.
      if !chunks.isEmpty { chunk.reserveCapacity(Self.chunkSize) }
      chunks.append(chunk)
    }
    let last = chunks.count - 1
    let place = last * Self.chunkSize + chunks[last].count
    chunks[last].append(UInt8(bytes.count))
    chunks[last].append(contentsOf: bytes)
    return UInt32(place)
  }

  /// The text at `place`, which ``add(_:)`` returned.
  package subscript(place: UInt32) -> String { String(decoding: bytes(at: place), as: UTF8.self) }

  /// Whether the text at `place` is `text`, byte for byte.
  package func equals(_ place: UInt32, _ text: String) -> Bool {
    bytes(at: place).elementsEqual(text.utf8)
  }

  private func bytes(at place: UInt32) -> ArraySlice<UInt8> {
    let (chunk, offset) = (Int(place) / Self.chunkSize, Int(place) % Self.chunkSize)
    return chunks[chunk][offset + 1..<offset + 1 + Int(chunks[chunk][offset])]
  }
}
