/// A Miniscript expression as a tree, with the shorthands of the text already resolved: `pk(k)` is
/// `c:pk_k(k)`, `t:X` is `and_v(X,1)`, `l:X` is `or_i(0,X)`, `u:X` is `or_i(X,0)`, and
/// `and_n(X,Y)` is `andor(X,Y,0)`. See BIP-379, "Translation Table".
public indirect enum MiniscriptNode<Key: Hashable & Sendable>: Hashable, Sendable {
  /// `0` and `1`.
  case constant(Bool)
  /// `pk_k`: the key itself stands in the script.
  case key(Key)
  /// `pk_h`: the script holds the key's hash, the witness the key.
  case keyHash(Key)
  /// `older`: the input's sequence, 1 to 2^31 - 1. See BIP-112.
  case older(UInt32)
  /// `after`: the transaction's lock time, 1 to 2^31 - 1. See BIP-65.
  case after(UInt32)
  /// A 32-byte preimage of the hash.
  case hash(MiniscriptHash, [UInt8])
  case wrap(MiniscriptWrapper, MiniscriptNode)
  case join(MiniscriptJoin, MiniscriptNode, MiniscriptNode)
  /// `andor(X,Y,Z)`: X and Y, or else Z.
  case andOr(MiniscriptNode, MiniscriptNode, MiniscriptNode)
  /// `thresh`: so many of the expressions.
  case threshold(Int, [MiniscriptNode])
  /// `multi`, for P2WSH: so many of 1 to 20 keys.
  case multi(Int, [Key])
  /// `multi_a`, for tapscript: so many of 1 to 999 keys.
  case multiA(Int, [Key])
}

/// The hash functions of Miniscript, under their names in it.
public enum MiniscriptHash: String, CaseIterable, Sendable {
  case sha256, hash256, ripemd160, hash160

  /// Bytes of a digest.
  public var byteCount: Int {
    switch self {
    case .sha256, .hash256: 32
    case .ripemd160, .hash160: 20
    }
  }
}

/// The wrappers that are no shorthand, under their letters.
public enum MiniscriptWrapper: Character, CaseIterable, Sendable {
  /// Takes its argument past the top of the stack by way of the other stack.
  case alt = "a"
  /// Takes its argument past the top of the stack by swapping.
  case swap = "s"
  /// Checks a signature for the key below.
  case check = "c"
  /// Runs the expression if the top of the stack says so.
  case dupIf = "d"
  /// Fails the script instead of leaving false.
  case verify = "v"
  /// Runs the expression unless its argument is empty.
  case nonZero = "j"
  /// Turns any true value into 1.
  case zeroNotEqual = "n"
}

/// The joints of two expressions, under their names.
public enum MiniscriptJoin: String, CaseIterable, Sendable {
  case andV = "and_v"
  case andB = "and_b"
  case orB = "or_b"
  case orC = "or_c"
  case orD = "or_d"
  case orI = "or_i"
}

extension MiniscriptNode {
  /// The keys, in the order of the text.
  public var keys: [Key] {
    switch self {
    case .key(let key), .keyHash(let key): [key]
    case .multi(_, let keys), .multiA(_, let keys): keys
    default: children.flatMap(\.keys)
    }
  }

  /// The expressions directly inside.
  var children: [MiniscriptNode] {
    switch self {
    case .constant, .key, .keyHash, .older, .after, .hash, .multi, .multiA: []
    case .wrap(_, let x): [x]
    case .join(_, let x, let y): [x, y]
    case .andOr(let x, let y, let z): [x, y, z]
    case .threshold(_, let parts): parts
    }
  }

  /// Returns the expression with every key replaced.
  func map<New, Failure: Error>(
    _ replace: (Key) throws(Failure) -> New
  ) throws(Failure) -> MiniscriptNode<New> {
    func each(_ keys: [Key]) throws(Failure) -> [New] {
      var replaced: [New] = []
      for key in keys { replaced.append(try replace(key)) }
      return replaced
    }
    switch self {
    case .constant(let value): return .constant(value)
    case .key(let key): return .key(try replace(key))
    case .keyHash(let key): return .keyHash(try replace(key))
    case .older(let value): return .older(value)
    case .after(let value): return .after(value)
    case .hash(let function, let digest): return .hash(function, digest)
    case .wrap(let wrapper, let x): return .wrap(wrapper, try x.map(replace))
    case .join(let joint, let x, let y): return .join(joint, try x.map(replace), try y.map(replace))
    case .andOr(let x, let y, let z):
      return .andOr(try x.map(replace), try y.map(replace), try z.map(replace))
    case .threshold(let k, let parts):
      var replaced: [MiniscriptNode<New>] = []
      for part in parts { replaced.append(try part.map(replace)) }
      return .threshold(k, replaced)
    case .multi(let k, let keys): return .multi(k, try each(keys))
    case .multiA(let k, let keys): return .multiA(k, try each(keys))
    }
  }
}
