// Liveness owns what the key holders' log means for the coins: whether the keys are those of the
// registered policy, whether the blocks are those of the chain, who is alive by the chain's own clock,
// and which tier of a policy opens when people are missing. It knows no file, no screen, no socket.
public import Bitcoin
public import Cryptography
public import KeyHolders

/// The proof of a key check: a BIP-322 signature for the P2WPKH address of the holder's account at
/// `0/0`, in the simple form, which every program that knows BIP-322 can check.
///
/// The first script of the wallet has this very key, so whoever makes the proof can sign for coins.
public enum KeyCheckProof {
  /// Why no proof can be made.
  public enum Failure: Error, Equatable, Sendable {
    case key(ExtendedKeyError)
    case cryptography(CryptographyError)
  }

  private static let place = DerivationPath([ChildNumber(rawValue: 0), ChildNumber(rawValue: 0)])

  /// The output script whose owner signs.
  public static func challenge(of account: ExtendedPublicKey) throws(ExtendedKeyError) -> Script {
    .payToWitnessPublicKeyHash(of: try account.descendant(place).publicKey)
  }

  /// Returns the signature of `text` as BIP-322 writes it, in ASCII.
  public static func sign(
    _ text: String, with account: ExtendedPrivateKey
  ) throws(Failure) -> [UInt8] {
    let key: ExtendedPrivateKey
    let script: Script
    do throws(ExtendedKeyError) {
      key = try account.descendant(place)
      script = try challenge(of: account.publicKey)
    } catch {
      throw .key(error)
    }
    let publicKey = key.publicKey.publicKey
    let message = SignedMessage(Array(text.utf8), challenge: script)
    let digest = Sighash.segwitV0(
      message.toSign(), input: 0, scriptCode: .payToPublicKeyHash(Hash160.hash(publicKey)),
      value: 0,
      type: UInt32(SighashType.all.rawValue))
    do {
      let signature = try Secp256k1.signECDSA(digest, with: key.secret)
      let witness = [signature + [SighashType.all.rawValue], publicKey]
      return Array(MessageSignature.simple(witness).text.utf8)
    } catch {
      throw .cryptography(error)
    }
  }

  /// Whether `proof` is the signature of `text` by the key `key`, written as a descriptor writes it.
  public static func isValid(_ proof: [UInt8], of text: String, by key: String) -> Bool {
    let account = key.split(separator: "]").last ?? ""
    guard proof.allSatisfy({ (0x21...0x7E).contains($0) }),
      let account = try? ExtendedPublicKey(parsing: account),
      let script = try? challenge(of: account),
      let signature = try? MessageSignature(parsing: String(decoding: proof, as: UTF8.self)),
      case .simple = signature
    else { return false }
    let message = SignedMessage(Array(text.utf8), challenge: script)
    return (try? message.verify(signature)) == .valid(time: 0, age: 0)
  }

  /// What ``KeyHolders`` checks key checks with.
  public static let verifier: KeyHolders.KeyCheckVerifier = { key, _, text, proof in
    isValid(proof, of: text, by: key)
  }
}
