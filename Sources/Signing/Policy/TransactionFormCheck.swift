import Bitcoin
import SignerProtocol

/// The transaction has the one form that we make: version 2, no lock time, replaceable, nothing
/// signed yet, and lists that match the request's.
enum TransactionFormCheck {
  /// Signals replaceability and leaves relative lock times off. See BIP-125.
  static let sequence: UInt32 = 0xFFFF_FFFD

  static func transaction(of request: SigningRequest) throws(SignerRefusal) -> Transaction {
    let transaction: Transaction
    do { transaction = try Transaction(parsing: request.transaction) } catch {
      throw SignerRefusal(.transactionForm, "the transaction does not parse: \(error)")
    }
    do { try transaction.check() } catch {
      throw SignerRefusal(.transactionForm, "the transaction is not valid: \(error.rawValue)")
    }
    guard transaction.version == 2, transaction.lockTime == 0 else {
      throw SignerRefusal(.transactionForm, "only version 2 without a lock time is signed")
    }
    for (index, input) in transaction.inputs.enumerated() {
      guard input.sequence == sequence, input.scriptSig.bytes.isEmpty, input.witness.isEmpty else {
        throw SignerRefusal(
          .transactionForm, "input \(index) has another sequence, or is not unsigned")
      }
    }
    guard request.inputs.count == transaction.inputs.count,
      request.outputs.count == transaction.outputs.count
    else { throw SignerRefusal(.transactionForm, "one entry per input and output is needed") }
    return transaction
  }
}
