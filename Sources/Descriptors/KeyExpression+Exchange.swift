public import Bitcoin

// Keys as they stand alone in records that wallets exchange.

extension KeyExpression {
  /// Reads a key that stands alone: its origin, the key and a path, public only.
  public init(parsing text: String, network: Network) throws(DescriptorError) {
    try self.init(parsing: text[...], network: network, privateKeys: .refused)
  }

  /// Whether no path follows the key.
  public var isBare: Bool { steps.isEmpty && !isRanged }
}

extension WalletPolicy {
  /// The two steps before the wildcard when they are the same for every key. BIP-129 can restrict
  /// only those.
  package var uniformPath: [UInt32]? {
    guard let first = template.placeholders.first?.branches,
      template.placeholders.allSatisfy({ $0.branches == first })
    else { return nil }
    return first.map(\.index)
  }

  /// The descriptor with `/**` for every path. See BIP-129, "Descriptor Template".
  package var textWithOpenPaths: String {
    descriptor.expression.text { $0.textWithoutPath + "/**" }
  }
}
