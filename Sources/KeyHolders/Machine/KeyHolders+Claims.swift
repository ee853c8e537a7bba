import Statements

extension KeyHolders {
  mutating func take(
    _ signed: Signed<Claim>, _ events: inout [KeyHolderEvent]
  ) throws(KeyHolderRefusal) {
    let claim = signed.statement
    let claimant = try seatInService(of: claim.claimant)
    try checkSignature(of: signed, by: claim.claimant)
    guard seats[claimant].wallet == claim.wallet else {
      throw .mayNotClaim(person: claim.claimant)
    }
    try Self.check(claim.evidence, "evidence", 32)
    guard claim.number == claimCount + 1 else { throw .claimNumber(expected: claimCount + 1) }
    let index = try seatInService(of: claim.person)
    // Where the successor serves already there is nobody to take his place: a new roster is needed.
    guard seats[index].wallet == claim.wallet, !seats[index].isSuccessor else {
      throw .notInService(person: claim.person)
    }
    if let open = claims.first(where: { $0.person == claim.person }) {
      throw .claimOpen(open.number)
    }
    open(about: index, claim.reason, by: claim.claimant, &events)
    if claim.person == claim.claimant { seats[index].isSurrendered = true }
  }

  mutating func take(
    _ signed: Signed<Confirmation>, _ events: inout [KeyHolderEvent]
  ) throws(KeyHolderRefusal) {
    let word = signed.statement
    try checkSignature(of: signed, by: word.person)
    guard let index = claims.firstIndex(where: { $0.number == word.claim }) else {
      throw .noClaim(word.claim)
    }
    guard mayConfirm(word.person, claims[index]) else { throw .mayNotConfirm(person: word.person) }
    guard !claims[index].confirmers.contains(word.person) else {
      throw .repeated(person: word.person)
    }
    claims[index].confirmers.append(word.person)
    events.append(.claimConfirmed(word.claim, by: word.person))
  }

  mutating func open(
    about index: Int, _ reason: Claim.Reason, by claimant: String?,
    _ events: inout [KeyHolderEvent]
  ) {
    guard let times = roster?.keySet(seats[index].wallet)?.times else { return }
    claimCount += 1
    let person = seats[index].person
    var claim = ClaimState(
      number: claimCount, wallet: seats[index].wallet, person: person, reason: reason,
      claimant: claimant, openedAt: time, openedHeight: blocks.tip,
      challengeEnds: time + times.challenge,
      lapses: claimant == nil ? nil : time + times.challenge + times.confirmationWithin)
    if let claimant, claimant != person { claim.confirmers.append(claimant) }
    claims.append(claim)
    events.append(.claimOpened(claimCount, person: person, reason, claimant: claimant))
  }

  mutating func end(
    _ number: UInt64, _ outcome: ClaimOutcome, _ events: inout [KeyHolderEvent]
  ) {
    claims.removeAll { $0.number == number }
    events.append(.claimEnded(number, outcome))
  }

  /// Enough others say so: the holders asked for; or, where fewer of them are left, one of those and
  /// the trustees.
  public func isConfirmed(_ claim: ClaimState) -> Bool {
    guard let keySet = roster?.keySet(claim.wallet) else { return false }
    let words = claim.confirmers.filter { mayConfirm($0, claim) }
    let holders = words.count { isOtherHolder($0, claim) }
    if holders >= keySet.confirmations { return true }
    let left = seats.count { $0.condition.counts && isOtherHolder($0.person, claim) }
    return left < keySet.confirmations && holders >= 1 && keySet.trusteeThreshold > 0
      && words.count - holders >= keySet.trusteeThreshold
  }

  private func mayConfirm(_ person: String, _ claim: ClaimState) -> Bool {
    isOtherHolder(person, claim)
      || roster?.keySet(claim.wallet)?.trustees.contains { $0.person == person } == true
  }

  /// In service for another seat of the wallet, and not under a claim himself: two who accuse each
  /// other do not decide about each other.
  private func isOtherHolder(_ person: String, _ claim: ClaimState) -> Bool {
    person != claim.person
      && seats.contains { $0.person == person && $0.wallet == claim.wallet && !$0.isSurrendered }
      && !claims.contains { $0.person == person }
  }
}
