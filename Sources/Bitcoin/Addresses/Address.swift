/// Why text is not an address that can be paid on a network.
public enum AddressError: Error, Hashable, Sendable {
  /// Neither Base58 nor Bech32 with a right checksum.
  case malformed
  /// A valid address, but of another network.
  case otherNetwork(expected: Network)
  /// A witness version above 16.
  case unknownWitnessVersion(Int)
  /// Bech32 where the version wants Bech32m, or the other way round. See BIP-350.
  case wrongChecksumVariant(witnessVersion: Int)
  /// A payload of the wrong length.
  case wrongLength(Int)
}

/// The text form of output scripts.
public enum Address {
  /// Returns the output script that `text` stands for on `network`.
  ///
  /// See BIP-13 (P2SH), BIP-173 and BIP-350 (witness programs).
  public static func parse(
    _ text: String, network: Network
  ) throws(AddressError) -> Script {
    if let parts = Bech32.parse(text) {
      return try script(parts.humanReadablePart, parts.values, parts.variant, network: network)
    }
    guard let payload = Base58.checkedPayload(text), let prefix = payload.first else {
      throw .malformed
    }
    let hash = Array(payload.dropFirst())
    let known = Network.allCases.contains {
      $0.publicKeyHashPrefix == prefix || $0.scriptHashPrefix == prefix
    }
    guard known else { throw .malformed }
    guard hash.count == 20 else { throw .wrongLength(hash.count) }
    switch prefix {
    case network.publicKeyHashPrefix: return .payToPublicKeyHash(hash)
    case network.scriptHashPrefix: return .payToScriptHash(hash)
    default: throw .otherNetwork(expected: network)
    }
  }

  /// Returns the address of `script` on `network`, or `nil` when it has none.
  public static func text(for script: Script, network: Network) -> String? {
    if let hash = script.publicKeyHash {
      return Base58.checkText([network.publicKeyHashPrefix] + hash)
    }
    if let hash = script.scriptHash {
      return Base58.checkText([network.scriptHashPrefix] + hash)
    }
    guard let (version, program) = script.witnessProgram,
      version != 0 || program.count == 20 || program.count == 32
    else { return nil }
    return Bech32.text(
      humanReadablePart: network.humanReadablePart,
      values: [UInt8(version)] + Bech32.fiveBitValues(program),
      variant: version == 0 ? .bech32 : .bech32m)
  }

  private static func script(
    _ humanReadablePart: String, _ values: [UInt8], _ variant: Bech32.Variant, network: Network
  ) throws(AddressError) -> Script {
    guard Network.allCases.contains(where: { $0.humanReadablePart == humanReadablePart }) else {
      throw .malformed
    }
    guard humanReadablePart == network.humanReadablePart else {
      throw .otherNetwork(expected: network)
    }
    guard let version = values.first.map(Int.init),
      let program = Bech32.bytes(fiveBitValues: Array(values.dropFirst()))
    else { throw .malformed }
    guard version <= 16 else { throw .unknownWitnessVersion(version) }
    guard (variant == .bech32) == (version == 0) else {
      throw .wrongChecksumVariant(witnessVersion: version)
    }
    guard (2...40).contains(program.count),
      version != 0 || program.count == 20 || program.count == 32
    else { throw .wrongLength(program.count) }
    return .payToWitness(version: version, program: program)
  }
}
