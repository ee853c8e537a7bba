extension PSBT {
  /// Returns one PSBT with all that several know of the same transaction. See BIP-174, "Combiner".
  ///
  /// - Throws: ``PSBTError/differentTransactions``.
  public static func combined(_ parts: [PSBT]) throws(PSBTError) -> PSBT? {
    guard var sum = parts.first else { return nil }
    for part in parts.dropFirst() {
      guard part.version == sum.version, part.unsigned == sum.unsigned else {
        throw .differentTransactions
      }
      sum.global.merge(part.global)
      for index in sum.inputs.indices { sum.inputs[index].merge(part.inputs[index]) }
      for index in sum.outputs.indices { sum.outputs[index].merge(part.outputs[index]) }
    }
    return sum
  }
}
