import Statements

extension KeyHolders {
  /// Entries that the lost log may have had beyond what was published: so many numbers are left out, of
  /// entries, claims and freezes alike, so that nothing that people signed in the lost part counts again.
  static let numbersLeftOut: UInt64 = 100_000
  /// More entries than any log has.
  private static let entryLimit: UInt64 = 1 << 40

  /// Lets this log count in the place of one that is lost.
  ///
  /// Every wallet's threshold of holders must have signed, each with his spending key too. What the lost
  /// part said is not known, so nothing is concluded from it: whoever was silent in it was not silent,
  /// open claims end, and everything is frozen until the holders thaw it, as a freeze may have stood there.
  mutating func accept(
    _ words: [Signed<LogAcceptance>], _ events: inout [KeyHolderEvent]
  ) throws(KeyHolderRefusal) {
    guard let roster else { throw .noRoster }
    guard let agreed = words.first?.statement else { throw .noAcceptance }
    for (bytes, field) in [(agreed.keptHead, "kept head"), (agreed.lostHead, "lost head")] {
      try Self.check(bytes, field, 32)
    }
    guard agreed.keptCount == log.count, agreed.keptHead == log.head else {
      throw .otherLogAccepted(entries: log.count)
    }
    guard !log.had(agreed.lostHead, after: agreed.lostCount) else { throw .nothingLost }
    guard agreed.lostCount < Self.entryLimit else { throw .entriesOutOfRange(agreed.lostCount) }
    var people: [String] = []
    for word in words {
      try check(word, roster, agreed)
      guard !people.contains(word.statement.person) else {
        throw .repeated(person: word.statement.person)
      }
      people.append(word.statement.person)
    }
    for keySet in roster.keySets {
      let signed = seats.count { $0.wallet == keySet.wallet && people.contains($0.person) }
      guard signed >= keySet.threshold else {
        throw .acceptancesMissing(keySet.wallet, signed: signed, needed: keySet.threshold)
      }
    }
    begin(
      LogBreak(
        keptCount: agreed.keptCount, keptHead: agreed.keptHead, lostCount: agreed.lostCount,
        lostHead: agreed.lostHead,
        entry: max(agreed.keptCount, agreed.lostCount) + Self.numbersLeftOut, time: time,
        people: people, roster: roster), &events)
  }

  private func check(
    _ word: Signed<LogAcceptance>, _ roster: Roster, _ agreed: LogAcceptance
  ) throws(KeyHolderRefusal) {
    let statement = word.statement
    guard statement.agrees(with: agreed) else {
      throw .acceptancesDiffer(person: statement.person)
    }
    let seat = seats[try seatInService(of: statement.person)]
    try checkSignature(of: word, by: statement.person)
    guard let keySet = roster.keySet(seat.wallet), keySet.policyID == statement.policyID else {
      throw .otherPolicy
    }
    guard verifyKeyCheck(seat.key, keySet.descriptor, statement.text, statement.proof) else {
      throw .proofInvalid(person: statement.person)
    }
  }

  private mutating func begin(_ found: LogBreak, _ events: inout [KeyHolderEvent]) {
    breaks.append(found)
    events.append(.logAccepted(found))
    for claim in claims { end(claim.number, .superseded, &events) }
    claimCount = max(claimCount, found.entry)
    for index in seats.indices { seats[index].since = time }
    freezeCount = max(freezeCount, found.entry) + 1
    freeze = FreezeState(number: freezeCount)
    events.append(.frozen(freezeCount))
  }
}
