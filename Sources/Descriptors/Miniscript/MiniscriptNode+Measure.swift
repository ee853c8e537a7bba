import Bitcoin

extension MiniscriptNode {
  /// Measures the expression; each part once.
  func measure(in context: MiniscriptContext) -> MiniscriptMeasure {
    let parts = children.map { $0.measure(in: context) }
    return MiniscriptMeasure(
      type: type(parts.map(\.type), in: context),
      scriptByteCount: scriptByteCount(parts, in: context),
      operationCount: operationCount(parts),
      multisigKeys: multisigKeys(parts.map(\.multisigKeys)),
      stack: stackUse(parts.map(\.stack)),
      witnessByteCount: witnessByteCount(parts.map(\.witnessByteCount), in: context))
  }

  private func scriptByteCount(
    _ parts: [MiniscriptMeasure], in context: MiniscriptContext
  ) -> Int {
    let inside = parts.reduce(0) { $0 + $1.scriptByteCount }
    let pushedKey = context.keyByteCount + 1
    switch self {
    case .constant: return 1
    case .key: return pushedKey
    case .keyHash: return 24
    case .older(let value), .after(let value): return 1 + Self.pushCount(Int64(value))
    case .hash(let function, _): return 7 + function.byteCount
    case .multi(let k, let keys):
      return 1 + Self.pushCount(Int64(k)) + Self.pushCount(Int64(keys.count))
        + keys.count * pushedKey
    case .multiA(let k, let keys):
      return 1 + Self.pushCount(Int64(k)) + keys.count * (pushedKey + 1)
    case .wrap, .join, .andOr: return inside + joints(parts)
    case .threshold(let k, _): return inside + parts.count + Self.pushCount(Int64(k))
    }
  }

  /// The operations, of one byte each, that a wrapper or joint adds to what is inside.
  private func joints(_ parts: [MiniscriptMeasure]) -> Int {
    switch self {
    case .wrap(let wrapper, _):
      switch wrapper {
      case .swap, .check, .zeroNotEqual: 1
      case .alt: 2
      case .dupIf: 3
      case .nonZero: 4
      // Another opcode melts with its VERIFY.
      case .verify: parts[0].type.has(.x) ? 1 : 0
      }
    case .join(let joint, _, _):
      switch joint {
      case .andV: 0
      case .andB, .orB: 1
      case .orC: 2
      case .orD, .orI: 3
      }
    case .andOr: 3
    default: 0
    }
  }

  private static func pushCount(_ number: Int64) -> Int {
    var script = Script()
    script.append(number: number)
    return script.bytes.count
  }

  private func operationCount(_ parts: [MiniscriptMeasure]) -> Int {
    let inside = parts.reduce(0) { $0 + $1.operationCount }
    switch self {
    case .constant, .key: return 0
    case .keyHash: return 3
    case .older, .after: return 1
    case .hash: return 4
    case .multi: return 1
    case .multiA(_, let keys): return keys.count + 1
    case .wrap, .join, .andOr: return inside + joints(parts)
    case .threshold: return inside + parts.count
    }
  }

  private func multisigKeys(_ parts: [MiniscriptMeasure.Worst<Int>]) -> MiniscriptMeasure.Worst<Int>
  {
    switch self {
    case .constant(true), .older, .after, .hash: return .init(0, nil)
    case .constant(false): return .init(nil, 0)
    case .key, .keyHash, .multiA: return .init(0, 0)
    case .multi(_, let keys): return .init(keys.count, keys.count)
    case .wrap(let wrapper, _):
      switch wrapper {
      case .alt, .swap, .check, .zeroNotEqual: return parts[0]
      case .dupIf, .nonZero: return .init(parts[0].satisfied, 0)
      case .verify: return .init(parts[0].satisfied, nil)
      }
    case .join(let joint, _, _): return .joined(joint, parts[0], parts[1])
    case .andOr: return .andOr(parts[0], parts[1], parts[2])
    case .threshold(let k, _): return .threshold(k, parts)
    }
  }

  private func stackUse(
    _ parts: [MiniscriptMeasure.Worst<MiniscriptMeasure.StackUse>]
  ) -> MiniscriptMeasure.Worst<MiniscriptMeasure.StackUse> {
    typealias Use = MiniscriptMeasure.StackUse
    func both(_ use: Use) -> MiniscriptMeasure.Worst<Use> { .init(use, use) }
    switch self {
    case .constant(true): return .init(.push, nil)
    case .constant(false): return .init(nil, .push)
    case .older, .after: return .init(.push, nil)
    case .key: return both(.push)
    // OP_DUP, the hash, its push, OP_EQUALVERIFY.
    case .keyHash: return both(.push + .push + .equalVerify)
    // OP_SIZE, 32, OP_EQUALVERIFY, the digest, OP_EQUAL.
    case .hash: return .init(.push + .push + .equalVerify + .push + .takeOne, nil)
    case .multi(let k, let keys): return both(Use(taken: k, peak: k + keys.count + 2))
    case .multiA(_, let keys): return both(Use(taken: keys.count - 1, peak: keys.count))
    case .wrap(let wrapper, _):
      let x = parts[0]
      switch wrapper {
      case .alt, .swap, .zeroNotEqual: return x
      case .check: return .init(x.satisfied + Use.takeOne, x.dissatisfied + Use.takeOne)
      case .dupIf, .nonZero:
        return .init(Use.push + Use.takeOne + x.satisfied, Use.push + Use.takeOne)
      case .verify: return .init(x.satisfied + Use.takeOne, nil)
      }
    case .join(.orD, _, _):
      // OP_IFDUP doubles a true value only.
      let (x, y) = (parts[0], parts[1])
      return .init(
        (x.satisfied + Use.push + Use.takeOne) | (x.dissatisfied + Use.takeOne + y.satisfied),
        x.dissatisfied + Use.takeOne + y.dissatisfied)
    case .join(let joint, _, _):
      return .joined(joint, parts[0], parts[1], between: .takeOne, after: .takeOne)
    case .andOr: return .andOr(parts[0], parts[1], parts[2], between: .takeOne)
    case .threshold(let k, _):
      let ways = MiniscriptMeasure.Worst.threshold(k, parts, between: .takeOne)
      let compare = Use.push + Use.takeOne
      return .init(ways.satisfied + compare, ways.dissatisfied + compare)
    }
  }

  private func witnessByteCount(
    _ parts: [MiniscriptMeasure.Worst<Int>], in context: MiniscriptContext
  ) -> MiniscriptMeasure.Worst<Int> {
    let signature = context.signatureByteCount + 1
    let key = context.keyByteCount + 1
    switch self {
    case .constant(true), .older, .after: return .init(0, nil)
    case .constant(false): return .init(nil, 0)
    case .key: return .init(signature, 1)
    case .keyHash: return .init(signature + key, 1 + key)
    case .hash: return .init(33, nil)
    case .multi(let k, _): return .init(k * signature + 1, k + 1)
    case .multiA(let k, let keys): return .init(k * signature + keys.count - k, keys.count)
    case .wrap(let wrapper, _):
      let x = parts[0]
      switch wrapper {
      case .alt, .swap, .check, .zeroNotEqual: return x
      case .dupIf: return .init(x.satisfied + 2, 1)
      case .nonZero: return .init(x.satisfied, 1)
      case .verify: return .init(x.satisfied, nil)
      }
    case .join(.orI, _, _):
      let (x, y) = (parts[0], parts[1])
      return .init(
        (x.satisfied + 2) | (y.satisfied + 1), (x.dissatisfied + 2) | (y.dissatisfied + 1))
    case .join(let joint, _, _): return .joined(joint, parts[0], parts[1])
    case .andOr: return .andOr(parts[0], parts[1], parts[2])
    case .threshold(let k, _): return .threshold(k, parts)
    }
  }
}
