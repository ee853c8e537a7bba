/// Cuts a message into BBQr parts.
public enum BBQr {
  /// Returns the parts of `message`, in order.
  ///
  /// - Parameters:
  ///   - encoding: `nil` takes deflate where it helps and Base32 otherwise.
  ///   - version: The largest QR version to use, 1 to 40. All parts but the last have one size.
  /// - Throws: ``AirgapError/tooLong(_:count:limit:)`` when it takes more than 1295 parts.
  public static func parts(
    of message: CarriedMessage, encoding: BBQrPart.Encoding? = nil, version: Int = 20
  ) throws(AirgapError) -> [BBQrPart] {
    var data = message.bytes
    var chosen = encoding ?? .zlib
    if chosen == .zlib {
      let packed = Deflate.packed(data)
      if encoding == nil, packed.count >= data.count {
        chosen = .base32
      } else {
        data = packed
      }
    }
    let room = QRSymbol.alphanumericCapacity(version: version) - BBQrPart.headerCount
    let group = chosen.group
    let whole = room / group.characters * group.bytes
    // What one symbol holds when nothing follows it, down to its last characters.
    let single =
      chosen == .hex ? room / 2 : room / 8 * 5 + [0, 0, 1, 1, 2, 3, 3, 4][room % 8]
    guard data.count > single else {
      return [BBQrPart(encoding: chosen, kind: message.kind, total: 1, index: 0, data: data)]
    }
    let total = (data.count + whole - 1) / whole
    guard total <= BBQrPart.maximumTotal else {
      throw .tooLong("BBQr parts", count: total, limit: BBQrPart.maximumTotal)
    }
    // Even shares: the last symbol is then not much emptier, so not smaller, than the others.
    let groups = (data.count + group.bytes - 1) / group.bytes
    let share = (groups + total - 1) / total * group.bytes
    let starts = Array(stride(from: 0, to: data.count, by: share))
    return starts.enumerated().map { index, start in
      BBQrPart(
        encoding: chosen, kind: message.kind, total: starts.count, index: index,
        data: Array(data[start..<min(data.count, start + share)]))
    }
  }
}
