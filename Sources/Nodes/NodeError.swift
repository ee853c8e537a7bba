/// Why a call to a Bitcoin node has no result.
public enum NodeError: Error, Hashable, Sendable {
  /// The node answered with an error; `code` is one of Bitcoin Core's.
  case rpc(code: Int, message: String)
  /// No answer, or no cookie to ask with. Whether a call that changes something took effect is then
  /// unknown.
  case unreachable(String)
  /// The user and password, or the cookie, are not the node's.
  case unauthorised(String)
  /// An answer that does not have the form that Bitcoin Core documents.
  case malformed(String)
  /// The node is of another network, or too old.
  case unsuitable(String)
  /// The node knows the block and has deleted it.
  case pruned(block: String)

  /// Bitcoin Core's code, when the node answered with an error.
  public var code: Int? {
    guard case .rpc(let code, _) = self else { return nil }
    return code
  }
}

extension NodeError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .rpc(let code, let message): "the node answered error \(code): \(message)"
    case .unreachable(let reason): "the node cannot be reached: \(reason)"
    case .unauthorised(let reason): "the node refuses the credentials: \(reason)"
    case .malformed(let what): "the node's answer is malformed: \(what)"
    case .unsuitable(let what): "the node does not fit: \(what)"
    case .pruned(let block): "the node has pruned block \(block)"
    }
  }
}

/// Codes of Bitcoin Core's errors that callers tell apart, from its `rpc/protocol.h`.
public enum NodeErrorCode {
  /// Whatever has no code of its own, such as a pruned block.
  public static let misc = -1
  /// A method that the node does not have.
  public static let methodNotFound = -32601
  /// An unknown block, transaction or address.
  public static let invalidAddressOrKey = -5
  /// A parameter out of its range, such as a height above the tip.
  public static let invalidParameter = -8
  /// A transaction whose inputs are missing or spent, or a fee above the limit.
  public static let verifyError = -25
  /// A transaction that the mempool refuses.
  public static let verifyRejected = -26
  /// A transaction that is confirmed already.
  public static let alreadyInChain = -27
  /// The node is starting.
  public static let warmingUp = -28
}
