public import Bitcoin

/// A wallet as a person can check it on a small screen: a template and a short list of keys. See
/// BIP-388.
///
/// Every policy has two branches, for receiving and for change.
public struct WalletPolicy: Hashable, Sendable {
  public let template: WalletPolicyTemplate
  /// The extended keys with their origins, in the order of their placeholders.
  public let keys: [String]
  /// The descriptor that the policy stands for. Its identifier is the policy's; see
  /// ``Descriptor/policyID``.
  public let descriptor: Descriptor

  /// Joins a template and its keys.
  public init(
    template text: String, keys: [String], network: Network
  ) throws(WalletPolicyError) {
    let template = try WalletPolicyTemplate(parsing: text)
    guard keys.count == template.keyCount else {
      throw .wrongKeyCount(expected: template.keyCount, actual: keys.count)
    }
    var publicKeys: [[UInt8]: Int] = [:]
    var texts: [String] = []
    for (index, text) in keys.enumerated() {
      let key: KeyExpression
      do {
        key = try KeyExpression(parsing: text[...], network: network, privateKeys: .refused)
      } catch {
        throw .badKey(index, "\(error)")
      }
      guard case .extended(let extended) = key.key, key.steps.isEmpty, !key.isRanged else {
        throw .badKey(index, "not an extended key without a path behind it")
      }
      if let other = publicKeys.updateValue(index, forKey: extended.publicKey) {
        throw .repeatedKey(other, index)
      }
      texts.append(key.text)
    }
    let descriptor: Descriptor
    do {
      descriptor = try Descriptor(parsing: template.descriptorText(texts), network: network)
    } catch {
      throw .descriptor(error)
    }
    guard descriptor.keys.count == template.placeholders.count else { throw .keyInTemplate }
    if let name = descriptor.expression.notInPolicies { throw .notAllowed(name) }
    self.template = template
    self.keys = texts
    self.descriptor = descriptor
  }

  /// Finds the policy of a descriptor.
  ///
  /// - Throws: ``WalletPolicyError`` when a key is not an extended key ranged over two branches, or
  ///   for any other rule that the descriptor breaks.
  public init(_ descriptor: Descriptor) throws(WalletPolicyError) {
    var keys: [String] = []
    func placeholder(_ key: KeyExpression) throws(WalletPolicyError) -> String {
      guard case .extended = key.key else {
        throw .badKey(keys.count, "not an extended key")
      }
      let text = key.textWithoutPath
      if let index = keys.firstIndex(of: text) { return "@\(index)" }
      keys.append(text)
      return "@\(keys.count - 1)"
    }
    var names: [String] = []
    for key in descriptor.keys {
      var name: String
      if case .musig(let participants) = key.key {
        var parts: [String] = []
        for participant in participants {
          guard participant.steps.isEmpty, !participant.isRanged else {
            throw .badPath(participant.pathText)
          }
          parts.append(try placeholder(participant))
        }
        name = "musig(\(parts.joined(separator: ",")))"
      } else {
        name = try placeholder(key)
      }
      let path = key.pathText
      name += path == "/<0;1>/*" ? "/**" : path
      names.append(name)
    }
    // The text asks for the keys in the order in which the descriptor lists them.
    var next = 0
    let template = descriptor.expression.text { _ in
      defer { next += 1 }
      return names[next]
    }
    try self.init(template: template, keys: keys, network: descriptor.network)
  }
}

extension Descriptor.Expression {
  /// The first function that BIP-388 does not have, if there is one.
  fileprivate var notInPolicies: String? {
    switch self {
    case .pkh, .wpkh, .tr: nil
    case .sh(.multi), .wsh(.multi), .wsh(.miniscript), .wsh(.pk): nil
    case .sh(let inner), .wsh(let inner): inner.notInPolicies
    case .pk: "pk()"
    case .multi: "multi() outside sh() and wsh()"
    case .miniscript: "Miniscript outside wsh() and tr()"
    case .rawtr: "rawtr()"
    case .combo: "combo()"
    case .addr: "addr()"
    case .raw: "raw()"
    }
  }
}
