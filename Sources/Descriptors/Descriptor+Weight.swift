import Bitcoin

extension Descriptor {
  /// Weight units that the dearest way to spend adds to an input without scriptSig and witness;
  /// `nil` when nobody can tell: for `addr` and `raw`, or when nothing satisfies the script.
  ///
  /// Counted are the bytes of scriptSig (four units each) and witness (one each) with all lengths
  /// inside them, also where their own lengths take more than the one byte that they have anyway.
  /// Signatures are counted at 72 bytes of ECDSA, the most with low S and the hash type, and at 65
  /// of BIP-340. Of `combo` the dearest script counts.
  public var satisfactionWeight: Int? {
    expression.alternatives.compactMap(\.satisfactionWeight).max()
  }
}

/// What an input carries when it is satisfied, in bytes.
private struct Satisfaction {
  /// The scriptSig without its own length.
  var scriptSig = 0
  /// Items of the witness with their lengths, without the number of items.
  var witness = 0
  var witnessItems = 0

  var weight: Int {
    4 * (scriptSig + compactSizeCount(scriptSig) - 1) + witness + compactSizeCount(witnessItems) - 1
  }
}

/// Bytes of a count in its shortest form.
private func compactSizeCount(_ count: Int) -> Int {
  switch count {
  case ..<0xFD: 1
  case ...0xFFFF: 3
  default: 5
  }
}

/// Bytes of a script that pushes `count` bytes.
private func pushCount(_ count: Int) -> Int {
  switch count {
  case ...75: 1 + count
  case ...0xFF: 2 + count
  default: 3 + count
  }
}

extension Descriptor.Expression {
  private static let signature = MiniscriptContext.p2wsh.signatureByteCount

  fileprivate var satisfactionWeight: Int? { satisfaction?.weight }

  private var satisfaction: Satisfaction? {
    switch self {
    case .pk, .pkh, .multi: items.map { Satisfaction(scriptSig: $0.bytes) }
    case .wpkh:
      Satisfaction(witness: 1 + Self.signature + 34, witnessItems: 2)
    case .sh(let inner):
      if case .wpkh = inner {
        inner.satisfaction.map { with($0, redeemScriptCount: 22) }
      } else if case .wsh = inner {
        inner.satisfaction.map { with($0, redeemScriptCount: 34) }
      } else {
        inner.items.map { Satisfaction(scriptSig: $0.bytes + pushCount(inner.scriptCount)) }
      }
    case .wsh(let inner):
      inner.items.map { items in
        let count = inner.scriptCount
        return Satisfaction(
          witness: items.bytes + compactSizeCount(count) + count, witnessItems: items.count + 1)
      }
    case .tr(_, let tree): dearest(tree)
    case .rawtr: Satisfaction(witness: 66, witnessItems: 1)
    case .miniscript, .combo, .addr, .raw: nil
    }
  }

  private func with(_ inner: Satisfaction, redeemScriptCount count: Int) -> Satisfaction {
    var inner = inner
    inner.scriptSig = pushCount(count)
    return inner
  }

  /// The dearer of the key alone and each leaf with its control block.
  private func dearest(_ tree: TapTree?) -> Satisfaction {
    var dearest = Satisfaction(witness: 66, witnessItems: 1)
    for (leaf, depth) in tree?.depths ?? [] {
      guard let bytes = leaf.miniscript?.witnessByteCount,
        let items = leaf.miniscript?.witnessItemCount, let script = leaf.miniscript?.scriptByteCount
      else { continue }
      let control = 33 + 32 * depth
      let whole = Satisfaction(
        witness: bytes + compactSizeCount(script) + script + compactSizeCount(control) + control,
        witnessItems: items + 2)
      if whole.weight > dearest.weight { dearest = whole }
    }
    return dearest
  }

  /// What satisfies the script itself, below it: bytes with lengths, and how many items.
  private var items: (bytes: Int, count: Int)? {
    switch self {
    case .pk: (1 + Self.signature, 1)
    case .pkh(let key): (1 + Self.signature + 1 + key.byteCount, 2)
    case .multi(let threshold, _, _): (1 + threshold * (1 + Self.signature), threshold + 1)
    case .miniscript(let miniscript):
      miniscript.witnessByteCount.flatMap { bytes in
        miniscript.witnessItemCount.map { (bytes, $0) }
      }
    case .wpkh, .sh, .wsh, .tr, .rawtr, .combo, .addr, .raw: nil
    }
  }

  /// Bytes of the script itself.
  private var scriptCount: Int {
    switch self {
    case .pk(let key): 1 + key.byteCount + 1
    case .pkh: 25
    case .multi(let threshold, let keys, _):
      keys.reduce(1) { $0 + 1 + $1.byteCount } + (threshold > 16 ? 2 : 1)
        + (keys.count > 16 ? 2 : 1)
    case .miniscript(let miniscript): miniscript.scriptByteCount
    case .wpkh, .sh, .wsh, .tr, .rawtr, .combo, .addr, .raw: 0
    }
  }
}

extension KeyExpression {
  /// Bytes of the key in a script before taproot.
  fileprivate var byteCount: Int { isUncompressed ? 65 : 33 }
}

extension TapTree {
  /// The leaves with their levels below the root.
  fileprivate var depths: [(leaf: TapLeafExpression, depth: Int)] {
    switch self {
    case .leaf(let leaf): [(leaf, 0)]
    case .branch(let left, let right):
      (left.depths + right.depths).map { ($0.leaf, $0.depth + 1) }
    }
  }
}

extension TapLeafExpression {
  /// The expression that costs what this one does: the order of keys costs nothing.
  fileprivate var miniscript: Miniscript? {
    switch self {
    case .miniscript(let miniscript): miniscript
    case .sortedMultiA(let threshold, let keys):
      try? Miniscript(.multiA(threshold, keys), in: .tapscript)
    }
  }
}
