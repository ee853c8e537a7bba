public import Bitcoin
public import Cryptography

/// What a signer keeps between the two rounds of BIP-327: the secret halves of its nonces for one input.
///
/// A round cannot be copied, and ends when it signs: a nonce that signs twice gives the key away.
public struct MuSig2Round: ~Copyable, Sendable {
  private struct Entry: Sendable {
    let place: MuSig2Place
    let nonce: MuSig2Nonce
    let message: [UInt8]
  }

  private let input: Int
  private let publicKey: [UInt8]
  private let unsigned: UnsignedTransaction
  private let entries: [Entry]

  /// The first round: draws nonces for all that `key` signs in an input together with others, and adds
  /// their public halves.
  ///
  /// - Parameter accepted: Signature hash types that the signer agrees to besides the usual one.
  /// - Throws: ``PSBTError/foreignKey(input:)`` when the key is in no joint key of the input.
  public init(
    beginning psbt: inout PSBT, input index: Int, with key: SecretBytes,
    accepting accepted: Set<SighashType> = [.all]
  ) throws(PSBTError) {
    guard let publicKey = try? Secp256k1.publicKey(from: key) else {
      throw .foreignKey(input: index)
    }
    let places = try psbt.musigPlaces(input: index).filter { $0.participants.contains(publicKey) }
    guard !places.isEmpty else { throw .foreignKey(input: index) }
    let type = try psbt.musigSighashType(index, accepting: accepted)
    var entries: [Entry] = []
    for place in places {
      let message = try psbt.musigDigest(index, place, type)
      do throws(MuSig2Error) {
        let nonce = try MuSig2Nonce(
          privateKey: key, publicKey: publicKey, aggregateKey: place.keys.xOnlyPublicKey,
          message: message)
        entries.append(Entry(place: place, nonce: nonce, message: message))
      } catch {
        throw .musig(input: index, error)
      }
    }
    for entry in entries {
      let name = entry.place.name(of: publicKey)
      psbt.inputs[index][InputField.musigNonce, name] = entry.nonce.publicNonce
      // One of an earlier round would not fit the new nonce.
      psbt.inputs[index][InputField.musigSignature, name] = nil
    }
    input = index
    self.publicKey = publicKey
    unsigned = psbt.unsigned
    self.entries = entries
  }

  /// The second round: adds the partial signatures, once the nonces of all signers are there.
  ///
  /// - Returns: How many were added.
  /// - Throws: ``PSBTError/badNonce(input:signer:)``, or ``PSBTError/differentTransactions`` when the
  ///   transaction, or anything else that is signed, is not that of the first round. The round has
  ///   ended then, too.
  @discardableResult
  public consuming func sign(
    _ psbt: inout PSBT, with key: SecretBytes
  ) throws(PSBTError) -> Int {
    guard psbt.unsigned == unsigned else { throw .differentTransactions }
    let type = psbt.requestedSighashType(input)
    var signatures: [([UInt8], [UInt8])] = []
    for entry in entries {
      guard try psbt.musigDigest(input, entry.place, type) == entry.message else {
        throw .differentTransactions
      }
      let name = entry.place.name(of: publicKey)
      // What the others add up must be what we drew.
      guard psbt.inputs[input][InputField.musigNonce, name] == entry.nonce.publicNonce else {
        throw .badNonce(input: input, signer: publicKey)
      }
      guard let session = try psbt.musigSession(input, entry.place, entry.message).session else {
        throw .incomplete(input: input)
      }
      do throws(MuSig2Error) {
        signatures.append((name, try entry.nonce.sign(session, with: key)))
      } catch {
        throw .musig(input: input, error)
      }
    }
    for (name, signature) in signatures {
      psbt.inputs[input][InputField.musigSignature, name] = signature
    }
    return signatures.count
  }
}

extension PSBT {
  /// Adds the signatures that the partial ones of all signers make, wherever they are complete.
  ///
  /// - Returns: How many were added.
  /// - Throws: ``PSBTError/badPartialSignature(input:signer:)`` naming who spoilt it.
  @discardableResult
  public mutating func joinSignatures(input index: Int) throws(PSBTError) -> Int {
    let type = requestedSighashType(index)
    let suffix: [UInt8] = type.rawValue == 0 ? [] : [type.rawValue]
    var added = 0
    for place in try musigPlaces(input: index) {
      let message = try musigDigest(index, place, type)
      let (found, nonces) = try musigSession(index, place, message)
      guard let session = found else { continue }
      var parts: [[UInt8]] = []
      for (signer, participant) in place.participants.enumerated() {
        let field = inputs[index][InputField.musigSignature, place.name(of: participant)]
        guard let part = field else { break }
        let isRight = try? session.verify(
          partialSignature: part, of: signer, nonce: nonces[signer])
        guard isRight == true else {
          throw .badPartialSignature(input: index, signer: participant)
        }
        parts.append(part)
      }
      guard parts.count == place.participants.count else { continue }
      let signature: [UInt8]
      do { signature = try session.aggregate(partialSignatures: parts) } catch {
        throw .musig(input: index, error)
      }
      let xOnly = place.keys.xOnlyPublicKey
      guard Secp256k1.verifySchnorr(signature, message: message, publicKey: xOnly) else {
        throw .incomplete(input: index)
      }
      if let leaf = place.leaf {
        inputs[index][InputField.taprootScriptSignature, xOnly + leaf] = signature + suffix
      } else {
        inputs[index][InputField.taprootKeySignature] = signature + suffix
      }
      added += 1
    }
    return added
  }

  fileprivate func requestedSighashType(_ index: Int) -> SighashType {
    let type = inputs.indices.contains(index) ? inputs[index][InputField.sighashType] : nil
    return SighashType(rawValue: type?.first ?? 0)
  }

  fileprivate func musigSighashType(
    _ index: Int, accepting accepted: Set<SighashType>
  ) throws(PSBTError) -> SighashType {
    let type = inputs[index][InputField.sighashType].map(UInt32.init(littleEndian:)) ?? 0
    guard type == 0 || accepted.contains(where: { UInt32($0.rawValue) == type }) else {
      throw .refusedSighash(input: index, type: type)
    }
    return requestedSighashType(index)
  }

  fileprivate func musigDigest(
    _ index: Int, _ place: MuSig2Place, _ type: SighashType
  ) throws(PSBTError) -> [UInt8] {
    guard let spent = try spentOutputs() else {
      throw .badUTXO(input: index, reason: "a taproot signature covers what all inputs spend")
    }
    let digest = Sighash.taproot(
      unsigned.transaction, input: index, spentOutputs: spent, type: type,
      leaf: place.leaf.map { Sighash.Leaf(hash: $0) })
    guard let digest else { throw .refusedSighash(input: index, type: UInt32(type.rawValue)) }
    return digest
  }

  /// What all signers sign with their nonces added up, and these in their order; no session while one
  /// is missing.
  fileprivate func musigSession(
    _ index: Int, _ place: MuSig2Place, _ message: [UInt8]
  ) throws(PSBTError) -> (session: MuSig2Session?, nonces: [[UInt8]]) {
    var nonces: [[UInt8]] = []
    for participant in place.participants {
      let field = inputs[index][InputField.musigNonce, place.name(of: participant)]
      guard let nonce = field else { return (nil, nonces) }
      nonces.append(nonce)
    }
    do throws(MuSig2Error) {
      let sum = try MuSig2Session.aggregate(nonces: nonces)
      return (
        try MuSig2Session(keys: place.keys, aggregateNonce: sum, message: message), nonces
      )
    } catch {
      if case .badNonce(let signer) = error {
        throw .badNonce(input: index, signer: place.participants[signer])
      }
      throw .musig(input: index, error)
    }
  }
}
