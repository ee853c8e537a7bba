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
    guard record.frozen == nil else { throw SignerRefusal(.frozen, "the key is gone") }
    do {
      return try witnesses.attestation(
        at: LogPosition(logbook.position), to: news.challenges, by: key)
    } catch {
      throw SignerRefusal(error)
    }
  }
}

extension SignerRefusal {
  /// Says to the guard why the key does not sign.
  init(_ fault: SigningKeyFault) {
    switch fault {
    case .notNamed: self.init(.foreignInput, "the wallet does not name this key there")
    case .gone: self.init(.keyAway, "the key was forgotten; the signer must be started again")
    case .away(let reason): self.init(.keyAway, reason)
    case .failed: self.init(.internalFault, "the key does not sign")
    }
  }
}
