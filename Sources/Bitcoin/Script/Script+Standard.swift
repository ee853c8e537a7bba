import Cryptography

/// The output scripts that wallets use, and how to recognise them.
extension Script {
  /// Returns P2PKH for a 20-byte `hash` of a public key.
  public static func payToPublicKeyHash(_ hash: [UInt8]) -> Script {
    precondition(hash.count == 20, "a public key hash has 20 bytes")
    return Script([0x76, 0xA9, 0x14] + hash + [0x88, 0xAC])
  }

  /// Returns P2SH for a 20-byte `hash` of a redeem script. See BIP-16.
  public static func payToScriptHash(_ hash: [UInt8]) -> Script {
    precondition(hash.count == 20, "a script hash has 20 bytes")
    return Script([0xA9, 0x14] + hash + [0x87])
  }

  /// Returns P2SH for `redeemScript`. See BIP-16.
  public static func payToScriptHash(of redeemScript: Script) -> Script {
    payToScriptHash(Hash160.hash(redeemScript.bytes))
  }

  /// Returns the output of a witness `program` (2 to 40 bytes) of `version` 0 to 16. See BIP-141.
  public static func payToWitness(version: Int, program: [UInt8]) -> Script {
    precondition((0...16).contains(version), "a witness version is 0 to 16")
    precondition((2...40).contains(program.count), "a witness program has 2 to 40 bytes")
    return Script([version == 0 ? 0 : UInt8(0x50 + version), UInt8(program.count)] + program)
  }

  /// Returns P2WPKH for a compressed public key of 33 bytes. See BIP-141.
  public static func payToWitnessPublicKeyHash(of publicKey: [UInt8]) -> Script {
    payToWitness(version: 0, program: Hash160.hash(publicKey))
  }

  /// Returns P2WSH for `witnessScript`. See BIP-141.
  public static func payToWitnessScriptHash(of witnessScript: Script) -> Script {
    payToWitness(version: 0, program: SHA256.hash(witnessScript.bytes))
  }

  /// Returns the output of a taproot key of 32 bytes, already tweaked. See BIP-341.
  public static func payToTaproot(outputKey: [UInt8]) -> Script {
    precondition(outputKey.count == 32, "a taproot output key has 32 bytes")
    return payToWitness(version: 1, program: outputKey)
  }

  /// Returns the bare script that asks for `threshold` signatures of `publicKeys` in their order.
  public static func multisig(threshold: Int, publicKeys: [[UInt8]]) -> Script {
    precondition((1...20).contains(publicKeys.count), "a multisig has 1 to 20 keys")
    precondition((1...publicKeys.count).contains(threshold), "a threshold is 1 to the keys")
    var script = Script()
    script.append(number: Int64(threshold))
    for key in publicKeys { script.append(push: key) }
    script.append(number: Int64(publicKeys.count))
    script.append(.checkMultiSig)
    return script
  }

  /// Returns an output that nobody can spend and that carries `data`.
  public static func nullData(_ data: [UInt8]) -> Script {
    var script = Script()
    script.append(.return)
    script.append(push: data)
    return script
  }

  /// The hash in a P2PKH output.
  public var publicKeyHash: [UInt8]? {
    guard bytes.count == 25, bytes.starts(with: [0x76, 0xA9, 0x14]), bytes[23] == 0x88,
      bytes[24] == 0xAC
    else { return nil }
    return Array(bytes[3..<23])
  }

  /// The hash in a P2SH output. Consensus: exactly this shape is P2SH.
  public var scriptHash: [UInt8]? {
    guard bytes.count == 23, bytes[0] == 0xA9, bytes[1] == 0x14, bytes[22] == 0x87 else {
      return nil
    }
    return Array(bytes[2..<22])
  }

  /// The version and program of a witness output. See BIP-141, "Witness program".
  public var witnessProgram: (version: Int, program: [UInt8])? {
    guard (4...42).contains(bytes.count), bytes[0] == 0 || (0x51...0x60).contains(bytes[0]),
      Int(bytes[1]) + 2 == bytes.count
    else { return nil }
    return (bytes[0] == 0 ? 0 : Int(bytes[0]) - 0x50, Array(bytes[2...]))
  }

  /// Whether the output can never be spent: it begins with `OP_RETURN`, or is too long to run.
  public var isUnspendable: Bool {
    bytes.first == Opcode.return.rawValue || bytes.count > Script.maximumByteCount
  }

  /// Bitcoin Core's name of the kind of output, as its JSON-RPC gives it.
  public var standardKind: String {
    if publicKeyHash != nil { return "pubkeyhash" }
    if scriptHash != nil { return "scripthash" }
    if let (version, program) = witnessProgram {
      switch (version, program.count) {
      case (0, 20): return "witness_v0_keyhash"
      case (0, 32): return "witness_v0_scripthash"
      case (1, 32): return "witness_v1_taproot"
      case (1, _) where program == [0x4E, 0x73]: return "anchor"
      case (0, _): return "nonstandard"
      default: return "witness_unknown"
      }
    }
    guard let steps = instructions, let first = steps.first, let last = steps.last else {
      return "nonstandard"
    }
    if first.opcode == .return, steps.dropFirst().allSatisfy(\.isPush) { return "nulldata" }
    if steps.count == 2, last.opcode == .checkSig, let key = first.data, Script.looksLikeKey(key) {
      return "pubkey"
    }
    let keys = steps.dropFirst().dropLast(2).map(\.data)
    if steps.count >= 4, last.opcode == .checkMultiSig, (0x51...0x60).contains(first.code),
      steps[steps.count - 2].code == UInt8(0x50 + keys.count), Int(first.code) - 0x50 <= keys.count,
      keys.allSatisfy({ $0.map(Script.looksLikeKey) ?? false })
    {
      return "multisig"
    }
    return "nonstandard"
  }

  private static func looksLikeKey(_ key: [UInt8]) -> Bool {
    switch key.first {
    case 2, 3: key.count == 33
    case 4, 6, 7: key.count == 65
    default: false
    }
  }
}
