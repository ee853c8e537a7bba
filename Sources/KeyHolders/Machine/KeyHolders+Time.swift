extension KeyHolders {
  /// Lets everything happen that time alone brings about, each at its own time and in its order.
  mutating func pass(to end: Int64, _ events: inout [KeyHolderEvent]) {
    while let next = nextDeadline, next <= end {
      time = next
      settle(&events)
    }
    time = end
    settle(&events)
  }

  /// The next instant at which something may change by itself.
  public var nextDeadline: Int64? {
    guard let roster else { return nil }
    var all: [Int64] = []
    for seat in seats {
      if let times = roster.keySet(seat.wallet)?.times { all += seat.deadlines(times) }
    }
    for claim in claims {
      all.append(claim.challengeEnds)
      if let lapses = claim.lapses { all.append(lapses) }
    }
    if let end = freeze?.endsAt { all.append(end) }
    return all.filter { $0 > time }.min()
  }

  /// Brings everything that follows from the state at this instant up to date.
  mutating func settle(_ events: inout [KeyHolderEvent]) {
    guard let roster else { return }
    if let freeze, let end = freeze.endsAt, time >= end {
      self.freeze = nil
      events.append(.thawed(freeze.number))
    }
    repeat {
      for index in seats.indices {
        guard let times = roster.keySet(seats[index].wallet)?.times else { continue }
        let condition = seats[index].condition(at: time, times)
        guard condition != seats[index].condition else { continue }
        seats[index].condition = condition
        events.append(.conditionChanged(person: seats[index].person, condition))
      }
      openForSilence(&events)
    } while endDueClaims(&events)
    for keySet in roster.keySets {
      let standing = standing(now: keySet)
      guard standing != standings[keySet.wallet] else { continue }
      standings[keySet.wallet] = standing
      events.append(.standingChanged(keySet.wallet, standing))
    }
  }

  /// The monitor's own claims: for whoever is unreachable, and sooner, for whoever is missing, where
  /// too few are left to sign.
  private mutating func openForSilence(_ events: inout [KeyHolderEvent]) {
    guard let roster else { return }
    for index in seats.indices where !seats[index].isSuccessor {
      let seat = seats[index]
      guard let keySet = roster.keySet(seat.wallet),
        !claims.contains(where: { $0.person == seat.person })
      else { continue }
      let isHalted = standing(now: keySet).margin < 0
      guard seat.condition == .unreachable || (seat.condition == .missing && isHalted) else {
        continue
      }
      open(about: index, .unreachable, by: nil, &events)
    }
  }

  /// Carries out the claims whose time has come; nothing while frozen. Returns whether one changed a
  /// seat.
  private mutating func endDueClaims(_ events: inout [KeyHolderEvent]) -> Bool {
    guard !isFrozen else { return false }
    for claim in claims where time >= claim.challengeEnds {
      if isConfirmed(claim), let index = seats.firstIndex(where: { $0.person == claim.person }) {
        var seat = SeatState(seats[index].seat, wallet: seats[index].wallet, since: time)
        seat.isSuccessor = true
        seats[index] = seat
        end(claim.number, .activated(successor: seat.person), &events)
        return true
      }
      if let lapses = claim.lapses, time >= lapses, claim.isVetoable {
        end(claim.number, .lapsed, &events)
        return true
      }
    }
    return false
  }

  private func standing(now keySet: KeySet) -> Standing {
    let seats = seats.filter { $0.wallet == keySet.wallet }
    let live = seats.filter(\.condition.counts)
    let regions = live.map { $0.region(at: time) }
    let isTogether = live.count > 1 && regions[0] != nil && Set(regions).count == 1
    return Standing(
      live: live.count, threshold: keySet.threshold, isFrozen: isFrozen,
      isReduced: live.count < seats.count || isTogether)
  }
}
