import Bitcoin
import Cryptography

/// What one field allows: in which versions, under which key data, with which values.
struct PSBTFieldRule {
  enum Versions {
    case both
    case only(UInt32)
  }

  let versions: Versions
  /// Returns what is wrong with the key data, if anything.
  let key: ([UInt8]) -> String?
  /// Returns what is wrong with the value, if anything.
  let value: ([UInt8]) -> String?

  private init(
    _ versions: Versions = .both, key: @escaping ([UInt8]) -> String? = noData,
    value: @escaping ([UInt8]) -> String? = anything
  ) {
    self.versions = versions
    self.key = key
    self.value = value
  }

  /// The rule of a field; `nil` for one that nobody has defined, which is kept as it is.
  static func rule(_ field: UInt8, in place: PSBTPlace) -> PSBTFieldRule? {
    switch place {
    case .global: global(field)
    case .input: input(field)
    case .output: output(field)
    }
  }

  private static func global(_ field: UInt8) -> PSBTFieldRule? {
    switch field {
    case GlobalField.unsignedTransaction: PSBTFieldRule(.only(0))
    case GlobalField.xpub: PSBTFieldRule(key: length(78), value: origin)
    case GlobalField.transactionVersion: PSBTFieldRule(.only(2), value: length(4))
    case GlobalField.fallbackLockTime: PSBTFieldRule(.only(2), value: length(4))
    case GlobalField.inputCount, GlobalField.outputCount:
      PSBTFieldRule(.only(2), value: compactSize)
    case GlobalField.modifiable: PSBTFieldRule(.only(2), value: length(1))
    case GlobalField.signedMessage: PSBTFieldRule()
    case GlobalField.version: PSBTFieldRule(value: length(4))
    default: nil
    }
  }

  private static func input(_ field: UInt8) -> PSBTFieldRule? {
    switch field {
    case InputField.nonWitnessUTXO: PSBTFieldRule(value: transaction)
    case InputField.witnessUTXO: PSBTFieldRule(value: transactionOutput)
    case InputField.partialSignature: PSBTFieldRule(key: publicKey, value: ecdsaSignature)
    case InputField.sighashType: PSBTFieldRule(value: length(4))
    case InputField.redeemScript, InputField.witnessScript, InputField.finalScriptSig,
      InputField.finalWitness:
      PSBTFieldRule()
    case InputField.derivation: PSBTFieldRule(key: publicKey, value: origin)
    case InputField.ripemd160: PSBTFieldRule(key: length(20))
    case InputField.sha256: PSBTFieldRule(key: length(32))
    case InputField.hash160: PSBTFieldRule(key: length(20))
    case InputField.hash256: PSBTFieldRule(key: length(32))
    case InputField.previousTransaction: PSBTFieldRule(.only(2), value: length(32))
    case InputField.outputIndex, InputField.sequence: PSBTFieldRule(.only(2), value: length(4))
    case InputField.requiredTime: PSBTFieldRule(.only(2), value: timeLock)
    case InputField.requiredHeight: PSBTFieldRule(.only(2), value: heightLock)
    case InputField.taprootKeySignature: PSBTFieldRule(value: length(64, 65))
    case InputField.taprootScriptSignature: PSBTFieldRule(key: length(64), value: length(64, 65))
    case InputField.taprootLeaf: PSBTFieldRule(key: controlBlock, value: notEmpty)
    case InputField.taprootDerivation: PSBTFieldRule(key: xOnlyKey, value: taprootOrigin)
    case InputField.taprootInternalKey, InputField.taprootMerkleRoot:
      PSBTFieldRule(value: length(32))
    case InputField.musigParticipants: PSBTFieldRule(key: compressedKey, value: compressedKeys)
    case InputField.musigNonce: PSBTFieldRule(key: musigSigner, value: length(66))
    case InputField.musigSignature: PSBTFieldRule(key: musigSigner, value: length(32))
    default: nil
    }
  }

  private static func output(_ field: UInt8) -> PSBTFieldRule? {
    switch field {
    case OutputField.redeemScript, OutputField.witnessScript: PSBTFieldRule()
    case OutputField.derivation: PSBTFieldRule(key: publicKey, value: origin)
    case OutputField.amount: PSBTFieldRule(.only(2), value: length(8))
    case OutputField.script: PSBTFieldRule(.only(2))
    case OutputField.taprootInternalKey: PSBTFieldRule(value: length(32))
    case OutputField.taprootTree: PSBTFieldRule(value: tree)
    case OutputField.taprootDerivation: PSBTFieldRule(key: xOnlyKey, value: taprootOrigin)
    case OutputField.musigParticipants: PSBTFieldRule(key: compressedKey, value: compressedKeys)
    default: nil
    }
  }

  // MARK: What keys and values may be

  private static func anything(_ bytes: [UInt8]) -> String? { nil }

  private static func noData(_ data: [UInt8]) -> String? {
    data.isEmpty ? nil : "\(data.count) bytes of key data where none belong"
  }

  private static func notEmpty(_ bytes: [UInt8]) -> String? { bytes.isEmpty ? "empty" : nil }

  private static func length(_ allowed: Int...) -> ([UInt8]) -> String? {
    { bytes in
      allowed.contains(bytes.count)
        ? nil
        : "\(bytes.count) bytes; allowed are \(allowed.map(String.init).joined(separator: " or "))"
    }
  }

  private static func publicKey(_ bytes: [UInt8]) -> String? {
    Secp256k1.isValidPublicKey(bytes) ? nil : "no public key"
  }

  private static func compressedKey(_ bytes: [UInt8]) -> String? {
    bytes.count == 33 ? publicKey(bytes) : "no compressed public key"
  }

  /// A participant, the aggregate, and for a script the hash of its leaf. See BIP-373.
  private static func musigSigner(_ bytes: [UInt8]) -> String? {
    guard bytes.count == 66 || bytes.count == 98 else {
      return "\(bytes.count) bytes; allowed are 66 or 98"
    }
    return compressedKeys(Array(bytes.prefix(66)))
  }

  private static func compressedKeys(_ bytes: [UInt8]) -> String? {
    guard !bytes.isEmpty, bytes.count.isMultiple(of: 33) else { return "no list of public keys" }
    for start in stride(from: 0, to: bytes.count, by: 33) {
      if let problem = publicKey(Array(bytes[start..<(start + 33)])) { return problem }
    }
    return nil
  }

  private static func xOnlyKey(_ bytes: [UInt8]) -> String? {
    bytes.count == 32 ? nil : "\(bytes.count) bytes; allowed are 32"
  }

  /// Strict DER and one byte of hash type. See BIP-66.
  private static func ecdsaSignature(_ bytes: [UInt8]) -> String? {
    SignatureEncoding.isStrictDER(bytes) ? nil : "no DER signature with its hash type"
  }

  /// A fingerprint and whole steps of four bytes.
  private static func origin(_ bytes: [UInt8]) -> String? {
    bytes.count >= 4 && bytes.count.isMultiple(of: 4)
      ? nil : "\(bytes.count) bytes are no fingerprint and path"
  }

  private static func taprootOrigin(_ bytes: [UInt8]) -> String? {
    var reader = ConsensusReader(bytes)
    guard let count = try? reader.count("leaves", elementWidth: 32),
      (try? reader.fixed(count * 32, "leaves")) != nil
    else { return "no list of leaves" }
    return origin(Array(bytes.suffix(reader.remaining)))
  }

  private static func controlBlock(_ bytes: [UInt8]) -> String? {
    let path = bytes.count - 33
    return path >= 0 && path.isMultiple(of: 32) && path / 32 <= 128
      ? nil : "\(bytes.count) bytes are no control block"
  }

  private static func compactSize(_ bytes: [UInt8]) -> String? {
    var reader = ConsensusReader(bytes)
    guard (try? reader.compactSize("count")) != nil, reader.remaining == 0 else {
      return "no count"
    }
    return nil
  }

  private static func transaction(_ bytes: [UInt8]) -> String? {
    do {
      _ = try Transaction(parsing: bytes)
      return nil
    } catch { return "no transaction (\(error))" }
  }

  private static func transactionOutput(_ bytes: [UInt8]) -> String? {
    TransactionOutput(parsing: bytes) == nil ? "no transaction output" : nil
  }

  private static func timeLock(_ bytes: [UInt8]) -> String? {
    guard bytes.count == 4, UInt32(littleEndian: bytes) >= Consensus.lockTimeThreshold else {
      return "no lock time by time"
    }
    return nil
  }

  private static func heightLock(_ bytes: [UInt8]) -> String? {
    guard bytes.count == 4, (1..<Consensus.lockTimeThreshold).contains(UInt32(littleEndian: bytes))
    else { return "no lock time by height" }
    return nil
  }

  /// Leaves in depth-first order with their depths, which make exactly one tree.
  private static func tree(_ bytes: [UInt8]) -> String? {
    guard !bytes.isEmpty else { return "an empty tree" }
    var reader = ConsensusReader(bytes)
    // Depths of subtrees that wait for their neighbour.
    var open: [UInt8] = []
    var isWhole = false
    while reader.remaining > 0 {
      guard !isWhole, var depth = try? reader.integer("depth", as: UInt8.self), depth <= 128,
        let version = try? reader.integer("version", as: UInt8.self), version & 1 == 0,
        (try? reader.bytes("script")) != nil
      else { return "no tree" }
      while open.last == depth {
        open.removeLast()
        depth -= 1
      }
      if depth == 0 { isWhole = true } else { open.append(depth) }
      guard open.isEmpty || zip(open, open.dropFirst()).allSatisfy({ $0 < $1 }) else {
        return "no tree"
      }
    }
    return isWhole ? nil : "an unfinished tree"
  }
}

extension UInt32 {
  /// The number in four bytes, the lowest first.
  init(littleEndian bytes: [UInt8]) {
    self = bytes.prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  var littleEndianBytes: [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: self >> (8 * $0)) } }
}

extension TransactionOutput {
  /// Reads an output that stands alone.
  init?(parsing bytes: [UInt8]) {
    var reader = ConsensusReader(bytes)
    guard let value = try? reader.integer("value", as: Int64.self),
      let script = try? reader.bytes("script"), reader.remaining == 0
    else { return nil }
    self.init(value: value, script: Script(script))
  }
}
