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
  /// The others have promised never to sign the transaction with this id, 32 bytes, which you have signed:
  /// let go of its coins and of what it pays.
  case letGo(transaction: [UInt8], promises: [NeverSigned])
  /// See that this transaction is final: what conflicts with it can never be.
  case settle(FinalityProof)
  /// Set your clock against these headers; how far do you know the chain?
  case headers(ChainNews)
  /// This is what the other signers say; how far has your record come?
  case witness(WitnessNews)
  /// Take this policy document, if there is one; which policies do you have?
  case policy(document: [UInt8]?)

  public var type: MessageType {
    switch self {
    case .hello: .hello
    case .sign: .sign
    case .freeze: .freeze
    case .withdraw: .withdraw
    case .settle: .settle
    case .letGo: .letGo
    case .headers: .headers
    case .witness: .witness
    case .policy: .policy
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
    case .letGo(let transaction, let promises):
      writer.write(fixed: transaction)
      writer.write(list: promises) { $1.encode(into: &$0) }
    case .headers(let news): news.encode(into: &writer)
    case .witness(let news): news.encode(into: &writer)
    case .policy(let document): writer.write(optional: document) { $0.write($1) }
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
    case .headers: self = .headers(try ChainNews(from: &reader))
    case .witness: self = .witness(try WitnessNews(from: &reader))
    case .letGo:
      self = .letGo(
        transaction: try reader.read(fixed: 32),
        promises: try reader.readList(limit: Attestation.signerLimit) {
          reader throws(WireError) in try NeverSigned(from: &reader)
        })
    case .policy:
      self = .policy(
        document: try reader.readOptional { r throws(WireError) in
          try r.read([UInt8].self, limit: MessageLimit.policy)
        })
    case .status, .signed, .refused, .chain, .attested, .promised, .policyState, nil:
      throw .malformed(at: 0)
    }
    try reader.finish()
  }
}
