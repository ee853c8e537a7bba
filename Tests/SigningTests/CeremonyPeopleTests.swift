import Signing
import Testing

@Suite struct CeremonyPeopleTests {
  private static let labels = ["holder-1", "holder-2", "holder-3"]

  private static let good = """
    # the cold wallet
    key holder-1 alice zurich
    key holder-2 bob   singapore
    key holder-3 carol zurich
    custodian dave bank-1
    custodian erin bank-2
    passphrase holder-1 frank
    passphrase holder-2 grace
    passphrase holder-3 frank
    trip bob   2026-11-23 2026-11-27 tokyo LX160
    trip alice 2026-11-28 2026-12-01 tokyo LX160
    """

  @Test func `people in roles that are apart are accepted and recorded`() throws {
    let people = try CeremonyPeople(parsing: Self.good)
    try people.check(labels: Self.labels)
    #expect(people.seats.map(\.person) == ["alice", "bob", "carol"])
    #expect(people.custodians.count == 2 && people.trips[1].lastDay.description == "2026-12-01")
  }

  @Test(arguments: [
    ("key holder-3 carol", "key holder-3 bob", CeremonyPeopleError.severalKeys("bob")),
    ("key holder-3 carol zurich\n", "", .unassignedKey("holder-3")),
    ("key holder-3 carol", "key holder-9 carol", .unknownKey("holder-9")),
    ("key holder-3 carol", "key holder-2 carol", .assignedTwice("holder-2")),
    ("custodian erin bank-2\n", "", .tooFewCustodians(1)),
    ("custodian erin", "custodian dave", .assignedTwice("dave")),
    ("custodian erin", "custodian alice", .holderIsCustodian("alice")),
    ("passphrase holder-2 grace", "passphrase holder-2 dave", .custodianKnowsPassphrase("dave")),
    ("passphrase holder-2 grace", "passphrase holder-2 carol", .holderKnowsPassphrase("carol")),
    ("passphrase holder-2 grace", "passphrase holder-2 frank", .onePassphraseOwner),
    ("passphrase holder-3 frank\n", "", .noPassphraseOwner("holder-3")),
    (
      "trip alice 2026-11-28", "trip alice 2026-11-27",
      .travelTogether("bob", "alice", vehicle: "LX160")
    ),
    ("trip alice 2026-11-28", "trip bob 2026-11-27", .twoPlacesAtOnce("bob")),
    ("trip alice", "trip mallory", .unknownTraveller("mallory")),
    ("holder-2 bob   singapore", "holder-2 bob zurich", .allInOneRegion("zurich", day: nil)),
  ])
  func `what joins roles or people is refused by its name`(
    old: String, new: String, error: CeremonyPeopleError
  ) throws {
    let people = try CeremonyPeople(parsing: Self.good.replacing(old, with: new))
    #expect(throws: error) { try people.check(labels: Self.labels) }
  }

  @Test func `holders who meet on one day of their trips are found`() throws {
    let meeting = Self.good.replacing("tokyo LX160", with: "zurich SR1")
    let day = try #require(CalendarDay(parsing: "2026-11-23"))
    #expect(throws: CeremonyPeopleError.allInOneRegion("zurich", day: day)) {
      try CeremonyPeople(parsing: meeting).check(labels: Self.labels)
    }
  }

  @Test(arguments: [
    ("hello", "\"hello\" is none of key, custodian, passphrase and trip"),
    ("key holder-1 alice", "3 words; a key line has 4"),
    ("trip bob 2026-02-29 2026-03-01 tokyo car", "\"2026-02-29\" is no day such as 2026-11-23"),
    ("trip bob 2026-03-02 2026-03-01 tokyo car", "the trip ends before it begins"),
    ("key holder-1 al/ce zurich", "\"al/ce\" has other characters"),
  ])
  func `a line that is none is refused by its number`(line: String, reason: String) {
    #expect(throws: CeremonyPeopleError.badLine(2, reason: reason)) {
      try CeremonyPeople(parsing: "\n\(line)\n")
    }
  }

  @Test(arguments: [
    ("2024-02-28", "2024-02-29"), ("2100-02-28", "2100-03-01"), ("2026-12-31", "2027-01-01"),
    ("2026-04-30", "2026-05-01"),
  ])
  func `a day is followed by the next`(day: String, next: String) throws {
    #expect(try #require(CalendarDay(parsing: day)).next.description == next)
  }
}
