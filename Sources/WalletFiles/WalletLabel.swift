import Bitcoin
public import JSON
import Wire

/// A note about something in a wallet. See BIP-329.
public struct WalletLabel: Hashable, Sendable {
  /// What the note is about.
  public enum Kind: String, CaseIterable, Sendable {
    case transaction = "tx"
    case address = "addr"
    case publicKey = "pubkey"
    case input, output
    case extendedKey = "xpub"
    case silentScan = "spscan"
  }

  /// Why a line is no label.
  public enum Failure: Error, Hashable, Sendable {
    case notJSON(offset: Int, problem: String)
    case notAnObject
    case missing(String)
    case unknownMember(String)
    /// A member of another type than it must have.
    case badType(String)
    /// A reference that its kind does not have.
    case badReference(Kind, String)
    /// `spendable` where the kind is no output.
    case spendableOutsideOutput(Kind)
    /// Text above so many characters.
    case tooLong(String, limit: Int)
    /// A control character in a label, which no line can show.
    case notOneLine(String)
  }

  /// Characters of a label or an origin that are read.
  public static let characterLimit = 1000

  public let kind: Kind
  /// A transaction identifier, an address, an outpoint, a key: as `kind` says.
  public let reference: String
  /// `nil` to leave what the wallet has.
  public let label: String?
  /// An abbreviated descriptor such as "wpkh([d34db33f/84h/0h/0h])", which tells wallets apart.
  public let origin: String?
  /// Of an output, whether it may be spent; `nil` to leave what the wallet has.
  public let isSpendable: Bool?
  /// The additional fields that BIP-329 defines for its kind, such as "height" of a transaction, kept
  /// as they were read.
  public let additional: [JSON.Member]

  public init(
    _ kind: Kind, _ reference: String, label: String?, origin: String? = nil,
    isSpendable: Bool? = nil, additional: [JSON.Member] = []
  ) throws(Failure) {
    if let unknown = additional.first(where: { !kind.additionalMembers.contains($0.name) }) {
      throw .unknownMember(unknown.name.excerpt)
    }
    guard isSpendable == nil || kind == .output else { throw .spendableOutsideOutput(kind) }
    for (name, text) in [("ref", reference), ("label", label ?? ""), ("origin", origin ?? "")] {
      guard text.count <= Self.characterLimit else {
        throw .tooLong(name, limit: Self.characterLimit)
      }
      guard !text.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) else {
        throw .notOneLine(name)
      }
    }
    guard kind.accepts(reference) else {
      throw .badReference(kind, reference.excerpt(upTo: 120))
    }
    self.kind = kind
    self.reference = reference
    self.label = label
    self.origin = origin
    self.isSpendable = isSpendable
    self.additional = additional
  }

  /// Reads one line; `nil` for a kind that is not known, which BIP-329 says to ignore.
  static func reading(_ line: [UInt8]) throws(Failure) -> WalletLabel? {
    let json: JSON
    do { json = try JSON(parsing: line, depthLimit: 2) } catch {
      throw .notJSON(offset: error.offset, problem: error.problem)
    }
    guard let members = json.members else { throw .notAnObject }
    func text(_ name: String) throws(Failure) -> String? {
      guard let value = json[name] else { return nil }
      guard let text = value.string else { throw .badType(name) }
      return text
    }
    guard let type = try text("type") else { throw .missing("type") }
    guard let reference = try text("ref") else { throw .missing("ref") }
    guard let kind = Kind(rawValue: type) else { return nil }
    var isSpendable: Bool?
    if let value = json["spendable"] {
      guard let flag = value.bool else { throw .badType("spendable") }
      isSpendable = flag
    }
    let own: Set<String> = ["type", "ref", "label", "origin", "spendable"]
    return try WalletLabel(
      kind, reference, label: try text("label"), origin: try text("origin"),
      isSpendable: isSpendable, additional: members.filter { !own.contains($0.name) })
  }

  /// The label as one JSON object.
  public var json: JSON {
    var members: [JSON.Member] = [
      .init("type", .string(kind.rawValue)), .init("ref", .string(reference)),
    ]
    if let label { members.append(.init("label", .string(label))) }
    if let origin { members.append(.init("origin", .string(origin))) }
    if let isSpendable { members.append(.init("spendable", .bool(isSpendable))) }
    return .object(members + additional)
  }
}

extension WalletLabel.Kind {
  /// See BIP-329, "Additional Fields".
  fileprivate var additionalMembers: Set<String> {
    switch self {
    case .transaction: ["height", "time", "fee", "value", "rate"]
    case .address: ["keypath", "heights"]
    case .input, .output: ["keypath", "value", "fmv", "height", "time"]
    case .publicKey, .extendedKey, .silentScan: []
    }
  }

  fileprivate func accepts(_ reference: String) -> Bool {
    switch self {
    case .transaction: return Hex.bytes(reference)?.count == 32
    case .address:
      return Network.allCases.contains {
        (try? Address.parse(reference, network: $0)) != nil
      }
    case .publicKey:
      return [32, 33, 65].contains(Hex.bytes(reference)?.count ?? 0)
    case .input, .output:
      let parts = reference.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, Hex.bytes(parts[0])?.count == 32, let index = UInt32(parts[1]) else {
        return false
      }
      return "\(index)" == parts[1]
    case .extendedKey: return (try? ExtendedPublicKey(parsing: reference)) != nil
    case .silentScan: return reference.hasPrefix("spscan") || reference.hasPrefix("tspscan")
    }
  }
}
