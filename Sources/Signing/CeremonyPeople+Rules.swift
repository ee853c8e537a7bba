extension CeremonyPeople {
  /// Checks that nobody can reach coins by himself, and that no accident or arrest reaches too many.
  ///
  /// - Every key has one person, and every person at most one key.
  /// - Nobody with a key is a custodian of a vault or knows the passphrase of a sheet.
  /// - There are two custodians at least, and none of them knows a passphrase.
  /// - Every key's sheet has a passphrase owner, and there are two different ones at least.
  /// - No two people with keys, and no two custodians, travel in one vehicle on one day.
  /// - The holders are never all in one region.
  ///
  /// - Parameter labels: The labels of the wallet's keys; those of holders begin with "holder-".
  /// - Throws: ``CeremonyPeopleError`` naming the people and the rule.
  public func check(labels: [String]) throws(CeremonyPeopleError) {
    var holders: [String: String] = [:]
    for seat in seats {
      guard labels.contains(seat.key) else { throw .unknownKey(seat.key) }
      guard holders.updateValue(seat.person, forKey: seat.key) == nil else {
        throw .assignedTwice(seat.key)
      }
    }
    for label in labels where holders[label] == nil { throw .unassignedKey(label) }
    let people = seats.map(\.person)
    if let twice = Self.repeated(people) { throw .severalKeys(twice) }
    try checkVaults(people: Set(people), labels: labels)
    try checkTrips()
  }

  private func checkVaults(
    people: Set<String>, labels: [String]
  ) throws(CeremonyPeopleError) {
    let keepers = custodians.map(\.person)
    if let twice = Self.repeated(keepers) { throw .assignedTwice(twice) }
    guard keepers.count >= 2 else { throw .tooFewCustodians(keepers.count) }
    for keeper in keepers where people.contains(keeper) { throw .holderIsCustodian(keeper) }
    for owner in passphraseOwners {
      guard labels.contains(owner.key) else { throw .unknownKey(owner.key) }
      if keepers.contains(owner.person) { throw .custodianKnowsPassphrase(owner.person) }
      if people.contains(owner.person) { throw .holderKnowsPassphrase(owner.person) }
    }
    for label in labels where !passphraseOwners.contains(where: { $0.key == label }) {
      throw .noPassphraseOwner(label)
    }
    guard Set(passphraseOwners.map(\.person)).count >= 2 else { throw .onePassphraseOwner }
  }

  private func checkTrips() throws(CeremonyPeopleError) {
    let people = seats.map(\.person)
    let keepers = custodians.map(\.person)
    let known = Set(people + keepers + passphraseOwners.map(\.person))
    for (index, trip) in trips.enumerated() {
      guard known.contains(trip.person) else { throw .unknownTraveller(trip.person) }
      for other in trips[..<index] where trip.overlaps(other) {
        guard other.person != trip.person else { throw .twoPlacesAtOnce(trip.person) }
        guard other.vehicle == trip.vehicle else { continue }
        for group in [people, keepers]
        where [other, trip].allSatisfy({ group.contains($0.person) }) {
          throw .travelTogether(other.person, trip.person, vehicle: trip.vehicle)
        }
      }
    }
    let holders = seats.filter { $0.key.hasPrefix("holder-") }
    guard holders.count > 1 else { return }
    // Where people are changes only on the first day of a trip and on the day after its last one.
    let days = [nil] + trips.flatMap { [$0.firstDay, $0.lastDay.next] as [CalendarDay?] }
    for day in days {
      let regions = Set(holders.map { seat in region(of: seat, on: day) })
      if regions.count == 1, let region = regions.first { throw .allInOneRegion(region, day: day) }
    }
  }

  /// Where somebody is on a day; at home with no day given.
  private func region(of seat: Seat, on day: CalendarDay?) -> String {
    guard let day else { return seat.region }
    return trips.first { $0.person == seat.person && ($0.firstDay...$0.lastDay).contains(day) }?
      .region ?? seat.region
  }

  private static func repeated(_ names: [String]) -> String? {
    names.enumerated().first { names[..<$0.offset].contains($0.element) }?.element
  }
}

extension CeremonyPeople.Trip {
  func overlaps(_ other: Self) -> Bool { firstDay <= other.lastDay && other.firstDay <= lastDay }
}

/// Why the people of a ceremony cannot be these.
public enum CeremonyPeopleError: Error, Equatable, Sendable {
  case tooLong(Int, limit: Int)
  case badLine(Int, reason: String)
  case unknownKey(String)
  case unassignedKey(String)
  case assignedTwice(String)
  case severalKeys(String)
  case holderIsCustodian(String)
  case tooFewCustodians(Int)
  case custodianKnowsPassphrase(String)
  case holderKnowsPassphrase(String)
  case noPassphraseOwner(String)
  case onePassphraseOwner
  case unknownTraveller(String)
  case twoPlacesAtOnce(String)
  case travelTogether(String, String, vehicle: String)
  case allInOneRegion(String, day: CalendarDay?)
}

extension CeremonyPeopleError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooLong(let count, let limit): "people: \(count) bytes are above the limit of \(limit)"
    case .badLine(let line, let reason): "people, line \(line): \(reason)"
    case .unknownKey(let key): "people: the ceremony makes no key \(key)"
    case .unassignedKey(let key): "people: nobody gets the key \(key)"
    case .assignedTwice(let name): "people: \(name) is named twice"
    case .severalKeys(let person): "people: \(person) would have two keys"
    case .holderIsCustodian(let person):
      "people: \(person) has a key, so he cannot keep a vault as well"
    case .tooFewCustodians(let count): "people: \(count) custodians; there must be two at least"
    case .custodianKnowsPassphrase(let person):
      "people: \(person) keeps a vault, so he cannot know a passphrase as well"
    case .holderKnowsPassphrase(let person):
      "people: \(person) has a key, so he cannot know a sheet's passphrase as well"
    case .noPassphraseOwner(let key): "people: nobody knows the passphrase of \(key)'s sheet"
    case .onePassphraseOwner: "people: one person would know every passphrase"
    case .unknownTraveller(let person): "people: \(person) travels, but has no part in this"
    case .twoPlacesAtOnce(let person): "people: \(person) has two trips at once"
    case .travelTogether(let one, let other, let vehicle):
      "people: \(one) and \(other) would travel together (\(vehicle))"
    case .allInOneRegion(let region, let day):
      "people: every holder would be in \(region)\(day.map { " on \($0)" } ?? " when at home")"
    }
  }
}
