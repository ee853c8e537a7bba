/// Gives a message back from the parts of a fountain, whichever arrive. See BCR-2020-005.
package struct FountainDecoder {
  private var first: FountainPart?
  private var fragments: [Int: [UInt8]] = [:]
  /// Mixtures of at least two fragments that are still unknown.
  private var mixtures: [Set<Int>: [UInt8]] = [:]

  package init() {}

  /// Fragments of the message, once a part was seen.
  package var total: Int? { first?.fragmentCount }
  /// Fragments known.
  package var seen: Int { fragments.count }

  /// Takes a part.
  ///
  /// - Throws: ``AirgapError/foreignFrame(_:)`` for a part of another message, or
  ///   ``AirgapError/contradiction(part:)``; the decoder is then as it was.
  package mutating func add(_ part: FountainPart) throws(AirgapError) {
    if let first {
      guard part.messageCount == first.messageCount else { throw .foreignFrame("message length") }
      guard part.checksum == first.checksum else { throw .foreignFrame("checksum") }
      guard part.data.count == first.data.count else { throw .foreignFrame("fragment length") }
    }
    let indices = part.indices
    if indices.count == 1, let index = indices.first, let known = fragments[index],
      known != part.data
    {
      throw .contradiction(part: index)
    }
    first = first ?? part
    guard seen < part.fragmentCount else { return }
    var queue = [(indices, part.data)]
    while let (indices, data) = queue.popLast() {
      take(indices, data, &queue)
    }
  }

  /// Reduces one mixture by what is known, and keeps what is left of it.
  private mutating func take(
    _ indices: Set<Int>, _ data: [UInt8], _ queue: inout [(Set<Int>, [UInt8])]
  ) {
    var (indices, data) = (indices, data)
    for index in indices {
      guard let known = fragments[index] else { continue }
      indices.remove(index)
      data = Fountain.mix(data, known)
    }
    for (other, mixture) in mixtures where other.isStrictSubset(of: indices) {
      indices.subtract(other)
      data = Fountain.mix(data, mixture)
    }
    guard let only = indices.first else { return }
    guard indices.count == 1 else {
      guard mixtures[indices] == nil else { return }
      // Larger mixtures that contain this one shrink by it.
      for (other, mixture) in mixtures where indices.isStrictSubset(of: other) {
        mixtures[other] = nil
        queue.append((other.subtracting(indices), Fountain.mix(mixture, data)))
      }
      // As many as there are fragments are enough; what is dropped will be drawn again.
      if mixtures.count < 2 * (total ?? 0) { mixtures[indices] = data }
      return
    }
    fragments[only] = data
    for (other, mixture) in mixtures where other.contains(only) {
      mixtures[other] = nil
      queue.append((other, mixture))
    }
  }

  /// The message, or `nil` while fragments are missing.
  ///
  /// - Throws: ``AirgapError/badChecksum(_:)`` when the fragments are no message.
  package func message() throws(AirgapError) -> [UInt8]? {
    guard let first, fragments.count == first.fragmentCount else { return nil }
    let whole = (0..<first.fragmentCount).flatMap { fragments[$0] ?? [] }
    guard whole[first.messageCount...].allSatisfy({ $0 == 0 }) else {
      throw .badField("UR message", reason: "what fills up its last fragment is not zero")
    }
    let message = Array(whole[..<first.messageCount])
    guard Deflate.crc32(message) == first.checksum else { throw .badChecksum("UR message") }
    return message
  }
}
