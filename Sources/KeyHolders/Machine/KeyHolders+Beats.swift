import Statements

extension KeyHolders {
  mutating func take(
    _ signed: Signed<Heartbeat>, _ events: inout [KeyHolderEvent]
  ) throws(KeyHolderRefusal) {
    let beat = signed.statement
    let index = try seatInService(of: beat.person)
    try checkSignature(of: signed, by: beat.person)
    let seat = seats[index]
    for (bytes, field) in [
      (beat.previous, "previous"), (beat.logHead, "log head"), (beat.mark, "mark"),
    ] { try Self.check(bytes, field, 32) }
    let next = nextBeat(of: beat.person)
    guard beat.sequence == next?.sequence else { throw .sequence(expected: next?.sequence ?? 1) }
    guard beat.previous == next?.previous else { throw .otherPast }
    try checkBlock(beat.blockHeight, beat.blockHash, of: beat.policyID, in: seat)
    if let last = seat.last?.blockHeight, beat.blockHeight < last {
      throw .blockBackwards(last: last)
    }
    guard log.had(beat.logHead, after: beat.logCount) else { throw .logUnknown }
    guard
      beat.itinerary.allSatisfy({ (1...16).contains($0.region.utf8.count) && $0.from < $0.until })
    else { throw .itinerary }

    seats[index].last = .init(
      sequence: beat.sequence, id: beat.id, time: time, blockHeight: beat.blockHeight)
    seats[index].stays = beat.itinerary
    // A drill of tomorrow has not taken place.
    if beat.lastDrill > 0 {
      seats[index].lastDrill = max(seats[index].lastDrill ?? 0, min(beat.lastDrill, time))
    }
    events.append(.beat(person: beat.person, sequence: beat.sequence))
    let (difference, overflow) = beat.deviceTime.subtractingReportingOverflow(time)
    if overflow || difference.magnitude > UInt64(Self.clockTolerance) {
      events.append(
        .clockOff(person: beat.person, milliseconds: overflow ? .max : difference))
    }
    reportMeetings(of: index, &events)
    for claim in claims.indices
    where claims[claim].person == beat.person && beat.blockHeight > claims[claim].openedHeight {
      claims[claim].hasFreshBeat = true
    }
    endVetoedClaims(about: index, &events)
  }

  mutating func take(
    _ signed: Signed<KeyCheck>, _ events: inout [KeyHolderEvent]
  ) throws(KeyHolderRefusal) {
    let check = signed.statement
    let index = try seatInService(of: check.person)
    try checkSignature(of: signed, by: check.person)
    try checkBlock(check.blockHeight, check.blockHash, of: check.policyID, in: seats[index])
    // One proof counts once.
    if let last = seats[index].checkedHeight, check.blockHeight <= last {
      throw .keyCheckRepeated(last: last)
    }
    guard let descriptor = roster?.keySet(seats[index].wallet)?.descriptor,
      verifyKeyCheck(seats[index].key, descriptor, check.text, check.proof)
    else { throw .proofInvalid(person: check.person) }
    seats[index].checkedAt = blocks.timeOfSuccessor(of: check.blockHeight) ?? time
    seats[index].checkedHeight = check.blockHeight
    events.append(.checked(person: check.person))
    endVetoedClaims(about: index, &events)
  }

  /// The block proves that it was signed after it; the chain that it was not signed long ago.
  private func checkBlock(
    _ height: Int32, _ hash: [UInt8], of policyID: [UInt8], in seat: SeatState
  ) throws(KeyHolderRefusal) {
    guard let keySet = roster?.keySet(seat.wallet), keySet.policyID == policyID else {
      throw .otherPolicy
    }
    guard blocks[height] == hash else { throw .blockUnknown(height: height) }
    let oldest = blocks.tip - keySet.times.blockAge
    guard height >= oldest else { throw .blockTooOld(height: height, oldest: oldest) }
  }

  /// A fresh sign of life ends the claims about the seat, twice in ninety days; after that only together
  /// with a proof of the spending key, so that nobody who has a device vetoes for ever.
  private mutating func endVetoedClaims(about index: Int, _ events: inout [KeyHolderEvent]) {
    seats[index].vetoes.removeAll { time - $0 >= Self.vetoWindow }
    for claim in claims
    where claim.person == seats[index].person && claim.hasFreshBeat && claim.isVetoable {
      let isChecked = (seats[index].checkedHeight ?? .min) > claim.openedHeight
      guard isChecked || seats[index].vetoes.count < Self.vetoLimit else {
        events.append(.vetoNeedsKeyCheck(claim.number))
        continue
      }
      if !isChecked { seats[index].vetoes.append(time) }
      end(claim.number, .vetoed, &events)
    }
  }

  private func reportMeetings(of index: Int, _ events: inout [KeyHolderEvent]) {
    let seat = seats[index]
    for other in seats where other.wallet == seat.wallet && other.person != seat.person {
      for stay in seat.stays {
        let meets = other.stays.contains {
          $0.region == stay.region && $0.from < stay.until && stay.from < $0.until
        }
        guard meets else { continue }
        events.append(
          .itinerariesMeet(person: seat.person, other: other.person, region: stay.region))
        break
      }
    }
  }
}
