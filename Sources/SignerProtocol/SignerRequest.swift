public import Wire

/// What the guard asks of a signer.
public enum SignerRequest: Equatable, Sendable {
  /// Who are you, and how are you?
  case hello
  /// Put your signatures on this transaction.
  case sign(SigningRequest)
  /// Sign nothing more until a person lifts it at the signer itself.
  case freeze(reason: String)
  /// Promise never to sign the transaction with this id, 32 bytes, which you have not signed.
  case withdraw(transaction: [UInt8])
  /// See that this transaction is final: what conflicts with it can never be.
  case settle(FinalityProof)

  public var type: MessageType {
    switch self {
    case .hello: .hello
    case .sign: .sign
    case .freeze: .freeze
    case .withdraw: .withdraw
    case .settle: .settle
    }
  }

  /// The frame's payload.
  public var payload: [UInt8] {
    var writer = ByteWriter()
    switch self {
    case .hello: break
    case .sign(let request): request.encode(into: &writer)
    case .freeze(let reason): writer.write(reason)
    case .withdraw(let transaction): writer.write(fixed: transaction)
    case .settle(let proof): proof.encode(into: &writer)
    }
    return writer.bytes
  }

  /// Reads a request.
  ///
  /// - Throws: ``WireError`` for an unknown type, a damaged field or bytes left over.
  public init(type: UInt8, payload: [UInt8]) throws(WireError) {
    var reader = ByteReader(payload)
    switch MessageType(rawValue: type) {
    case .hello: self = .hello
    case .sign: self = .sign(try SigningRequest(from: &reader))
    case .freeze: self = .freeze(reason: try reader.read(limit: MessageLimit.text))
    case .withdraw: self = .withdraw(transaction: try reader.read(fixed: 32))
    case .settle: self = .settle(try FinalityProof(from: &reader))
    case .status, .signed, .refused, nil: throw .malformed(at: 0)
    }
    try reader.finish()
  }
}
