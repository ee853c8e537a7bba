import Bitcoin
public import Descriptors

/// The people of a policy as its scripts tell them: who signs at once, who stands in for whom, and who
/// comes in at last.
public struct PolicyPeople: Hashable, Sendable {
  /// A slot of the policy: a holder, and the backup key that counts in his place, if there is one.
  public struct Slot: Hashable, Sendable {
    public let holder: KeyOrigin
    public let successor: KeyOrigin?
  }

  /// Why a policy has no such people.
  public enum Fault: Error, Equatable, Sendable {
    case noQuorum(DescriptorError)
    /// A key without an origin belongs to nobody who could be missing.
    case noOrigin(String)
  }

  public let slots: [Slot]
  /// The recovery council of a hot wallet, the trustees of a cold one.
  public let recovery: [KeyOrigin]

  public init(_ descriptor: Descriptor) throws(Fault) {
    let quorum: Quorum<KeyExpression>
    let nodes: [MiniscriptNode<DerivedKey>]
    do throws(DescriptorError) {
      quorum = try descriptor.quorum
      nodes = try descriptor.script().spendingNodes
    } catch {
      throw .noQuorum(error)
    }
    var holders: [KeyOrigin] = []
    for key in quorum.keys {
      guard let origin = key.origin else { throw .noOrigin(key.text) }
      holders.append(origin)
    }
    let pairs = nodes.flatMap(\.eitherKeys).map { ($0.origin.account, $1.origin.account) }
    slots = holders.map { holder in
      let pair = pairs.first { $0.0 == holder || $0.1 == holder }
      return Slot(holder: holder, successor: pair.map { $0.0 == holder ? $0.1 : $0.0 })
    }
    var seen = Set(slots.flatMap { [$0.holder, $0.successor].compactMap { $0 } })
    recovery = nodes.flatMap(\.keys).map(\.origin.account).filter { seen.insert($0).inserted }
  }

  /// The name of a slot's people or of one of the last: H1, B1, R1.
  public func name(of origin: KeyOrigin) -> String? {
    if let index = slots.firstIndex(where: { $0.holder == origin }) { return "H\(index + 1)" }
    if let index = slots.firstIndex(where: { $0.successor == origin }) { return "B\(index + 1)" }
    return recovery.firstIndex(of: origin).map { "R\($0 + 1)" }
  }

  /// Everybody: the holders, their successors, the others.
  public var all: [KeyOrigin] { slots.map(\.holder) + slots.compactMap(\.successor) + recovery }
}

extension KeyOrigin {
  /// Where the account stands from which the key was derived by two unhardened steps.
  var account: KeyOrigin {
    var steps = path.steps
    while let last = steps.last, !last.isHardened { steps.removeLast() }
    return KeyOrigin(fingerprint: fingerprint, path: DerivationPath(steps))
  }
}

extension DerivedScript {
  /// Every script that can be satisfied: of P2WSH one, of taproot one for each leaf.
  var spendingNodes: [MiniscriptNode<DerivedKey>] {
    if let miniscript { return [miniscript] }
    return taproot?.leaves.map(\.miniscript) ?? []
  }
}

extension MiniscriptNode {
  /// The expressions directly inside.
  private var parts: [MiniscriptNode] {
    switch self {
    case .constant, .key, .keyHash, .older, .after, .hash, .multi, .multiA: []
    case .wrap(_, let x): [x]
    case .join(_, let x, let y): [x, y]
    case .andOr(let x, let y, let z): [x, y, z]
    case .threshold(_, let parts): parts
    }
  }

  /// Pairs of keys of which either counts.
  var eitherKeys: [(Key, Key)] {
    if case .join(.orB, let x, let y) = self, x.keys.count == 1, y.keys.count == 1 {
      return [(x.keys[0], y.keys[0])]
    }
    return parts.flatMap(\.eitherKeys)
  }

  /// Every relative lock, as it stands in the script.
  var relativeLocks: [UInt32] {
    if case .older(let lock) = self { return [lock] }
    return parts.flatMap(\.relativeLocks)
  }
}
