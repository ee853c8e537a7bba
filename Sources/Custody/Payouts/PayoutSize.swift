public import Bitcoin
public import Descriptors

/// Virtual bytes of the parts of a payout, rounded up, for signatures of the usual greatest length.
public struct PayoutSize: Equatable, Sendable {
  /// Bytes of a DER signature with a low S and the sighash byte.
  static let signatureCount = 72

  /// The transaction with its payments, without inputs and change.
  public let base: Int64
  /// One more input.
  public let input: Int64
  /// The change output.
  public let changeOutput: Int64

  /// Measures transactions that pay `payments` from the wallet that `change` belongs to.
  ///
  /// - Parameter change: Any place of the wallet: all its scripts have the same form.
  public init(payments: [TransactionOutput], change: DerivedScript) {
    let empty = Self.transaction(inputs: 0, outputs: payments, of: change)
    let output = TransactionOutput(value: 0, script: change.scriptPubKey)
    changeOutput = Int64(
      Self.transaction(inputs: 0, outputs: payments + [output], of: change).virtualSize
        - empty.virtualSize)
    // Ten at once, so that the quarter bytes of one input are not lost; marker, flag and a count of
    // more than 252 inputs are in the base.
    let ten = Self.transaction(inputs: 10, outputs: payments, of: change)
    input = Int64((ten.virtualSize - empty.virtualSize + 9) / 10)
    base = Int64(empty.virtualSize + 3)
  }

  private static func transaction(
    inputs: Int, outputs: [TransactionOutput], of place: DerivedScript
  ) -> Transaction {
    let signature = [UInt8](repeating: 0, count: signatureCount)
    let witness =
      [[]] + Array(repeating: signature, count: place.neededSignatures)
      + [place.witnessScript?.bytes ?? []]
    return Transaction(
      inputs: Array(
        repeating: TransactionInput(outpoint: .null, witness: witness), count: inputs),
      outputs: outputs)
  }
}

extension DerivedScript {
  /// How many signatures a multisig script of this form asks for: its first opcode says.
  public var neededSignatures: Int {
    guard let first = witnessScript?.bytes.first, (0x51...0x60).contains(first) else { return 1 }
    return Int(first) - 0x50
  }
}
