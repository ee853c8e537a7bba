import Bitcoin
import Descriptors
import Money
import SignerProtocol
import Statements

/// A request in which the transaction parses and every input is a coin of the wallet; what the other
/// checks look at.
struct SigningProposal {
  /// A coin that an input spends, as its own transaction proves it.
  struct Coin {
    var output: TransactionOutput
    /// How it is spent, derived from the signer's own descriptor.
    var path: SpendingPath
  }

  let request: SigningRequest
  let transaction: Transaction
  let id: TransactionID
  /// One for each input, in order.
  let coins: [Coin]
  /// The signer's own clock, never earlier than its last record.
  let now: Timestamp

  /// Satoshi that go in.
  var inputTotal: Int64 { coins.reduce(0) { $0 + $1.output.value } }
  /// Satoshi that the miners get; negative when more goes out than in.
  var networkFee: Int64 { inputTotal - transaction.outputs.reduce(0) { $0 + $1.value } }
  /// Satoshi that leave the wallet with the payments.
  var paid: Int64 { request.payments.reduce(0) { $0 + $1.release.statement.amountUnits } }

  /// The last place that change goes to, as the request says.
  var changeIndex: UInt32? {
    request.outputs.compactMap { if case .change(let index) = $0 { index } else { nil } }.max()
  }

  /// Judges the form of the transaction and the origin of its inputs.
  init(_ request: SigningRequest, policy: SignerPolicy, now: Timestamp) throws(SignerRefusal) {
    self.request = request
    self.now = now
    transaction = try TransactionFormCheck.transaction(of: request)
    id = transaction.id
    coins = try InputCheck.coins(of: transaction, in: request, policy: policy)
  }
}
