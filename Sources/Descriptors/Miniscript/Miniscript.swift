public import Bitcoin

/// A Miniscript expression in the place where it stands, with its type and its limits known.
///
/// Whatever parses has a valid type; whether it is also safe to send money to says ``problem``. See
/// BIP-379.
public struct Miniscript: Hashable, Sendable {
  public let node: MiniscriptNode<KeyExpression>
  public let context: MiniscriptContext
  /// The properties of the whole expression.
  public let type: MiniscriptType

  /// Reads an expression.
  ///
  /// - Parameters:
  ///   - network: Keys of another network are refused.
  ///   - privateKeys: What to do with a private key in the text.
  /// - Throws: ``DescriptorError``, among them ``DescriptorError/untyped(_:)`` when the parts do not
  ///   fit together.
  public init(
    parsing text: Substring, in context: MiniscriptContext, network: Network,
    privateKeys: Descriptor.PrivateKeys = .refused
  ) throws(DescriptorError) {
    let place = context == .tapscript ? "tr" : "wsh"
    let node = try MiniscriptParser<KeyExpression>.node(text, in: context) {
      text throws(DescriptorError) in
      let key = try KeyExpression(
        parsing: text, network: network, privateKeys: privateKeys,
        allowingMuSig: context == .tapscript)
      guard !key.isUncompressed else { throw .uncompressedKey(inside: place) }
      guard context == .tapscript || !key.isXOnly else { throw .xOnlyKey(inside: place) }
      return key
    }
    try self.init(node, in: context)
  }

  /// Places an expression.
  ///
  /// - Throws: ``DescriptorError/untyped(_:)`` or ``DescriptorError/scriptTooLong(_:limit:)``.
  init(
    _ node: MiniscriptNode<KeyExpression>, in context: MiniscriptContext
  ) throws(DescriptorError) {
    self.node = node
    self.context = context
    let measure = node.measure(in: context)
    type = measure.type
    guard !measure.type.isEmpty else { throw .untyped(Self.culprit(in: node, context)) }
    guard measure.scriptByteCount <= context.scriptByteLimit else {
      throw .scriptTooLong(measure.scriptByteCount, limit: context.scriptByteLimit)
    }
  }

  /// The innermost expression that has no type though its parts have one.
  private static func culprit(
    in node: MiniscriptNode<KeyExpression>, _ context: MiniscriptContext
  ) -> String {
    for child in node.children where child.measure(in: context).type.isEmpty {
      return culprit(in: child, context)
    }
    return node.text(\.text)
  }

  /// The shortest text of the expression.
  public var text: String { node.text(\.text) }

  /// Bytes of the script.
  public var scriptByteCount: Int { node.measure(in: context).scriptByteCount }

  /// Bytes of the largest witness, item lengths included, without the script and, for tapscript,
  /// the control block; `nil` when nothing satisfies the expression.
  public var witnessByteCount: Int? { node.measure(in: context).witnessByteCount.satisfied }

  /// Operations of the dearest satisfaction, as the limit of 201 counts them.
  public var operationCount: Int? {
    let measure = node.measure(in: context)
    return measure.multisigKeys.satisfied.map { $0 + measure.operationCount }
  }

  /// Items of the largest witness without the script.
  public var witnessItemCount: Int? {
    node.measure(in: context).stack.satisfied.map { $0.taken + leftover }
  }

  /// Items that both stacks hold at most while the script runs.
  public var stackItemCount: Int? {
    node.measure(in: context).stack.satisfied.map { $0.peak + leftover }
  }

  /// What a satisfied expression leaves on the stack.
  private var leftover: Int { type.has(.V) ? 0 : 1 }

  /// The first reason not to send money to this expression; `nil` when there is none.
  ///
  /// The same conditions as those under which Bitcoin Core calls an expression sane.
  public var problem: Problem? {
    if !type.has(.B) { return .notTopLevel }
    if node.measure(in: context).stack.satisfied == nil { return .unsatisfiable }
    if context == .p2wsh {
      if let count = operationCount, count > MiniscriptContext.operationLimit {
        return .tooManyOperations(count)
      }
      if let count = witnessItemCount, count > MiniscriptContext.witnessItemLimit {
        return .tooManyWitnessItems(count)
      }
    } else if let count = stackItemCount, count > MiniscriptContext.stackLimit {
      return .stackTooDeep(count)
    }
    if !type.has(.m) { return .malleable }
    if !type.has(.s) { return .needsNoSignature }
    if !type.has(.k) { return .mixesTimeLocks }
    if Set(node.keys).count < node.keys.count { return .repeatedKey }
    return nil
  }

  /// Why an expression with a valid type is still not safe. See BIP-379, "Sanity".
  public enum Problem: Hashable, Sendable {
    /// It does not leave a true or false value by itself.
    case notTopLevel
    case unsatisfiable
    /// Others could change every witness of some situation.
    case malleable
    /// Some situation needs no signature, so that anybody could spend.
    case needsNoSignature
    /// Some satisfaction needs a lock by height and one by time, which cannot both be met.
    case mixesTimeLocks
    case repeatedKey
    case tooManyOperations(Int)
    case tooManyWitnessItems(Int)
    case stackTooDeep(Int)
  }

  /// Returns the expression with the keys of one place of the wallet.
  public func derived(
    branch: Int, index: UInt32
  ) throws(DescriptorError) -> MiniscriptNode<DerivedKey> {
    try node.map { key throws(DescriptorError) in
      let key = try key.derived(branch: branch, index: index)
      return context == .tapscript ? key.xOnly : key
    }
  }

  /// Returns the script at one place of the wallet.
  public func script(branch: Int, index: UInt32) throws(DescriptorError) -> Script {
    try derived(branch: branch, index: index).script
  }

  /// Returns the expression with the choice of every multipath step made.
  func choosing(_ branch: Int) throws(DescriptorError) -> Miniscript {
    try Miniscript(
      try node.map { key throws(DescriptorError) in try key.choosing(branch) }, in: context)
  }
}

extension Miniscript.Problem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notTopLevel: "it is no expression of type B, which alone can be a whole script"
    case .unsatisfiable: "nothing satisfies it"
    case .malleable: "others can change its witnesses"
    case .needsNoSignature: "it can be satisfied without any signature"
    case .mixesTimeLocks: "a way to satisfy it needs a lock by height and a lock by time at once"
    case .repeatedKey: "the same key stands in it twice"
    case .tooManyOperations(let count):
      "it may take \(count) operations, above \(MiniscriptContext.operationLimit)"
    case .tooManyWitnessItems(let count):
      "its witness may have \(count) items, above \(MiniscriptContext.witnessItemLimit)"
    case .stackTooDeep(let count):
      "its stack may hold \(count) items, above \(MiniscriptContext.stackLimit)"
    }
  }
}

extension MiniscriptNode where Key == DerivedKey {
  /// Returns a witness that nobody else can change, without the script; the bottom of the stack
  /// first. `nil` when `assets` do not suffice.
  public func witness(from assets: some MiniscriptAssets) -> [[UInt8]]? {
    guard let best = ways(assets).satisfied, !best.isMalleable, best.hasSignature else {
      return nil
    }
    return best.items
  }
}

extension DerivedKey {
  /// The key as tapscript writes it.
  var xOnly: DerivedKey {
    DerivedKey(publicKey: Array(publicKey.suffix(32)), origin: origin, musig: musig)
  }
}
