/// Puts a message together from the texts of symbols, of whichever carrier they are.
public struct FrameReceiver: Sendable {
  private var joiner = BBQrJoiner()
  private var decoder = URDecoder()
  private var carrier: Carrier?

  public init() {}

  /// Parts or fragments of the message, once one was seen.
  public var total: Int? {
    switch carrier {
    case .bbqr: joiner.total
    case .ur: decoder.total
    case nil: nil
    }
  }

  /// Parts or fragments seen.
  public var seen: Int { carrier == .bbqr ? joiner.seen : decoder.seen }

  /// Takes the text of a symbol.
  ///
  /// - Throws: ``AirgapError`` naming what is wrong with it; the receiver is then as it was.
  public mutating func add(_ text: some StringProtocol) throws(AirgapError) {
    if text.utf8.starts(with: "B$".utf8) {
      guard carrier != .ur else { throw .foreignFrame("carrier") }
      try joiner.add(try BBQrPart(parsing: text))
      carrier = .bbqr
    } else {
      let isUR = text.prefix(3).lowercased() == "ur:"
      guard !isUR || carrier != .bbqr else { throw .foreignFrame("carrier") }
      try decoder.add(text)
      carrier = .ur
    }
  }

  /// The message, or `nil` while parts are missing.
  public func message() throws(AirgapError) -> CarriedMessage? {
    switch carrier {
    case .bbqr: seen == joiner.total ? try joiner.message() : nil
    case .ur: try decoder.resource()?.message()
    case nil: nil
    }
  }
}
