public import Wire

/// A signer's word, under a key of the wallet's that spends nothing, for how far its own record has come
/// and how far it has seen the others'.
public struct Attestation: Equatable, Sendable {
  /// Most signers that one attestation speaks of.
  public static let signerLimit = 16

  /// A signer's position as another one has seen it.
  public struct Seen: Equatable, Sendable {
    /// The key's BIP-32 root fingerprint, 4 bytes.
    public var fingerprint: [UInt8]
    public var position: LogPosition
    /// That signer's own signature on it: nobody can say of another that he was further than he was.
    public var proof: [UInt8]

    public init(fingerprint: [UInt8], position: LogPosition, proof: [UInt8]) {
      self.fingerprint = fingerprint
      self.position = position
      self.proof = proof
    }

    public func encode(into writer: inout ByteWriter) {
      writer.write(fixed: fingerprint)
      position.encode(into: &writer)
      writer.write(fixed: proof)
    }

    public init(from reader: inout ByteReader) throws(WireError) {
      fingerprint = try reader.read(fixed: 4)
      position = try LogPosition(from: &reader)
      proof = try reader.read(fixed: 64)
    }

    /// What ``proof`` signs, under the tag `holdfast/position/v1`.
    public static func message(
      policyID: [UInt8], fingerprint: [UInt8], position: LogPosition
    ) -> [UInt8] {
      var writer = ByteWriter()
      writer.write(fixed: policyID)
      writer.write(fixed: fingerprint)
      position.encode(into: &writer)
      return writer.bytes
    }
  }

  /// SHA-256 of the descriptor's canonical text, 32 bytes.
  public var policyID: [UInt8]
  /// The signer that speaks, and how far its own record has come.
  public var own: Seen
  /// Drawn anew at its start, 32 bytes: what names it was said since.
  public var challenge: [UInt8]
  /// The challenges of others that it answers to.
  public var answers: [[UInt8]]
  /// What it has seen of the others; and of itself, the places that others have seen and that its record
  /// still has.
  public var seen: [Seen]
  /// 64 bytes over ``message``: BIP-340, or R and S of ECDSA by a holder whose one key is in a token.
  public var signature: [UInt8]

  public init(
    policyID: [UInt8], own: Seen, challenge: [UInt8],
    answers: [[UInt8]], seen: [Seen], signature: [UInt8] = [UInt8](repeating: 0, count: 64)
  ) {
    self.policyID = policyID
    self.own = own
    self.challenge = challenge
    self.answers = answers
    self.seen = seen
    self.signature = signature
  }

  /// What is signed, under the tag `holdfast/attestation/v1`; see BIP-340, "Design".
  public var message: [UInt8] {
    var writer = ByteWriter()
    encodeFields(into: &writer)
    return writer.bytes
  }

  func encode(into writer: inout ByteWriter) {
    encodeFields(into: &writer)
    writer.write(fixed: signature)
  }

  private func encodeFields(into writer: inout ByteWriter) {
    writer.write(fixed: policyID)
    own.encode(into: &writer)
    writer.write(fixed: challenge)
    writer.write(list: answers) { $0.write(fixed: $1) }
    writer.write(list: seen) { $1.encode(into: &$0) }
  }

  init(from reader: inout ByteReader) throws(WireError) {
    policyID = try reader.read(fixed: 32)
    own = try Seen(from: &reader)
    challenge = try reader.read(fixed: 32)
    answers = try reader.readList(limit: Self.signerLimit) { reader throws(WireError) in
      try reader.read(fixed: 32)
    }
    seen = try reader.readList(limit: 2 * Self.signerLimit) { reader throws(WireError) in
      try Seen(from: &reader)
    }
    signature = try reader.read(fixed: 64)
  }
}

/// What the other signers said, carried to one of them, who answers with its own attestation.
public struct WitnessNews: Equatable, Sendable {
  public var attestations: [Attestation]
  /// The others' challenges, which the answer is to name.
  public var challenges: [[UInt8]]

  public init(attestations: [Attestation], challenges: [[UInt8]]) {
    self.attestations = attestations
    self.challenges = challenges
  }

  func encode(into writer: inout ByteWriter) {
    writer.write(list: attestations) { $1.encode(into: &$0) }
    writer.write(list: challenges) { $0.write(fixed: $1) }
  }

  init(from reader: inout ByteReader) throws(WireError) {
    attestations = try reader.readList(limit: Attestation.signerLimit) {
      reader throws(WireError) in try Attestation(from: &reader)
    }
    challenges = try reader.readList(limit: Attestation.signerLimit) {
      reader throws(WireError) in try reader.read(fixed: 32)
    }
  }
}
