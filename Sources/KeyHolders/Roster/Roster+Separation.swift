extension Roster {
  /// Checks that the numbers make sense and that the roles are apart: that nobody's absence, and no
  /// single entity, counts twice.
  ///
  /// A person sits once, in one wallet, as holder or as successor, never as both; councillors,
  /// trustees, custodians and the owners of passphrases hold no seat; custodians, two at least, own
  /// no passphrase; each trustee is of an entity of his own, and no holder's.
  public func check() throws(RosterProblem) {
    try checkPeople()
    guard !keySets.isEmpty else {
      throw .number(field: "key sets", value: 0, lowest: 1, highest: 2)
    }
    try Self.once(keySets.map { "\($0.wallet)" }, "wallet")
    try Self.once(keySets.map(\.descriptor), "descriptor")
    for keySet in keySets { try check(keySet) }
    try Self.once(keySets.flatMap { $0.owners.map(\.key) }.filter { !$0.isEmpty }, "key")
    try checkRoles()
  }

  private func checkPeople() throws(RosterProblem) {
    for person in people {
      try Self.text(person.name, "person's name", RosterLimit.name)
      try Self.text(person.entity, "entity of \(person.name)", RosterLimit.entity)
      guard person.beatKey.count == 32 else {
        throw .keyLength(field: "beat key of \(person.name)", bytes: person.beatKey.count)
      }
    }
    try Self.once(people.map(\.name) + [Freeze.monitor], "person's name")
    try Self.once((people.map(\.beatKey) + [monitorKey]).map { "\($0)" }, "beat key")
    guard monitorKey.count == 32 else {
      throw .keyLength(field: "monitor's key", bytes: monitorKey.count)
    }
    try Self.number(thawMilliseconds, "thaw delay", 0...RosterLimit.milliseconds)
  }

  private func check(_ keySet: KeySet) throws(RosterProblem) {
    let wallet = "\(keySet.wallet) wallet's"
    try Self.text(keySet.descriptor, "\(wallet) descriptor", RosterLimit.descriptor)
    try Self.count(keySet.seats.count, "\(wallet) seats", 1...RosterLimit.seats)
    try Self.count(keySet.threshold, "\(wallet) threshold", 1...keySet.seats.count)
    // With fewer, one person would take another's seat by himself.
    try Self.count(
      keySet.confirmations, "\(wallet) confirmations", 2...max(2, keySet.seats.count - 1))
    for (threshold, members, name) in [
      (keySet.councilThreshold, keySet.council, "council"),
      (keySet.trusteeThreshold, keySet.trustees, "trustee"),
    ] {
      try Self.count(
        threshold, "\(wallet) \(name) threshold",
        members.isEmpty ? 0...0 : 1...min(members.count, RosterLimit.seats))
    }
    for owner in keySet.owners {
      guard person(owner.person) != nil else {
        throw .unknownPerson(field: "\(wallet) owner", name: owner.person)
      }
      if owner.key.isEmpty, keySet.trustees.contains(owner) { continue }
      try Self.text(owner.key, "key of \(owner.person)", RosterLimit.key)
      guard keySet.descriptor.utf8.contains(owner.key.utf8) else {
        throw .keyNotInDescriptor(person: owner.person)
      }
    }
    let times = keySet.times
    for (value, field) in zip(
      times.durations,
      ["interval", "late", "missing", "unreachable", "challenge", "confirmation time"])
    {
      try Self.number(value, "\(wallet) \(field)", 1...RosterLimit.milliseconds)
    }
    let rising = [times.interval, times.lateAfter, times.missingAfter, times.unreachableAfter]
    for (earlier, later) in zip(rising, rising.dropFirst()) where later <= earlier {
      throw .number(
        field: "\(wallet) times, each above the one before", value: later, lowest: earlier + 1,
        highest: RosterLimit.milliseconds)
    }
    try Self.number(Int64(times.blockAge), "\(wallet) block age", 1...1008)
  }

  private func checkRoles() throws(RosterProblem) {
    let seats = keySets.flatMap(\.seats)
    let holders = seats.map(\.holder.person)
    let successors = seats.map(\.successor.person)
    try Self.once(holders, "holder")
    try Self.once(successors, "successor")
    try Self.apart(holders, "a holder", successors, "a successor")
    let seated = holders + successors
    let councillors = keySets.flatMap { $0.council.map(\.person) }
    let trustees = keySets.flatMap { $0.trustees.map(\.person) }
    for keySet in keySets {
      try Self.once(keySet.council.map(\.person), "councillor")
      try Self.once(keySet.trustees.map(\.person), "trustee")
    }
    try Self.apart(seated, "a holder or successor", councillors, "a councillor")
    try Self.apart(seated + councillors, "a holder, successor or councillor", trustees, "a trustee")
    for (names, role) in [(custodians, "custodian"), (passphraseOwners, "owner of a passphrase")] {
      for name in names where person(name) == nil { throw .unknownPerson(field: role, name: name) }
      try Self.once(names, role)
    }
    if keySet(.cold) != nil {
      try Self.count(custodians.count, "custodians of the vault", 2...RosterLimit.people)
    }
    try Self.apart(seated, "a holder or successor", custodians, "a custodian of the vault")
    try Self.apart(seated, "a holder or successor", passphraseOwners, "an owner of a passphrase")
    try Self.apart(custodians, "a custodian", passphraseOwners, "an owner of a passphrase")
    try checkEntities(trustees: trustees, holders: seated)
  }

  private func checkEntities(trustees: [String], holders: [String]) throws(RosterProblem) {
    var taken: [String: String] = [:]
    for name in holders {
      if let entity = person(name)?.entity { taken[entity] = name }
    }
    var counted: Set<String> = []
    for name in trustees where counted.insert(name).inserted {
      guard let entity = person(name)?.entity else { continue }
      if let other = taken.updateValue(name, forKey: entity) {
        throw .entitiesMeet(trustee: name, other: other, entity: entity)
      }
    }
  }

  private static func text(_ text: String, _ field: String, _ limit: Int) throws(RosterProblem) {
    guard (1...limit).contains(text.utf8.count) else {
      throw .text(field: field, bytes: text.utf8.count, limit: limit)
    }
  }

  private static func number(
    _ value: Int64, _ field: String, _ range: ClosedRange<Int64>
  ) throws(RosterProblem) {
    guard range.contains(value) else {
      throw .number(
        field: field, value: value, lowest: range.lowerBound, highest: range.upperBound)
    }
  }

  private static func count(
    _ value: Int, _ field: String, _ range: ClosedRange<Int>
  ) throws(RosterProblem) {
    try number(Int64(value), field, Int64(range.lowerBound)...Int64(range.upperBound))
  }

  private static func once(_ values: [String], _ field: String) throws(RosterProblem) {
    var seen: Set<String> = []
    for value in values where !seen.insert(value).inserted {
      throw .repeated(field: field, value: value)
    }
  }

  private static func apart(
    _ some: [String], _ one: String, _ others: [String], _ other: String
  ) throws(RosterProblem) {
    let some = Set(some)
    for name in others where some.contains(name) {
      throw .rolesMeet(person: name, one: one, other: other)
    }
  }
}
