import Bitcoin
import Cryptography
import Wire

/// Why a holder's keys cannot be replaced by fixed ones.
public enum FixedKeyError: Error, Equatable, Sendable {
  /// The wallet is none of the exchange's, or would not be one afterwards.
  case descriptor(DescriptorError)
  /// Taproot wants BIP-340 of its holders, which no HSM does that has one key of ECDSA.
  case taproot
  /// There is no holder of that number, from 1.
  case noHolder(Int, of: Int)
  /// The holder has a key without children already.
  case fixedAlready(Int)
  /// The wallet names the holder in so many places; each needs a key of its own.
  case keyCount(Int, needed: Int)
  /// Not a compressed public key.
  case badKey(String)
  /// No script may name a key twice.
  case repeatedKey(String)
  /// With no key that has children every address would be the same.
  case notRanged
}

extension FixedKeyError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .descriptor(let error): "\(error)"
    case .taproot:
      "a taproot wallet cannot have such a holder: it wants BIP-340, and an HSM does ECDSA"
    case .noHolder(let number, let count): "holder \(number): the wallet has holders 1 to \(count)"
    case .fixedAlready(let number): "holder \(number) has a fixed key already"
    case .keyCount(let count, let needed):
      "\(count) keys for a holder whom the wallet names \(needed) times: no script may name a key "
        + "twice, so each needs one of its own"
    case .badKey(let text): "\(text.excerpt(upTo: 70)) is not a compressed public key, 66 digits"
    case .repeatedKey(let text): "\(text) is given twice, or the wallet has it already"
    case .notRanged: "no key with children would be left, and all addresses would be the same"
    }
  }
}

extension Descriptor {
  /// Returns the wallet with one holder's keys replaced by keys that have no children, such as an HSM
  /// has. All addresses change.
  ///
  /// The first key names the holder: its fingerprint is the origin of all, so that programs see one
  /// person: `[f]key`, and `[f/1]key` where the wallet names him for the second time.
  ///
  /// - Parameters:
  ///   - holder: His number among those who may spend at once, from 1.
  ///   - keys: 33 bytes each, one for each place that names him, in the order of the text.
  public func replacing(
    holder number: Int, withFixed keys: [[UInt8]]
  ) throws(FixedKeyError) -> Descriptor {
    let quorum: Quorum<KeyExpression>
    do { quorum = try self.quorum } catch { throw .descriptor(error) }
    if case .tr = expression { throw .taproot }
    guard quorum.keys.indices.contains(number - 1) else {
      throw .noHolder(number, of: quorum.keys.count)
    }
    let holder = quorum.keys[number - 1].key
    guard case .extended = holder else { throw .fixedAlready(number) }
    let places = self.keys.filter { $0.key == holder }
    guard places.count == keys.count, let first = keys.first else {
      throw .keyCount(keys.count, needed: places.count)
    }
    var seen: Set<[UInt8]> = []
    for case .single(let key) in self.keys.map(\.key) { seen.insert(key) }
    var text = String(self.text.prefix { $0 != "#" })
    let fingerprint = KeyFingerprint(ofPublicKey: first)
    for (index, (place, key)) in zip(places, keys).enumerated() {
      let hex = Hex.text(key)
      guard key.count == 33, Secp256k1.isValidPublicKey(key) else { throw .badKey(hex) }
      guard seen.insert(key).inserted else { throw .repeatedKey(hex) }
      let origin = index == 0 ? "\(fingerprint)" : "\(fingerprint)/\(index)"
      guard let range = text.firstRange(of: place.text) else {
        preconditionFailure("a descriptor's text has the texts of its keys")
      }
      text.replaceSubrange(range, with: "[\(origin)]\(hex)")
    }
    do {
      let wallet = try Descriptor(parsing: text, network: network)
      guard wallet.isRanged, wallet.branchCount == branchCount else {
        throw FixedKeyError.notRanged
      }
      _ = try wallet.quorum
      return wallet
    } catch let error as FixedKeyError {
      throw error
    } catch let error as DescriptorError {
      throw .descriptor(error)
    } catch {
      preconditionFailure("nothing else is thrown there")
    }
  }
}
