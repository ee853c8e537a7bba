import Bitcoin
import SignerProtocol

// What a signer learns of transactions that can never be.

extension Signer {
  /// Promises never to sign a transaction, unless it has done so. A frozen signer promises it too.
  ///
  /// - Returns: The promise for the others to see; `nil` when it is frozen, or has signed the transaction and let
  ///   go of it.
  /// - Throws: Also when the promise is written down and the key that signs it for the others is not at hand,
  ///   or too few of them know of its entry.
  func withdraw(_ bytes: [UInt8]) throws(SignerRefusal) -> NeverSigned? {
    let id = try Self.id(bytes)
    guard !record.hasLetGo(of: id) else { return nil }
    guard !record.hasSigned(id) else {
      throw SignerRefusal(.alreadySigned, "\(id) has been signed")
    }
    if !record.hasWithdrawn(id) { try remember(.withdrawn(id)) }
    approvals?.close(id)
    guard record.frozen == nil else { return nil }
    // Others let go of what they have signed on this word: like a signature, it is given when they know
    // of its entry.
    try witnesses.check(upTo: lastWithdrawn)
    do { return try witnesses.promise(neverToSign: id, by: key) } catch {
      throw SignerRefusal(error)
    }
  }

  /// Lets go of a transaction that it has signed, once so many others have promised never to sign it that
  /// it can never have the signatures that it needs.
  func letGo(of bytes: [UInt8], _ promises: [NeverSigned]) throws(SignerRefusal) {
    let id = try Self.id(bytes)
    guard record.hasSigned(id), !record.hasLetGo(of: id) else { return }
    let others = Set(
      promises.filter { $0.transaction == bytes && witnesses.isGenuine($0) }.map(\.fingerprint))
    let needed = witnesses.signers - witnesses.threshold + 1
    guard others.count >= needed else {
      throw SignerRefusal(
        .alreadySigned,
        "\(id) has been signed; \(others.count) others have promised never to, \(needed) have to")
    }
    try remember(.letGo(id))
  }

  private static func id(_ bytes: [UInt8]) throws(SignerRefusal) -> TransactionID {
    guard let id = TransactionID(bytes: bytes) else {
      throw SignerRefusal(.malformedRequest, "a transaction's id has 32 bytes")
    }
    return id
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
