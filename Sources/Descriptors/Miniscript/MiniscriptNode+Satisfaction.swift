// Witnesses from the witnesses of the parts, row by row as BIP-379 tabulates them.

extension MiniscriptNode where Key == DerivedKey {
  /// The best ways to make the expression true and false; `nil` where there is none.
  struct Ways {
    var satisfied: MiniscriptWitness?
    var dissatisfied: MiniscriptWitness?
  }

  func ways(_ assets: some MiniscriptAssets) -> Ways {
    let parts = children.map { $0.ways(assets) }
    switch self {
    case .constant(true): return Ways(satisfied: .empty, dissatisfied: nil)
    case .constant(false): return Ways(satisfied: nil, dissatisfied: .empty)
    case .key(let key):
      return Ways(satisfied: .signature(assets.signature(by: key)), dissatisfied: .zero)
    case .keyHash(let key):
      let shown = MiniscriptWitness([key.publicKey])
      return Ways(
        satisfied: .signature(assets.signature(by: key)) + shown, dissatisfied: .zero + shown)
    case .older(let sequence):
      return Ways(satisfied: assets.isOlder(sequence) ? .empty : nil, dissatisfied: nil)
    case .after(let lockTime):
      return Ways(satisfied: assets.isAfter(lockTime) ? .empty : nil, dissatisfied: nil)
    case .hash(let function, let digest):
      let preimage = assets.preimage(of: digest, under: function).map { MiniscriptWitness([$0]) }
      return Ways(satisfied: preimage, dissatisfied: .wrongPreimage)
    case .multi(let k, let keys): return Self.multi(k, keys, assets)
    case .multiA(let k, let keys): return Self.multiA(k, keys, assets)
    case .wrap(let wrapper, _): return Self.wrapped(wrapper, parts[0])
    case .join(let joint, _, _): return Self.joined(joint, parts[0], parts[1])
    case .andOr:
      let (x, y, z) = (parts[0], parts[1], parts[2])
      return Ways(
        satisfied: (y.satisfied + x.satisfied) | (z.satisfied + x.dissatisfied),
        dissatisfied: (y.dissatisfied + x.satisfied) | (z.dissatisfied + x.dissatisfied))
    case .threshold(let k, _): return Self.threshold(k, parts)
    }
  }

  /// The best witnesses with 0, 1, ... of `choices` satisfied; `choices` come last one first.
  private static func counting(
    from start: MiniscriptWitness, _ choices: [Ways]
  ) -> [MiniscriptWitness?] {
    var best: [MiniscriptWitness?] = [start]
    for choice in choices {
      var next = [best[0] + choice.dissatisfied]
      for count in 1..<max(1, best.count) {
        next.append((best[count] + choice.dissatisfied) | (best[count - 1] + choice.satisfied))
      }
      next.append(best[best.count - 1] + choice.satisfied)
      best = next
    }
    return best
  }

  /// `OP_CHECKMULTISIG` takes one item too many, and its signatures in the order of the keys.
  private static func multi(_ k: Int, _ keys: [DerivedKey], _ assets: some MiniscriptAssets) -> Ways
  {
    let choices = keys.map { key in
      Ways(satisfied: .signature(assets.signature(by: key)), dissatisfied: .empty)
    }
    let none = MiniscriptWitness([[UInt8]](repeating: [], count: k + 1))
    return Ways(satisfied: counting(from: .zero, choices)[k], dissatisfied: none)
  }

  private static func multiA(
    _ k: Int, _ keys: [DerivedKey], _ assets: some MiniscriptAssets
  ) -> Ways {
    let choices = keys.reversed().map { key in
      Ways(satisfied: .signature(assets.signature(by: key)), dissatisfied: .zero)
    }
    let best = counting(from: .empty, choices)
    return Ways(satisfied: best[k], dissatisfied: best[0])
  }

  private static func threshold(_ k: Int, _ parts: [Ways]) -> Ways {
    let best = counting(from: .empty, parts.reversed())
    var dissatisfied: MiniscriptWitness?
    for (count, witness) in best.enumerated() where count != k {
      // With some satisfied and not enough, somebody else could take those away.
      dissatisfied = dissatisfied | (count == 0 ? witness : witness?.malleable)
    }
    return Ways(satisfied: best[k], dissatisfied: dissatisfied)
  }

  private static func wrapped(_ wrapper: MiniscriptWrapper, _ x: Ways) -> Ways {
    switch wrapper {
    case .alt, .swap, .check, .zeroNotEqual: return x
    case .dupIf: return Ways(satisfied: x.satisfied + .one, dissatisfied: .zero)
    case .verify: return Ways(satisfied: x.satisfied, dissatisfied: nil)
    case .nonZero:
      // Another dissatisfaction, with a top item that is not empty, may exist.
      let hasOther = x.dissatisfied.map { !$0.hasSignature } ?? false
      return Ways(
        satisfied: x.satisfied,
        dissatisfied: hasOther ? MiniscriptWitness.zero.malleable : .zero)
    }
  }

  private static func joined(_ joint: MiniscriptJoin, _ x: Ways, _ y: Ways) -> Ways {
    switch joint {
    case .andV:
      return Ways(
        satisfied: y.satisfied + x.satisfied, dissatisfied: y.dissatisfied + x.satisfied)
    case .andB:
      let none = y.dissatisfied + x.dissatisfied
      let half = (y.satisfied + x.dissatisfied)?.malleable
      let otherHalf = (y.dissatisfied + x.satisfied)?.malleable
      return Ways(satisfied: y.satisfied + x.satisfied, dissatisfied: none | half | otherHalf)
    case .orB:
      let one = (y.dissatisfied + x.satisfied) | (y.satisfied + x.dissatisfied)
      return Ways(
        satisfied: one | (y.satisfied + x.satisfied)?.malleable,
        dissatisfied: y.dissatisfied + x.dissatisfied)
    case .orC:
      return Ways(
        satisfied: x.satisfied | (y.satisfied + x.dissatisfied), dissatisfied: nil)
    case .orD:
      return Ways(
        satisfied: x.satisfied | (y.satisfied + x.dissatisfied),
        dissatisfied: y.dissatisfied + x.dissatisfied)
    case .orI:
      return Ways(
        satisfied: (x.satisfied + .one) | (y.satisfied + .zero),
        dissatisfied: (x.dissatisfied + .one) | (y.dissatisfied + .zero))
    }
  }
}
