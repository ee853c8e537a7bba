import Logbook
import SignerProtocol

extension Signer {
  /// Takes what the other signers say of themselves and of this one, and answers with its own word.
  func take(_ news: WitnessNews) throws(SignerRefusal) -> Attestation {
    do {
      for attestation in news.attestations { try witnesses.take(attestation, logbook) }
    } catch {
      throw SignerRefusal(.internalFault, "what is known of the other signers cannot be written")
    }
    guard
      let word = witnesses.attestation(
        at: LogPosition(logbook.position), to: news.challenges, by: key.account)
    else { throw SignerRefusal(.frozen, "the key is gone") }
    return word
  }
}
