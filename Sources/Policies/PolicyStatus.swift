import Wire

/// What a machine says of its policy, for people and programs.
public struct PolicyStatus: Hashable, Sendable, Encodable {
  public struct Waiting: Hashable, Sendable, Encodable {
    public var version: UInt64
    public var hash: String
    /// Milliseconds since 1970, by the machine's clock.
    public var effectiveAt: Int64
    public var changes: [PolicyChange]
  }

  /// 0: the lines of the configuration decide.
  public var version: UInt64
  public var hash: String
  public var pending: Waiting?

  public init(_ chain: PolicyChain) {
    version = chain.inForce.version
    hash = Hex.text(chain.inForce.hash)
    pending = chain.pending.map {
      Waiting(
        version: $0.document.statement.version, hash: Hex.text($0.document.statement.hash),
        effectiveAt: $0.effectiveAtMilliseconds,
        changes: chain.inForce.changes(to: $0.document.statement))
    }
  }
}
