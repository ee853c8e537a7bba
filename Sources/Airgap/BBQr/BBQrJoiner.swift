/// Puts BBQr parts together that arrive in any order and any number of times.
public struct BBQrJoiner: Sendable {
  private var first: BBQrPart?
  private var parts: [Int: BBQrPart] = [:]
  private var count = 0

  public init() {}

  /// Parts of the message, once one was seen.
  public var total: Int? { first?.total }
  /// Different parts seen.
  public var seen: Int { parts.count }

  /// Takes a part, which may have been taken before.
  ///
  /// - Throws: ``AirgapError/foreignFrame(_:)`` or ``AirgapError/contradiction(part:)``; the joiner
  ///   is then as it was.
  public mutating func add(_ part: BBQrPart) throws(AirgapError) {
    if let first {
      guard part.encoding == first.encoding else { throw .foreignFrame("encoding") }
      guard part.kind == first.kind else { throw .foreignFrame("file type") }
      guard part.total == first.total else { throw .foreignFrame("total") }
      if let known = parts[part.index] {
        guard known == part else { throw .contradiction(part: part.index) }
        return
      }
    }
    guard count + part.data.count <= CarriedMessage.maximumCount else {
      throw .tooLong(
        "message", count: count + part.data.count, limit: CarriedMessage.maximumCount)
    }
    first = first ?? part
    parts[part.index] = part
    count += part.data.count
  }

  /// The message.
  ///
  /// - Throws: ``AirgapError/incomplete(missing:of:)`` before every part was seen,
  ///   ``AirgapError/badField(_:reason:)`` when parts other than the last differ in length, and what
  ///   unpacking throws.
  public func message() throws(AirgapError) -> CarriedMessage {
    guard let first else { throw .incomplete(missing: 1, of: 1) }
    var whole: [UInt8] = []
    for index in 0..<first.total {
      guard let part = parts[index] else {
        throw .incomplete(missing: first.total - parts.count, of: first.total)
      }
      let size = parts[0]?.data.count ?? 0
      guard part.data.count == size || (index == first.total - 1 && part.data.count < size) else {
        throw .badField("BBQr part \(index)", reason: "its length is not that of part 0")
      }
      whole += part.data
    }
    if first.encoding == .zlib {
      whole = try Deflate.unpacked(whole, limit: CarriedMessage.maximumCount)
    }
    return try CarriedMessage(first.kind, whole)
  }
}
