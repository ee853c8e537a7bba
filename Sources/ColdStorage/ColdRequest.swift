public import Bitcoin
import Descriptors
public import PSBT

/// Makes the unsigned request that crosses the gap: coins of a cold wallet to registered wallets.
public enum ColdRequest {
  /// A coin of the cold wallet: the whole transaction and which of its outputs.
  public struct Coin: Hashable, Sendable {
    public let transaction: Transaction
    public let output: UInt32

    public init(transaction: Transaction, output: UInt32) {
      self.transaction = transaction
      self.output = output
    }
  }

  /// An amount to a place of a registered wallet.
  public struct Payment: Hashable, Sendable {
    public let place: PolicyPlace
    public let satoshis: Int64

    public init(place: PolicyPlace, satoshis: Int64) {
      self.place = place
      self.satoshis = satoshis
    }
  }

  /// Returns a PSBT of version 0, which every signer reads, with previous transactions, scripts and
  /// derivations filled in. Whatever the payments leave is the fee.
  ///
  /// - Parameter afterBlocks: How old every coin has to be, for the tier of the policy that opens then; 0
  ///   for those who sign at once.
  /// - Throws: ``ColdStorageError/refused(_:)`` when a review here would refuse it already.
  public static func psbt(
    spending coins: [Coin], of policy: RegisteredPolicy, to payments: [Payment],
    register: PolicyRegister, limits: Review.Limits = Review.Limits(), afterBlocks: UInt16 = 0
  ) throws(ColdStorageError) -> PSBT {
    func script(_ place: PolicyPlace) throws(ColdStorageError) -> DerivedScript {
      guard let owner = register.policies.first(where: { $0.name == place.policy }) else {
        throw .noColdPolicy(place.policy)
      }
      do {
        return try owner.descriptor.script(branch: place.branch, index: place.index)
      } catch {
        throw .descriptor(error)
      }
    }
    var places: [DerivedScript] = []
    for payment in payments { places.append(try script(payment.place)) }
    let transaction = Transaction(
      version: 2,
      inputs: coins.map { coin in
        TransactionInput(
          outpoint: Outpoint(transaction: coin.transaction.id, index: coin.output),
          sequence: afterBlocks == 0 ? 0xFFFF_FFFD : UInt32(afterBlocks))
      },
      outputs: zip(payments, places).map { payment, place in
        TransactionOutput(value: payment.satoshis, script: place.scriptPubKey)
      }, lockTime: 0)
    guard let unsigned = UnsignedTransaction(transaction) else {
      preconditionFailure("nothing of it is signed")
    }
    var psbt = PSBT(creating: unsigned)
    do throws(PSBTError) {
      for (index, coin) in coins.enumerated() {
        try psbt.setPreviousTransaction(coin.transaction, forInput: index)
        guard let output = try psbt.spentOutput(index) else { continue }
        try psbt.setSpentOutput(output, forInput: index)
      }
      for (index, place) in places.enumerated() { try psbt.update(output: index, from: place) }
    } catch {
      throw .psbt(error)
    }
    let review = Review(of: psbt, spending: policy, register: register, limits: limits)
    guard review.refusals.isEmpty else { throw .refused(review.refusals) }
    for (index, input) in review.inputs.enumerated() {
      guard let place = input.place else { continue }
      let derived = try script(place)
      do throws(PSBTError) { try psbt.update(input: index, from: derived) } catch {
        throw .psbt(error)
      }
    }
    return psbt
  }

  /// Puts the answers of several holders together and finishes the transaction.
  ///
  /// - Throws: ``ColdStorageError/psbt(_:)`` while signatures are missing.
  public static func finished(
    _ answers: [PSBT], of policy: RegisteredPolicy, register: PolicyRegister
  ) throws(ColdStorageError) -> Transaction {
    do throws(PSBTError) {
      guard var whole = try PSBT.combined(answers) else { throw PSBTError.differentTransactions }
      let review = Review(of: whole, spending: policy, register: register)
      for (index, input) in review.inputs.enumerated() {
        let place = input.place.flatMap {
          try? policy.descriptor.script(branch: $0.branch, index: $0.index)
        }
        try whole.finalize(input: index, from: place)
      }
      return try whole.extract().transaction
    } catch {
      throw .psbt(error)
    }
  }
}
