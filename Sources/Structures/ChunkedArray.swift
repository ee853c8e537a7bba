/// An array in chunks, for what grows without end: nothing moves when it grows, and no memory waits
/// unused for more than one chunk. A value: copies share memory until they change.
package struct ChunkedArray<Element: Sendable>: Sendable {
  @usableFromInline package static var chunkShift: Int { 12 }
  @usableFromInline package static var chunkSize: Int { 1 << chunkShift }

  @usableFromInline package var chunks: [[Element]] = []

  /// How many elements there are.
  package private(set) var count = 0

  package init() {}

  package var indices: Range<Int> { 0..<count }

  /// The element at `index`, which must be below ``count``.
  @inlinable package subscript(index: Int) -> Element {
    get { chunks[index >> Self.chunkShift][index & (Self.chunkSize - 1)] }
    _modify { yield &chunks[index >> Self.chunkShift][index & (Self.chunkSize - 1)] }
  }

  package mutating func append(_ element: Element) {
    if count & (Self.chunkSize - 1) == 0 {
      var chunk: [Element] = []
      // The first one may stay small.
      if count > 0 { chunk.reserveCapacity(Self.chunkSize) }
      chunks.append(chunk)
    }
    chunks[chunks.count - 1].append(element)
    count += 1
  }
}
