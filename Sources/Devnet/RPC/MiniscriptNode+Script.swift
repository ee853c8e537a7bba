import Descriptors

extension MiniscriptNode {
  /// The same script's expression as Core reads it from the script alone, which does not tell how
  /// `and_v` was nested: of three in a row the first two belong together.
  var asScriptTells: MiniscriptNode {
    switch self {
    case .join(.andV, let x, let y):
      switch y.asScriptTells {
      case .join(.andV, let first, let second):
        .join(.andV, MiniscriptNode.join(.andV, x, first).asScriptTells, second)
      case let last: .join(.andV, x.asScriptTells, last)
      }
    case .join(let join, let x, let y): .join(join, x.asScriptTells, y.asScriptTells)
    case .wrap(let wrapper, let x): .wrap(wrapper, x.asScriptTells)
    case .andOr(let x, let y, let z): .andOr(x.asScriptTells, y.asScriptTells, z.asScriptTells)
    case .threshold(let count, let nodes): .threshold(count, nodes.map(\.asScriptTells))
    case .constant, .key, .keyHash, .older, .after, .hash, .multi, .multiA: self
    }
  }
}
