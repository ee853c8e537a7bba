import Wire

extension MiniscriptNode {
  /// The expression in its shortest text, with every shorthand that applies.
  ///
  /// - Parameter key: Writes a key.
  public func text(_ key: (Key) -> String) -> String {
    let (wrappers, body) = parts(key)
    return wrappers.isEmpty ? body : "\(wrappers):\(body)"
  }

  /// The letters before the colon, and the rest.
  private func parts(_ key: (Key) -> String) -> (wrappers: String, body: String) {
    func list(_ nodes: [MiniscriptNode]) -> String {
      nodes.map { $0.text(key) }.joined(separator: ",")
    }
    func prefixed(_ letter: Character, _ node: MiniscriptNode) -> (String, String) {
      let (wrappers, body) = node.parts(key)
      return ("\(letter)\(wrappers)", body)
    }
    switch self {
    case .constant(let value): return ("", value ? "1" : "0")
    case .key(let own): return ("", "pk_k(\(key(own)))")
    case .keyHash(let own): return ("", "pk_h(\(key(own)))")
    case .older(let value): return ("", "older(\(value))")
    case .after(let value): return ("", "after(\(value))")
    case .hash(let function, let digest): return ("", "\(function.rawValue)(\(Hex.text(digest)))")
    case .multi(let k, let keys): return ("", "multi(\(k),\(keys.map(key).joined(separator: ",")))")
    case .multiA(let k, let keys):
      return ("", "multi_a(\(k),\(keys.map(key).joined(separator: ",")))")
    case .wrap(.check, .key(let own)): return ("", "pk(\(key(own)))")
    case .wrap(.check, .keyHash(let own)): return ("", "pkh(\(key(own)))")
    case .wrap(let wrapper, let x): return prefixed(wrapper.rawValue, x)
    case .join(.andV, let x, .constant(true)): return prefixed("t", x)
    case .join(.orI, .constant(false), let x): return prefixed("l", x)
    case .join(.orI, let x, .constant(false)): return prefixed("u", x)
    case .join(let joint, let x, let y): return ("", "\(joint.rawValue)(\(list([x, y])))")
    case .andOr(let x, let y, .constant(false)): return ("", "and_n(\(list([x, y])))")
    case .andOr(let x, let y, let z): return ("", "andor(\(list([x, y, z])))")
    case .threshold(let k, let parts): return ("", "thresh(\(k),\(list(parts)))")
    }
  }
}
