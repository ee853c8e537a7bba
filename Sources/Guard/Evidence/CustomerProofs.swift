import Statements

/// Customers' signatures that were found valid: what waits is judged in every round, and one signature
/// takes longer than all the rest.
final class CustomerProofs {
  /// More are found valid again.
  private static let limit = 100_000

  /// What a signature is over, by the number that no two of an account share.
  private struct Name: Hashable {
    var account: UInt64
    var nonce: UInt64
  }

  private var proofs: [Name: CustomerWord] = [:]

  /// Whether `word` carries the signature of its key over its statement.
  func has(_ word: CustomerWord) -> Bool {
    let name =
      switch word.statement {
      case .address(let statement): Name(account: statement.account, nonce: statement.nonce)
      case .withdrawal(let statement): Name(account: statement.account, nonce: statement.nonce)
      }
    if proofs[name] == word { return true }
    guard word.isSigned else { return false }
    if proofs.count >= Self.limit { proofs = [:] }
    proofs[name] = word
    return true
  }
}
