import Bitcoin
public import JSON
import Cryptography
import Wire

/// A person's words for something in a wallet, as wallets exchange them. See BIP-329.
public struct WalletLabel: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case transaction = "tx"
    case address = "addr"
    case publicKey = "pubkey"
    case input
    case output
    case extendedKey = "xpub"
    case silentPayments = "spscan"
  }

  /// Longest label, in characters, as the BIP suggests; what is longer is refused.
  public static let labelLimit = 255

  public let kind: Kind
  /// What it is about, in the form of its kind.
  public let reference: String
  /// `nil` leaves a label that the wallet has as it is.
  public let label: String?
  /// Descriptor of the wallet with origins and without keys, such as `wpkh([d34db33f/84h/0h/0h])`.
  public let origin: String?
  /// Whether an output may be spent; `nil` leaves it as it is, and for every other kind.
  public let isSpendable: Bool?
  /// Other members that the record had, kept as they were.
  public let additional: [JSON.Member]

  /// - Throws: ``WalletLabelProblem`` for a reference that is not of its kind.
  public init(
    _ kind: Kind, _ reference: String, label: String? = nil, origin: String? = nil,
    isSpendable: Bool? = nil, additional: [JSON.Member] = []
  ) throws(WalletLabelProblem) {
    guard Self.isReference(reference, kind) else {
      throw .badValue(member: "ref", reason: "no \(kind.rawValue): \"\(reference.prefix(80))\"")
    }
    if let label {
      guard label.count <= Self.labelLimit, !label.contains(where: \.isNewline) else {
        throw .badValue(
          member: "label", reason: "one line of at most \(Self.labelLimit) characters")
      }
    }
    if isSpendable != nil, kind != .output {
      throw .badValue(member: "spendable", reason: "only outputs have it")
    }
    self.kind = kind
    self.reference = reference
    self.label = label
    self.origin = origin
    self.isSpendable = isSpendable
    self.additional = additional
  }

  private static func isReference(_ text: String, _ kind: Kind) -> Bool {
    switch kind {
    case .transaction: return isTransactionID(text[...])
    case .address:
      return Network.allCases.contains { (try? Address.parse(text, network: $0)) != nil }
    case .publicKey:
      guard let bytes = Hex.bytes(text) else { return false }
      return bytes.count == 32
        ? Secp256k1.isValidXOnlyPublicKey(bytes) : Secp256k1.isValidPublicKey(bytes)
    case .input, .output:
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, isTransactionID(parts[0]), let index = UInt32(parts[1]) else {
        return false
      }
      return String(index) == parts[1]
    case .extendedKey: return (try? ExtendedPublicKey(parsing: text[...])) != nil
    // Silent payments are no wallet of ours; the text is kept.
    case .silentPayments: return text.hasPrefix("spscan1") || text.hasPrefix("tspscan1")
    }
  }

  private static func isTransactionID(_ text: Substring) -> Bool {
    text.utf8.count == 64 && Hex.bytes(text) != nil
  }
}

/// Why a record is no label.
public enum WalletLabelProblem: Error, Equatable, Sendable {
  case notJSON(String)
  case missing(member: String)
  case badValue(member: String, reason: String)
  case tooLarge(bytes: Int, limit: Int)
}

extension WalletLabelProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notJSON(let reason): "not a JSON object: \(reason)"
    case .missing(let member): "\(member): it is missing"
    case .badValue(let member, let reason): "\(member): \(reason)"
    case .tooLarge(let bytes, let limit): "\(bytes) bytes; the limit is \(limit)"
    }
  }
}
