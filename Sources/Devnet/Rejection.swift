/// Why a transaction or a block is refused, in the words of Bitcoin Core.
public struct Rejection: Error, Hashable, Sendable {
  /// What the refusal means for whoever sent it.
  public enum Kind: Hashable, Sendable {
    /// Not valid under any circumstance.
    case consensus
    /// Valid, but not relayed.
    case policy
    /// An input is unknown or already spent.
    case missingInputs
    /// Valid later, when a lock or a coinbase has matured.
    case premature
    /// Already known.
    case conflict
  }

  public let kind: Kind
  /// Bitcoin Core's reject reason, for example "bad-txns-inputs-missingorspent".
  public let reason: String
  /// Further detail, or empty.
  public let detail: String

  /// Creates a refusal.
  public init(_ kind: Kind, _ reason: String, _ detail: String = "") {
    self.kind = kind
    self.reason = reason
    self.detail = detail
  }

  /// Reason and detail in one line.
  public var text: String { detail.isEmpty ? reason : "\(reason), \(detail)" }
}
