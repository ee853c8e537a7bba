/// Why a signer does not sign: a code for programs and a text for people, never a secret.
public struct SignerRefusal: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Code: UInt16, Sendable, CaseIterable {
    /// The message is damaged or not one of ours.
    case malformedRequest = 1
    /// The transaction has a form that we never make.
    case transactionForm = 2
    /// A previous transaction does not hash to the input's id, or lacks the output.
    case previousTransaction = 3
    /// An input's script is not the wallet's.
    case foreignInput = 4
    /// A release is not signed by the guard.
    case releaseSignature = 5
    /// A release is of another asset or chain, expired, or from the future.
    case releaseTerms = 6
    /// The customer did not sign for the destination.
    case customerSignature = 7
    /// The customer's key is not the one this signer knows for the account.
    case customerKeyChanged = 8
    /// An output is neither a released withdrawal nor our change, or a release is not paid once.
    case unexplainedOutput = 9
    /// A change output does not pay the wallet's own script.
    case foreignChange = 10
    /// The network fee is above a ceiling.
    case feeTooHigh = 11
    /// The transaction pays out more than one transaction may.
    case transactionLimit = 12
    /// The hour's or the day's budget does not allow it now.
    case budgetExceeded = 13
    /// A withdrawal has been signed before in a transaction that could confirm beside this one.
    case alreadyPaid = 14
    /// The signer is frozen.
    case frozen = 15
    /// The signer's log is older than the guard has seen it.
    case rolledBack = 16
    /// The signer could not do its work: disk, memory or key.
    case internalFault = 17
    /// The signer has promised never to sign this transaction.
    case withdrawn = 20
    /// The signer has signed what it is asked never to sign.
    case alreadySigned = 21
    /// The signer is not shown that a transaction is final.
    case notFinal = 22
    /// The signer's clock does not agree with the chain's headers, or they are too old.
    case clock = 23
    /// Headers that are not the chain's, or that a signer without a checkpoint cannot judge.
    case headers = 24
    /// It is written down, and too few of the other signers have seen that.
    case unvouched = 25
    /// The holder is asked at the signer's own terminal, and has not answered.
    case awaitsHolder = 26
    /// The holder has refused this transaction.
    case refusedByHolder = 27
    /// The token that has the key is not there, or does not answer.
    case keyAway = 28
    /// The guard's policy is not this signer's, or a policy document cannot be taken.
    case policy = 30
  }

  public var code: Code
  public var text: String

  /// Creates a refusal whose text is cut to ``MessageLimit/text`` bytes.
  public init(_ code: Code, _ text: String) {
    self.code = code
    var byteCount = 0
    self.text = String(
      text.prefix { character in
        byteCount += character.utf8.count
        return byteCount <= MessageLimit.text
      })
  }

  /// Whether the same request may succeed later without anyone changing anything.
  public var isTemporary: Bool {
    switch code {
    case .budgetExceeded, .frozen, .internalFault, .clock, .headers, .unvouched,
      .awaitsHolder, .keyAway, .policy:
      true
    case .malformedRequest, .transactionForm, .previousTransaction, .foreignInput,
      .releaseSignature, .releaseTerms, .customerSignature, .customerKeyChanged,
      .unexplainedOutput, .foreignChange, .feeTooHigh, .transactionLimit, .alreadyPaid,
      .rolledBack, .withdrawn, .alreadySigned, .notFinal, .refusedByHolder:
      false
    }
  }

  public var description: String { "\(code): \(text)" }
}
