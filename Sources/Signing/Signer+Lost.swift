import Bitcoin
import SignerProtocol

// What a signer learns of transactions that can never be.

extension Signer {
  /// Promises never to sign a transaction, unless it has done so. A frozen signer promises it too.
  func withdraw(_ bytes: [UInt8]) throws(SignerRefusal) {
    guard let id = TransactionID(bytes: bytes) else {
      throw SignerRefusal(.malformedRequest, "a transaction's id has 32 bytes")
    }
    guard !record.hasSigned(id) else {
      throw SignerRefusal(.alreadySigned, "\(id) has been signed")
    }
    if !record.hasWithdrawn(id) { try remember(.withdrawn(id)) }
    approvals?.close(id)
  }

  /// Takes in that a transaction is final, when that makes any difference to what it has signed.
  func settle(_ proof: FinalityProof) throws(SignerRefusal) {
    let transaction = try FinalityCheck.transaction(in: proof, policy.finality, record.chain)
    let inputs = transaction.inputs.map(\.outpoint)
    for input in inputs {
      if let other = record.finalSpender(of: input, besides: transaction.id) {
        throw SignerRefusal(.notFinal, "\(other), which spends the same coin, was final before")
      }
    }
    guard !record.knowsFinal(transaction),
      inputs.contains(where: { !record.transactions(spending: $0).isEmpty })
    else { return }
    try remember(.final(transaction.id, inputs: inputs))
  }
}
