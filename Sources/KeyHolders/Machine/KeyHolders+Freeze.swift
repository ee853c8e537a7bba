import Statements

extension KeyHolders {
  mutating func take(
    _ signed: Signed<Freeze>, _ events: inout [KeyHolderEvent]
  ) throws(KeyHolderRefusal) {
    let word = signed.statement
    try checkSignature(of: signed, by: word.person)
    guard word.number == freezeCount + 1 else { throw .freezeNumber(expected: freezeCount + 1) }
    if let freeze { throw .frozen(freeze.number) }
    freezeCount += 1
    freeze = FreezeState(number: freezeCount)
    events.append(.frozen(freezeCount))
  }

  mutating func take(
    _ signed: Signed<Thaw>, _ events: inout [KeyHolderEvent]
  ) throws(KeyHolderRefusal) {
    let word = signed.statement
    try checkSignature(of: signed, by: word.person)
    guard var freeze, freeze.number == word.freeze, let roster else { throw .notFrozen }
    guard let keySet = roster.keySet(.hot) ?? roster.keySets.first else { throw .noRoster }
    guard
      seats.contains(where: {
        $0.person == word.person && $0.wallet == keySet.wallet && !$0.isSurrendered
      })
    else { throw .mayNotThaw(person: word.person) }
    guard !freeze.votes.contains(word.person) else { throw .repeated(person: word.person) }
    freeze.votes.append(word.person)
    if freeze.votes.count >= keySet.threshold, freeze.endsAt == nil {
      let end = time + roster.thawMilliseconds
      freeze.endsAt = end
      events.append(.thawing(freeze.number, at: end))
    }
    self.freeze = freeze
  }
}
