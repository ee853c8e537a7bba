import Engine
import Statements
import Structures

/// Address-book entries whose customer's signature was found valid: what waits is judged in every
/// round, and one signature takes longer than all the rest.
final class DestinationProofs {
  /// More are found valid again.
  private static let limit = 100_000

  private struct Proof: Equatable {
    var entry: AddressEntry
    var statement: AddressStatement
  }

  private var proofs: [AddressEntryID: Proof] = [:]

  /// Whether `entry` carries the signature of its key over `statement`.
  func has(_ statement: AddressStatement, of entry: AddressEntry) -> Bool {
    let proof = Proof(entry: entry, statement: statement)
    if proofs[entry.id] == proof { return true }
    guard statement.verify(signature: entry.signature, key: entry.signingKey) else { return false }
    if proofs.count >= Self.limit { proofs = [:] }
    proofs[entry.id] = proof
    return true
  }
}
