/// Who may spend: any `threshold` of `keys`.
public struct Quorum<Key: Hashable & Sendable>: Hashable, Sendable {
  /// How many must sign, at least 1.
  public let threshold: Int
  /// Those who may sign, in the order of the text; at least `threshold`.
  public let keys: [Key]

  init(threshold: Int, keys: [Key]) {
    self.threshold = threshold
    self.keys = keys
  }

  /// Reads the quorum out of a condition, or nothing when it asks for more than so many of some
  /// keys.
  init?(_ condition: SpendingCondition<Key>) {
    switch condition {
    case .never, .always: return nil
    case .key(let key): self.init(threshold: 1, keys: [key])
    case .some(let threshold, let parts):
      var keys: [Key] = []
      for part in parts {
        guard case .key(let key) = part else { return nil }
        keys.append(key)
      }
      self.init(threshold: threshold, keys: keys)
    }
  }
}

/// What an expression asks of somebody who spends now: signatures alone. Every lock counts as not
/// yet over and every preimage as unknown.
indirect enum SpendingCondition<Key: Hashable & Sendable> {
  case never
  case always
  case key(Key)
  /// So many of at least two conditions, at least 1 and at most all.
  case some(Int, [SpendingCondition])

  /// So many of `parts`, in the shortest form.
  static func atLeast(_ count: Int, of parts: [SpendingCondition]) -> SpendingCondition {
    var count = count
    var open: [SpendingCondition] = []
    for part in parts {
      switch part {
      case .never: break
      case .always: count -= 1
      case .key, .some: open.append(part)
      }
    }
    if count <= 0 { return .always }
    if count > open.count { return .never }
    return open.count == 1 ? open[0] : .some(count, open)
  }
}

extension MiniscriptNode {
  /// What satisfies the expression at once.
  var spendingCondition: SpendingCondition<Key> {
    let parts = children.map(\.spendingCondition)
    switch self {
    case .constant(let value): return value ? .always : .never
    case .key(let key), .keyHash(let key): return .key(key)
    case .older, .after, .hash: return .never
    case .wrap: return parts[0]
    case .join(let joint, _, _):
      switch joint {
      case .andV, .andB: return .atLeast(2, of: parts)
      case .orB, .orC, .orD, .orI: return .atLeast(1, of: parts)
      }
    case .andOr:
      return .atLeast(1, of: [.atLeast(2, of: Array(parts[..<2])), parts[2]])
    case .threshold(let count, _): return .atLeast(count, of: parts)
    case .multi(let count, let keys), .multiA(let count, let keys):
      return .atLeast(count, of: keys.map { .key($0) })
    }
  }
}
