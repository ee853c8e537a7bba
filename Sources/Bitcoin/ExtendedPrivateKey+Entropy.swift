public import Cryptography

extension ExtendedPrivateKey {
  /// What BIP-85 derives from one root key, so that one backup covers many secrets.
  public enum EntropyUse: Hashable, Sendable {
    /// The words of a BIP-39 mnemonic in English: 12, 15, 18, 21 or 24.
    case mnemonic(words: UInt32)
    /// A private key, as Bitcoin Core's `sethdseed` takes it.
    case seed
    /// Bytes for anything, 16 to 64.
    case bytes(UInt32)
    /// Any other path below m/83696968h, all of it hardened; gives 64 bytes.
    case path([UInt32])
  }

  /// Returns the secret at `index` for one use. See BIP-85.
  ///
  /// - Throws: ``ExtendedKeyError/badEntropyCount(_:)`` for a number of words or bytes that there is
  ///   not, and what deriving throws.
  public func entropy(_ use: EntropyUse, index: UInt32) throws(ExtendedKeyError) -> SecretBytes {
    let (steps, count): ([UInt32], Int) =
      switch use {
      case .mnemonic(let words): ([39, 0, words], Int(words) * 4 / 3)
      case .seed: ([2], 32)
      case .bytes(let count): ([128169, count], Int(count))
      case .path(let steps): (steps, 64)
      }
    switch use {
    case .mnemonic(let words):
      guard [12, 15, 18, 21, 24].contains(words) else { throw .badEntropyCount(words) }
    case .bytes(let count):
      guard (16...64).contains(count) else { throw .badEntropyCount(count) }
    case .seed, .path: break
    }
    var path = DerivationPath()
    for step in [83_696_968] + steps + [index] {
      guard let number = ChildNumber(step, hardened: true) else {
        throw .badPathStep("\(step)")
      }
      path = path.appending(number)
    }
    let key = try descendant(path)
    do {
      let entropy = try HMACSHA512.authenticateSecret(
        key: Array("bip-entropy-from-k".utf8), prefix: [], secret: key.secret, suffix: [])
      return try entropy.part(0..<count)
    } catch {
      throw ExtendedKeyError(error, otherwise: .badKey)
    }
  }

  /// Returns the root key at `index` that BIP-85 derives from this one.
  public func derivedRoot(index: UInt32) throws(ExtendedKeyError) -> ExtendedPrivateKey {
    let entropy = try entropy(.path([32]), index: index)
    do {
      return try ExtendedPrivateKey(
        family: publicKey.family, position: .root,
        chainCode: try entropy.part(0..<32).revealed(), secret: try entropy.part(32..<64))
    } catch {
      throw ExtendedKeyError(error, otherwise: .badKey)
    }
  }
}
