import Bitcoin

/// What an expression costs: its type, the length of its script, and the most that a satisfaction
/// or a dissatisfaction takes. See BIP-379, "Resource Limitations".
struct MiniscriptMeasure: Sendable {
  var type: MiniscriptType
  var scriptByteCount: Int
  /// Operations in the script, executed or not, pushes left out.
  var operationCount: Int
  /// Keys that the executed `OP_CHECKMULTISIG`s count as operations each.
  var multisigKeys: Worst<Int>
  var stack: Worst<StackUse>
  /// Bytes in the witness, item lengths included, without the script.
  var witnessByteCount: Worst<Int>

  /// Dearest ways to make an expression true and false; `nil` where there is no way.
  struct Worst<Cost: MiniscriptCost>: Sendable {
    var satisfied: Cost?
    var dissatisfied: Cost?

    init(_ satisfied: Cost?, _ dissatisfied: Cost?) {
      self.satisfied = satisfied
      self.dissatisfied = dissatisfied
    }
  }

  /// What a stretch of script does to the stack, seen from its end.
  struct StackUse: MiniscriptCost {
    /// Items that it takes away; below zero when it leaves more than it found.
    var taken: Int
    /// The most items above what it ends with.
    var peak: Int

    static let zero = StackUse(taken: 0, peak: 0)
    static let push = StackUse(taken: -1, peak: 0)
    /// `OP_IF`, a binary operation, `OP_EQUAL`, `OP_VERIFY`, or `OP_CHECKSIG`.
    static let takeOne = StackUse(taken: 1, peak: 1)
    static let equalVerify = StackUse(taken: 2, peak: 2)

    /// One after the other.
    static func + (a: StackUse, b: StackUse) -> StackUse {
      StackUse(taken: a.taken + b.taken, peak: max(b.peak, b.taken + a.peak))
    }

    static func dearer(_ a: StackUse, _ b: StackUse) -> StackUse {
      StackUse(taken: max(a.taken, b.taken), peak: max(a.peak, b.peak))
    }
  }
}

/// A cost of alternatives that follow one another.
protocol MiniscriptCost: Sendable {
  static var zero: Self { get }
  static func + (a: Self, b: Self) -> Self
  static func dearer(_ a: Self, _ b: Self) -> Self
}

extension Int: MiniscriptCost {
  static func dearer(_ a: Int, _ b: Int) -> Int { Swift.max(a, b) }
}

/// Both, if there is a way through both.
func + <Cost: MiniscriptCost>(a: Cost?, b: Cost?) -> Cost? {
  guard let a, let b else { return nil }
  return a + b
}

/// The dearer of the ways that there are.
func | <Cost: MiniscriptCost>(a: Cost?, b: Cost?) -> Cost? {
  guard let a else { return b }
  guard let b else { return a }
  return Cost.dearer(a, b)
}

extension MiniscriptMeasure.Worst {
  typealias Worst = MiniscriptMeasure.Worst<Cost>

  /// The costs of joining two expressions, `between` them and `after` them.
  static func joined(
    _ joint: MiniscriptJoin, _ x: Worst, _ y: Worst, between: Cost = .zero, after: Cost = .zero
  ) -> Worst {
    switch joint {
    case .andV: return Worst(x.satisfied + y.satisfied, nil)
    case .andB:
      return Worst(
        x.satisfied + y.satisfied + after, x.dissatisfied + y.dissatisfied + after)
    case .orB:
      let one = (x.satisfied + y.dissatisfied) | (x.dissatisfied + y.satisfied)
      return Worst(one + after, x.dissatisfied + y.dissatisfied + after)
    case .orC:
      return Worst((x.satisfied + between) | (x.dissatisfied + between + y.satisfied), nil)
    case .orD:
      return Worst(
        (x.satisfied + between) | (x.dissatisfied + between + y.satisfied),
        x.dissatisfied + between + y.dissatisfied)
    case .orI:
      return Worst(
        between + (x.satisfied | y.satisfied), between + (x.dissatisfied | y.dissatisfied))
    }
  }

  static func andOr(_ x: Worst, _ y: Worst, _ z: Worst, between: Cost = .zero) -> Worst {
    Worst(
      (x.satisfied + between + y.satisfied) | (x.dissatisfied + between + z.satisfied),
      x.dissatisfied + between + z.dissatisfied)
  }

  /// The dearest ways to satisfy exactly `k` of `parts`, and none, with `between` two of them.
  static func threshold(_ k: Int, _ parts: [Worst], between: Cost = .zero) -> Worst {
    var ways: [Cost?] = [.zero]
    for (position, part) in parts.enumerated() {
      let link: Cost = position == 0 ? .zero : between
      var next = [ways[0] + part.dissatisfied + link]
      for count in 1..<max(1, ways.count) {
        next.append(
          ((ways[count] + part.dissatisfied) | (ways[count - 1] + part.satisfied)) + link)
      }
      next.append(ways[ways.count - 1] + part.satisfied + link)
      ways = next
    }
    return Worst(ways[k], ways[0])
  }
}
