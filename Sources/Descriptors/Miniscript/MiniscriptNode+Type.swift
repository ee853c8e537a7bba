import Bitcoin

// The type of an expression from the types of its parts, row by row as BIP-379 tabulates it. An
// expression without one of B, V, K and W is no Miniscript.

extension MiniscriptNode {
  func type(_ parts: [MiniscriptType], in context: MiniscriptContext) -> MiniscriptType {
    let type = uncheckedType(parts, in: context)
    return (type & [.B, .V, .K, .W]).isEmpty ? [] : type
  }

  private func uncheckedType(
    _ parts: [MiniscriptType], in context: MiniscriptContext
  ) -> MiniscriptType {
    switch self {
    case .constant(true): [.B, .z, .u, .f, .m, .x, .k]
    case .constant(false): [.B, .z, .u, .d, .e, .m, .s, .x, .k]
    case .key: [.K, .o, .n, .u, .d, .e, .m, .s, .x, .k]
    case .keyHash: [.K, .n, .u, .d, .e, .m, .s, .x, .k]
    case .older(let sequence):
      [.B, .z, .f, .m, .x, .k, sequence & RelativeLock.isTime != 0 ? .g : .h]
    case .after(let lockTime):
      [.B, .z, .f, .m, .x, .k, lockTime >= Consensus.lockTimeThreshold ? .i : .j]
    case .hash: [.B, .o, .n, .u, .d, .m, .k]
    case .multi: [.B, .n, .u, .d, .e, .m, .s, .k]
    case .multiA: [.B, .u, .d, .e, .m, .s, .k]
    case .wrap(let wrapper, _): Self.wrapped(wrapper, parts[0], in: context)
    case .join(let joint, _, _): Self.joined(joint, parts[0], parts[1])
    case .andOr: Self.andOr(parts[0], parts[1], parts[2])
    case .threshold(let k, _): Self.threshold(k, parts)
    }
  }

  private static func wrapped(
    _ wrapper: MiniscriptWrapper, _ x: MiniscriptType, in context: MiniscriptContext
  ) -> MiniscriptType {
    let locks = x & [.g, .h, .i, .j, .k]
    switch wrapper {
    case .alt:
      return MiniscriptType.W.when(x.has(.B)) | locks | (x & [.u, .d, .f, .e, .m, .s]) | .x
    case .swap:
      return MiniscriptType.W.when(x.has([.B, .o])) | locks | (x & [.u, .d, .f, .e, .m, .s, .x])
    case .check:
      return MiniscriptType.B.when(x.has(.K)) | locks | (x & [.o, .n, .d, .f, .e, .m]) | [.u, .s]
    case .dupIf:
      // MINIMALIF is consensus in tapscript only; elsewhere the 1 it leaves may be another value.
      return MiniscriptType.B.when(x.has([.V, .z])) | MiniscriptType.o.when(x.has(.z))
        | MiniscriptType.e.when(x.has(.f)) | locks | (x & [.m, .s])
        | MiniscriptType.u.when(context == .tapscript) | [.n, .d, .x]
    case .verify:
      return MiniscriptType.V.when(x.has(.B)) | locks | (x & [.z, .o, .n, .m, .s]) | [.f, .x]
    case .nonZero:
      return MiniscriptType.B.when(x.has([.B, .n])) | MiniscriptType.e.when(x.has(.f)) | locks
        | (x & [.o, .u, .m, .s]) | [.n, .d, .x]
    case .zeroNotEqual:
      return locks | (x & [.B, .z, .o, .n, .d, .f, .e, .m, .s]) | [.u, .x]
    }
  }

  private static func joined(
    _ joint: MiniscriptJoin, _ x: MiniscriptType, _ y: MiniscriptType
  ) -> MiniscriptType {
    let either = x | y
    let both = x & y
    let locks = either & .locks
    let together = MiniscriptType.k.when(both.has(.k) && !MiniscriptType.mixesLocks(x, y))
    let apart = both & .k
    let oneArgument = (either & .o).when(either.has(.z))
    let firstNonZero = (x & .n) | (y & .n).when(x.has(.z))
    switch joint {
    case .andV:
      return (y & [.B, .V, .K]).when(x.has(.V)) | firstNonZero | oneArgument | (both & [.m, .z])
        | (either & .s) | MiniscriptType.f.when(y.has(.f) || x.has(.s)) | (y & [.u, .x]) | locks
        | together
    case .andB:
      let unforced = both.has(.f) || x.has([.s, .f]) || y.has([.s, .f])
      return (x & .B).when(y.has(.W)) | oneArgument | firstNonZero | (both & .e).when(both.has(.s))
        | (both & [.d, .z, .m]) | MiniscriptType.f.when(unforced) | (either & .s) | [.u, .x]
        | locks | together
    case .orB:
      return MiniscriptType.B.when(x.has([.B, .d]) && y.has([.W, .d])) | oneArgument
        | (both & .m).when(either.has(.s) && both.has(.e)) | (both & [.z, .s, .e])
        | [.d, .u, .x] | locks | apart
    case .orC:
      return (y & .V).when(x.has([.B, .d, .u])) | (x & .o).when(y.has(.z))
        | (both & .m).when(x.has(.e) && either.has(.s)) | (both & [.z, .s]) | [.f, .x] | locks
        | apart
    case .orD:
      return (y & .B).when(x.has([.B, .d, .u])) | (x & .o).when(y.has(.z))
        | (both & .m).when(x.has(.e) && either.has(.s)) | (both & [.z, .s])
        | (y & [.u, .f, .d, .e]) | .x | locks | apart
    case .orI:
      return (both & [.V, .B, .K, .u, .f, .s]) | MiniscriptType.o.when(both.has(.z))
        | (either & .e).when(either.has(.f)) | (both & .m).when(either.has(.s)) | (either & .d)
        | .x | locks | apart
    }
  }

  private static func andOr(
    _ x: MiniscriptType, _ y: MiniscriptType, _ z: MiniscriptType
  ) -> MiniscriptType {
    let later = y & z
    let all = x & later
    let oneArgument = ((x | later) & .o).when((x | later).has(.z))
    let forced = x.has(.s) || y.has(.f)
    let together = MiniscriptType.k.when(all.has(.k) && !MiniscriptType.mixesLocks(x, y))
    return (later & [.B, .K, .V]).when(x.has([.B, .d, .u])) | (all & .z) | oneArgument
      | (later & .u) | (z & .f).when(forced) | (z & .d) | (z & .e).when(forced)
      | (all & .m).when(x.has(.e) && (x | y | z).has(.s)) | (z & (x | y) & .s) | .x
      | ((x | y | z) & .locks) | together
  }

  private static func threshold(_ k: Int, _ parts: [MiniscriptType]) -> MiniscriptType {
    var arguments = 0
    var safe = 0
    var locks: MiniscriptType = .k
    for (position, part) in parts.enumerated() {
      guard part.has([position == 0 ? .B : .W, .d, .u]) else { return [] }
      if part.has(.s) { safe += 1 }
      arguments += part.has(.z) ? 0 : part.has(.o) ? 1 : 2
      let unmixed = k <= 1 || !MiniscriptType.mixesLocks(locks, part)
      locks = ((locks | part) & .locks) | (locks & part & .k).when(unmixed)
    }
    let unchangeable = parts.allSatisfy { $0.has(.e) }
    let rest = parts.count - k
    return [.B, .d, .u] | MiniscriptType.z.when(arguments == 0)
      | MiniscriptType.o.when(arguments == 1)
      | MiniscriptType.e.when(unchangeable && safe == parts.count)
      | MiniscriptType.m.when(unchangeable && parts.allSatisfy { $0.has(.m) } && safe >= rest)
      | MiniscriptType.s.when(safe >= rest + 1) | locks
  }
}
