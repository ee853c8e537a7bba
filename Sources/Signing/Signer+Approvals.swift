import SignerProtocol

extension Signer {
  /// Looks whether the holder has answered. To be called every second or so: he waits for no request.
  public func askHolder() {
    // By a wrong clock a question would be over too early, or never.
    guard record.frozen == nil, !isClockDoubted,
      let (transaction, outcome) = approvals?.look(at: now)
    else { return }
    // Not written is not approved: the next request asks again.
    try? remember([.approval(transaction, outcome)])
  }

  /// Signs above the band only what the holder has agreed to.
  func checkApproval(_ proposal: SigningProposal) throws(SignerRefusal) {
    guard policy.approval?.concern(proposal) == true else { return }
    guard approvals != nil else {
      throw SignerRefusal(
        .awaitsHolder, "the policy has the holder asked, and no terminal is configured")
    }
    askHolder()
    switch record.approvals[proposal.id] {
    case .approved: return
    case .refused:
      throw SignerRefusal(.refusedByHolder, "the holder has refused this transaction")
    case .timedOut, nil:
      approvals?.ask(proposal, at: now)
      throw SignerRefusal(.awaitsHolder, "the holder is asked at the signer's own terminal")
    }
  }
}
