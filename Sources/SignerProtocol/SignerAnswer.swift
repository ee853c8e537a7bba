public import Wire

/// What a signer answers.
public enum SignerAnswer: Equatable, Sendable {
  case status(SignerStatus)
  case signed(SigningAnswer)
  case refused(SignerRefusal)
  case chain(ChainPosition)
  case attested(Attestation)
  case promised(NeverSigned)
  case policyState(PolicyState)

  public var type: MessageType {
    switch self {
    case .status: .status
    case .signed: .signed
    case .refused: .refused
    case .chain: .chain
    case .attested: .attested
    case .promised: .promised
    case .policyState: .policyState
    }
  }

  /// The frame's payload.
  public var payload: [UInt8] {
    var writer = ByteWriter()
    switch self {
    case .status(let status): status.encode(into: &writer)
    case .signed(let answer): answer.encode(into: &writer)
    case .refused(let refusal):
      writer.write(refusal.code.rawValue)
      writer.write(refusal.text)
    case .chain(let position): position.encode(into: &writer)
    case .attested(let word): word.encode(into: &writer)
    case .promised(let word): word.encode(into: &writer)
    case .policyState(let state): state.encode(into: &writer)
    }
    return writer.bytes
  }

  /// Reads an answer.
  ///
  /// - Throws: ``WireError`` for an unknown type, a damaged field or bytes left over.
  public init(type: UInt8, payload: [UInt8]) throws(WireError) {
    var reader = ByteReader(payload)
    switch MessageType(rawValue: type) {
    case .status: self = .status(try SignerStatus(from: &reader))
    case .signed: self = .signed(try SigningAnswer(from: &reader))
    case .refused:
      let at = reader.offset
      guard let code = SignerRefusal.Code(rawValue: try reader.read()) else {
        throw .malformed(at: at)
      }
      self = .refused(SignerRefusal(code, try reader.read(limit: MessageLimit.text)))
    case .chain: self = .chain(try ChainPosition(from: &reader))
    case .attested: self = .attested(try Attestation(from: &reader))
    case .promised: self = .promised(try NeverSigned(from: &reader))
    case .policyState: self = .policyState(try PolicyState(from: &reader))
    case .hello, .sign, .freeze, .headers, .witness, .withdraw, .settle, .letGo, .policy, nil:
      throw .malformed(at: 0)
    }
    try reader.finish()
  }
}

/// A signer's state, without secrets.
public struct SignerStatus: Equatable, Sendable {
  /// The key's BIP-32 root fingerprint, 4 bytes.
  public var fingerprint: [UInt8]
  /// SHA-256 of the descriptor's canonical text, 32 bytes.
  public var policyID: [UInt8]
  /// Why it signs nothing, if a person or the guard froze it.
  public var frozen: String?
  public var position: LogPosition
  /// What may still leave in the running hour and day, in satoshi.
  public var budgetHour: Int64
  public var budgetDay: Int64
  /// What one transaction may take out of the wallet, network fee included, in satoshi.
  public var perTransaction: Int64
  /// Network fee of one transaction, in satoshi.
  public var networkFee: Int64
  /// Network fee per virtual byte, in satoshi.
  public var feeRateSatsPerVByte: Int64

  public init(
    fingerprint: [UInt8], policyID: [UInt8], frozen: String?, position: LogPosition,
    budgetHour: Int64, budgetDay: Int64, perTransaction: Int64, networkFee: Int64,
    feeRateSatsPerVByte: Int64
  ) {
    self.fingerprint = fingerprint
    self.policyID = policyID
    self.frozen = frozen
    self.position = position
    self.budgetHour = budgetHour
    self.budgetDay = budgetDay
    self.perTransaction = perTransaction
    self.networkFee = networkFee
    self.feeRateSatsPerVByte = feeRateSatsPerVByte
  }

  func encode(into writer: inout ByteWriter) {
    writer.write(fixed: fingerprint)
    writer.write(fixed: policyID)
    writer.write(optional: frozen) { $0.write($1) }
    position.encode(into: &writer)
    writer.write(budgetHour)
    writer.write(budgetDay)
    writer.write(perTransaction)
    writer.write(networkFee)
    writer.write(feeRateSatsPerVByte)
  }

  init(from reader: inout ByteReader) throws(WireError) {
    fingerprint = try reader.read(fixed: 4)
    policyID = try reader.read(fixed: 32)
    frozen = try reader.readOptional { reader throws(WireError) in
      try reader.read(String.self, limit: MessageLimit.text)
    }
    position = try LogPosition(from: &reader)
    budgetHour = try reader.read()
    budgetDay = try reader.read()
    perTransaction = try reader.read()
    networkFee = try reader.read()
    feeRateSatsPerVByte = try reader.read()
  }
}

/// One signer's signatures.
public struct SigningAnswer: Equatable, Sendable {
  /// One input's signature.
  public struct Signature: Equatable, Sendable {
    /// Compressed, 33 bytes; for taproot x-only, 32 bytes.
    public var publicKey: [UInt8]
    /// DER with the sighash byte behind it; for taproot 64 bytes, with the default sighash. See
    /// BIP-340 and BIP-341.
    public var signature: [UInt8]

    public init(publicKey: [UInt8], signature: [UInt8]) {
      self.publicKey = publicKey
      self.signature = signature
    }
  }

  /// Id of the transaction in internal byte order.
  public var transaction: [UInt8]
  /// One for each input, in order.
  public var signatures: [Signature]
  public var status: SignerStatus

  public init(transaction: [UInt8], signatures: [Signature], status: SignerStatus) {
    self.transaction = transaction
    self.signatures = signatures
    self.status = status
  }

  func encode(into writer: inout ByteWriter) {
    writer.write(fixed: transaction)
    writer.write(list: signatures) { writer, signature in
      writer.write(signature.publicKey)
      writer.write(signature.signature)
    }
    status.encode(into: &writer)
  }

  init(from reader: inout ByteReader) throws(WireError) {
    transaction = try reader.read(fixed: 32)
    signatures = try reader.readList(limit: MessageLimit.inputs) {
      reader throws(WireError) -> Signature in
      Signature(publicKey: try reader.read(limit: 33), signature: try reader.read(limit: 73))
    }
    status = try SignerStatus(from: &reader)
  }
}
