/// Sends a UR as symbols: one when it fits, else a fountain of parts without end.
public struct UREncoder: Sendable {
  private let resource: UniformResource
  private var fountain: FountainEncoder

  /// - Parameter maximumFragment: The most bytes of one part's data, at least 10.
  public init(_ resource: UniformResource, maximumFragment: Int) {
    self.resource = resource
    fountain = FountainEncoder(resource.cbor, maximumLength: max(10, maximumFragment))
  }

  /// Parts that a reader needs at least.
  public var count: Int { fountain.count }

  /// The text of the next symbol; always the same one when one is enough.
  public mutating func next() -> String {
    guard count > 1 else { return resource.text }
    let part = fountain.next()
    return "ur:\(resource.type)/\(part.sequence)-\(part.fragmentCount)/"
      + Bytewords.text(part.cbor, style: .minimal)
  }
}

/// Reads the symbols of a UR in any order, as many as it takes.
public struct URDecoder: Sendable {
  private var whole: UniformResource?
  private var type: String?
  private var fountain = FountainDecoder()

  public init() {}

  /// Fragments of the message, once a symbol was seen.
  public var total: Int? { whole == nil ? fountain.total : 1 }
  /// Fragments known.
  public var seen: Int { whole == nil ? fountain.seen : 1 }

  /// Takes the text of a symbol.
  ///
  /// - Throws: ``AirgapError`` naming what is wrong with it; the decoder is then as it was.
  public mutating func add(_ text: some StringProtocol) throws(AirgapError) {
    switch try URFrame(parsing: text) {
    case .single(let resource):
      guard type == nil || whole == resource else { throw .foreignFrame("text") }
      whole = resource
      type = resource.type
    case .part(let type, let part):
      guard whole == nil else { throw .foreignFrame("number of parts") }
      guard self.type == nil || self.type == type else { throw .foreignFrame("type") }
      try fountain.add(part)
      self.type = type
    }
  }

  /// The resource, or `nil` while parts are missing.
  public func resource() throws(AirgapError) -> UniformResource? {
    if let whole { return whole }
    guard let type, let cbor = try fountain.message() else { return nil }
    return UniformResource(type: type, cbor: cbor)
  }
}
