import Statements

extension KeyHolders {
  /// Puts a roster in force.
  ///
  /// The first one is signed by everybody it names: each proves that he has his key. A later one is
  /// signed by as many holders in service as each wallet's threshold says, and by everybody whose key
  /// is new. Who stays in a seat keeps his chain of heartbeats.
  mutating func enact(
    _ roster: Roster, _ signatures: [RosterSignature], _ events: inout [KeyHolderEvent]
  ) throws(KeyHolderRefusal) {
    do throws(RosterProblem) { try roster.check() } catch { throw .roster(error) }
    let version = (self.roster?.version ?? 0) + 1
    guard roster.version == version else { throw .version(expected: version) }
    func hasSigned(_ name: String, _ key: [UInt8]) -> Bool {
      signatures.contains {
        $0.person == name && roster.verify(signature: $0.signature, key: key)
      }
    }
    for person in roster.people
    where self.roster?.person(person.name)?.beatKey != person.beatKey {
      guard hasSigned(person.name, person.beatKey) else {
        throw .signatureMissing(person: person.name)
      }
    }
    if let old = self.roster {
      for keySet in old.keySets {
        let signed = seats.count { seat in
          guard seat.wallet == keySet.wallet, !seat.isSurrendered,
            let key = old.person(seat.person)?.beatKey
          else { return false }
          return hasSigned(seat.person, key)
        }
        guard signed >= keySet.threshold else {
          throw .quorumMissing(keySet.wallet, signed: signed, needed: keySet.threshold)
        }
      }
    }
    replaceSeats(with: roster)
    for keySet in roster.keySets
    where self.roster?.keySet(keySet.wallet)?.policyID != keySet.policyID {
      policySince[keySet.wallet] = time
    }
    self.roster = roster
    events.append(.enacted(version: version))
    for claim in claims where !stays(claim) { end(claim.number, .superseded, &events) }
  }

  private mutating func replaceSeats(with roster: Roster) {
    let before = seats
    seats = roster.keySets.flatMap { keySet in
      keySet.seats.map { seat in
        var state = SeatState(seat, wallet: keySet.wallet, since: time)
        guard let old = before.first(where: { $0.person == seat.holder.person }),
          self.roster?.person(old.person)?.beatKey == roster.person(old.person)?.beatKey
        else { return state }
        state.since = old.since
        state.last = old.last
        state.vetoes = old.vetoes
        state.stays = old.stays
        state.lastDrill = old.lastDrill
        // A proof is for one descriptor.
        if self.roster?.keySet(old.wallet)?.policyID == keySet.policyID {
          state.checkedHeight = old.checkedHeight
          state.checkedAt = old.checkedAt
        }
        state.isSurrendered = old.isSurrendered
        return state
      }
    }
  }

  /// Whether the claim is still about somebody who holds a seat.
  private func stays(_ claim: ClaimState) -> Bool {
    seats.contains { $0.person == claim.person && $0.wallet == claim.wallet }
  }
}
