/// How a message is cut into symbols.
public enum Carrier: String, CaseIterable, Sendable {
  /// Coinkite's BBQr: every part once, then again.
  case bbqr
  /// Blockchain Commons' UR 2.0: a fountain, where any parts help.
  case ur
}

/// A message as the texts of QR symbols, to be shown in a loop until the other side has it.
public struct FrameSender: Sendable {
  /// The message.
  public let message: CarriedMessage
  public let carrier: Carrier
  /// The largest QR version used.
  public let version: Int
  private let parts: [String]
  private var fountain: UREncoder?
  private var position = 0

  /// Symbols that a reader needs at least.
  public let count: Int

  /// - Parameter version: The largest QR version to use, 5 to 40: small ones are easy to read,
  ///   large ones are few.
  public init(
    _ message: CarriedMessage, carrier: Carrier, version: Int = 15
  ) throws(AirgapError) {
    guard (5...40).contains(version) else {
      throw .badField("QR version", reason: "\(version) is not 5 to 40")
    }
    self.message = message
    self.carrier = carrier
    self.version = version
    switch carrier {
    case .bbqr:
      parts = try BBQr.parts(of: message, version: version).map(\.text)
      count = parts.count
    case .ur:
      let resource = UniformResource(message)
      // What stands around the data: prefix, type, two numbers of at most ten digits, the CBOR of
      // the other fields, and the checksum. Two letters stand for a byte.
      let around = "ur:\(resource.type)/0000000000-00000/".utf8.count + 2 * (24 + 4)
      let room = (QRSymbol.alphanumericCapacity(version: version) - around) / 2
      let encoder = UREncoder(resource, maximumFragment: room)
      fountain = encoder
      parts = []
      count = encoder.count
    }
  }

  /// The text of the next symbol. BBQr begins again after the last; UR goes on with mixtures.
  public mutating func next() -> String {
    guard var encoder = fountain else {
      defer { position = (position + 1) % parts.count }
      return parts[position]
    }
    // Capitals, which QR holds in five and a half bits each; a reader takes both cases.
    let text = encoder.next().uppercased()
    fountain = encoder
    return text
  }
}
