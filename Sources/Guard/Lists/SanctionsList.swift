public import Bitcoin
import Cryptography
import Descriptors
public import Money
import Statements
public import Wire

/// Why a file is not a list of sanctioned addresses that counts.
public enum SanctionsListError: Error, Equatable, Sendable, CustomStringConvertible {
  case malformed(WireError)
  /// It was not signed by whoever the guard takes lists from.
  case signature

  public var description: String {
    switch self {
    case .malformed(let error): "not a signed list: \(error)"
    case .signature: "the signature is not by the key that the guard knows"
    }
  }
}

/// The guard's own copy of a list of sanctioned addresses.
public struct SanctionsList: Sendable {
  public let issuedAt: Timestamp
  /// Addresses in the list, those of other networks included.
  public let count: Int
  /// Those of the network, as scripts: one script has several texts.
  private let scripts: Set<[UInt8]>

  /// Reads a ``SanctionsStatement`` with its signature by the key of `terms`.
  public init(
    bytes: [UInt8], under terms: SanctionsTerms, network: Network
  ) throws(SanctionsListError) {
    let signed: Signed<SanctionsStatement>
    do { signed = try Signed(bytes: bytes) } catch { throw .malformed(error) }
    guard signed.isSigned(by: terms.key) else { throw .signature }
    issuedAt = Timestamp(milliseconds: signed.statement.issuedAtMilliseconds)
    count = signed.statement.addresses.count
    scripts = Set(
      signed.statement.addresses.compactMap { try? Address.parse($0, network: network).bytes })
  }

  func contains(_ script: Script) -> Bool { scripts.contains(script.bytes) }
}

/// Whose lists of sanctioned addresses count, and for how long.
public struct SanctionsTerms: Sendable {
  /// The issuer's Ed25519 public key, 32 bytes.
  public var key: [UInt8]
  /// Without a list that is younger, withdrawals wait, in milliseconds.
  public var maximumAge: Int64

  public init(key: [UInt8], maximumAge: Int64) {
    self.key = key
    self.maximumAge = maximumAge
  }
}
