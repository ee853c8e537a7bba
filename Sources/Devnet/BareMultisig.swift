import Bitcoin

/// What a bare multisig script asks for.
struct BareMultisig {
  /// How many signatures it takes.
  let threshold: Int
  /// The public keys in their order.
  let keys: [[UInt8]]

  /// Reads `script`, or gives `nil` when it is no multisig of the standard form.
  init?(_ script: Script) {
    guard script.standardKind == "multisig", let steps = script.instructions,
      let first = steps.first
    else { return nil }
    threshold = Int(first.code) - 0x50
    keys = steps.dropFirst().dropLast(2).compactMap(\.data)
  }
}

extension Block {
  /// Size in bytes without witnesses.
  var strippedByteCount: Int { (weight - bytes.count) / 3 }
}
