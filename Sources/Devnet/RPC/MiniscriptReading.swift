import Descriptors

extension MiniscriptNode {
  /// The expression that Bitcoin Core reads back out of the same script.
  ///
  /// A script does not say how its steps were grouped: `and_v(X,and_v(Y,Z))` and
  /// `and_v(and_v(X,Y),Z)` are the same bytes, as are `v:and_v(X,Y)` and `and_v(X,v:Y)`. Core groups
  /// from the left.
  var readFromScript: MiniscriptNode {
    switch self {
    case .constant, .key, .keyHash, .older, .after, .hash, .multi, .multiA: self
    case .wrap(let wrapper, let x): x.readFromScript.wrapped(wrapper)
    case .join(.andV, let x, let y): x.readFromScript.followed(by: y.readFromScript)
    case .join(let joint, let x, let y): .join(joint, x.readFromScript, y.readFromScript)
    case .andOr(let x, let y, let z):
      .andOr(x.readFromScript, y.readFromScript, z.readFromScript)
    case .threshold(let k, let parts): .threshold(k, parts.map(\.readFromScript))
    }
  }

  private func wrapped(_ wrapper: MiniscriptWrapper) -> MiniscriptNode {
    if case .verify = wrapper, case .join(.andV, let x, let y) = self {
      return .join(.andV, x, .wrap(.verify, y))
    }
    return .wrap(wrapper, self)
  }

  private func followed(by next: MiniscriptNode) -> MiniscriptNode {
    if case .join(.andV, let x, let y) = next { return .join(.andV, followed(by: x), y) }
    return .join(.andV, self, next)
  }
}
