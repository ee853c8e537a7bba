/// What nodes keep unconfirmed together. Bitcoin Core's defaults: 25 ancestors in releases before
/// cluster mempool, 64 transactions and 101 kvB in one cluster since; both are kept.
public struct MempoolLimits: Equatable, Sendable {
  /// Unconfirmed ancestors of a transaction, itself included.
  public var ancestors = 25
  /// Transactions that hang together.
  public var clusterCount = 64
  /// Their virtual bytes together.
  public var clusterVBytes: Int64 = 101_000

  public init() {}

  /// Weight above which nodes relay no single transaction.
  public static let transactionWeight: Int64 = 400_000

  /// Whether a child of `vbytes` may join those that are there.
  public func allow(childOf parents: UnconfirmedFamily, vbytes: Int64) -> Bool {
    parents.ancestors + 1 <= ancestors && parents.clusterCount + 1 <= clusterCount
      && parents.clusterVBytes + vbytes <= clusterVBytes
  }
}

/// The unconfirmed transactions that a new one would join.
public struct UnconfirmedFamily: Equatable, Sendable {
  /// Unconfirmed transactions that it would descend from.
  public var ancestors: Int
  public var clusterCount: Int
  public var clusterVBytes: Int64

  public init(ancestors: Int, clusterCount: Int, clusterVBytes: Int64) {
    self.ancestors = ancestors
    self.clusterCount = clusterCount
    self.clusterVBytes = clusterVBytes
  }

  /// Of a transaction that spends confirmed coins only.
  public static let none = UnconfirmedFamily(ancestors: 0, clusterCount: 0, clusterVBytes: 0)
}
