/// Compares two nodes of one chain, which should show the same tip: better two programs by two
/// makers, so that one error does not mislead both.
///
/// Blocks take a moment to reach both, and now and then two are found at once; so what is harmless
/// for a moment becomes an alarm only when it lasts. It performs no I/O: the caller finds out how
/// the tips relate, with ``BitcoinNode/relation(to:)``, and tells the time.
public struct NodeComparison: Hashable, Sendable {
  /// How two tips relate.
  public enum Relation: Hashable, Sendable {
    /// Both nodes are at one block.
    case same
    /// The tip of one is so many blocks below that of the other, on the same branch.
    case behind(Node, blocks: Int)
    /// The active chains part so many blocks below the lower tip.
    case forked(depth: Int)
    /// A node does not answer, or not as it should.
    case silent(Node, reason: String)
    /// The only node there is does not know the last block that was taken in, and has no longer chain.
    case lostBlocks
  }

  /// Which of the two.
  public enum Node: String, Hashable, Sendable {
    case first
    case second

    /// The other one.
    public var other: Node { self == .first ? .second : .first }
  }

  /// What is tolerated.
  public struct Tolerance: Hashable, Sendable {
    /// Milliseconds that the tips may differ.
    public var milliseconds: Int64
    /// A fork of so many blocks is an alarm at once: two blocks at one height are chance, two
    /// branches are not.
    public var forkDepth: Int

    /// Creates a tolerance.
    public init(milliseconds: Int64 = 600_000, forkDepth: Int = 2) {
      precondition(milliseconds >= 0 && forkDepth > 0, "a tolerance is not negative")
      self.milliseconds = milliseconds
      self.forkDepth = forkDepth
    }
  }

  /// What follows.
  public enum Verdict: Hashable, Sendable {
    case agreed
    /// They differ, but not for long.
    case waiting
    /// They differ too much or for too long. Until they agree again nothing should be credited or
    /// paid.
    case alarm(String)
  }

  private let tolerance: Tolerance
  /// Since when the tips have differed, in milliseconds.
  private var since: Int64?
  private var isAlarmed: Bool

  /// Creates a comparison.
  ///
  /// - Parameter isAlarmed: Whether an alarm of before still stands: then only agreement ends it.
  public init(tolerance: Tolerance = Tolerance(), isAlarmed: Bool = false) {
    self.tolerance = tolerance
    self.isAlarmed = isAlarmed
  }

  /// Takes how the tips relate at a time, in milliseconds of a clock that does not go back.
  public mutating func judge(_ relation: Relation, at now: Int64) -> Verdict {
    guard relation != .same else {
      since = nil
      isAlarmed = false
      return .agreed
    }
    let start = since ?? now
    since = start
    if case .forked(let depth) = relation, depth >= tolerance.forkDepth { isAlarmed = true }
    if now - start > tolerance.milliseconds { isAlarmed = true }
    return isAlarmed ? .alarm(Self.text(relation)) : .waiting
  }

  /// One line about a difference, the same as long as it is the same difference.
  private static func text(_ relation: Relation) -> String {
    switch relation {
    case .same: "the nodes agree"
    case .behind(let node, let blocks):
      "the \(node.rawValue) node is \(blocks) blocks behind the other"
    case .forked(let depth): "the nodes are on two branches, \(depth) blocks deep"
    case .lostBlocks: "the node has lost blocks that were taken in"
    case .silent(let node, let reason): "the \(node.rawValue) node is silent: \(reason)"
    }
  }
}
