import Signing

/// The lines that say who has which key and who travels when.
enum CeremonyPeopleTarget: FuzzTarget {
  private static let labels = ["holder-1", "holder-2", "guard"]

  static let seeds: [[UInt8]] = [
    """
    # who has what
    key holder-1 alice zurich
    key holder-2 bob tokyo
    key guard erin oslo
    custodian dave bank-of-zurich
    custodian frank bank-of-oslo
    passphrase holder-1 grace
    passphrase holder-2 heidi
    passphrase guard grace
    trip alice 2026-11-23 2026-11-27 tokyo flight-lx160
    """,
    "trip carol 2028-02-29 2028-02-29 lima bus", "key holder-1 alice zurich\nkey holder-1 bob oslo",
  ].map { Array($0.utf8) }

  static func check(_ input: [UInt8]) {
    let people = accepted { () throws(CeremonyPeopleError) in
      try CeremonyPeople(parsing: input.text)
    }
    guard let people else { return }
    let again = sure("what was read is read again") { () throws(CeremonyPeopleError) in
      try CeremonyPeople(parsing: people.text)
    }
    require(again == people, "the same lines say the same")
    guard accepted({ () throws(CeremonyPeopleError) in try people.check(labels: labels) }) != nil
    else { return }
    require(
      Set(people.seats.map(\.person)).isDisjoint(with: people.custodians.map(\.person)),
      "nobody with a key guards a vault")
    require(Set(people.custodians.map(\.person)).count >= 2, "two people guard the vaults")
    require(people.seats.count == labels.count, "each key has one person")
  }
}
