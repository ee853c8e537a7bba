import KeyHolders
import Statements
import Testing

@Suite struct RosterTests {
  private static func owner(_ name: String) -> KeyOwner {
    KeyOwner(person: name, key: "[\(name)]xpub-\(name)")
  }

  struct Fault: Sendable, CustomTestStringConvertible {
    var name: String
    var problem: RosterProblem
    var change: @Sendable (inout Roster) -> Void
    var testDescription: String { name }
  }

  static let faults: [Fault] = [
    Fault(
      name: "a successor who is a holder",
      problem: .rolesMeet(person: "bob", one: "a holder", other: "a successor")
    ) { $0.keySets[0].seats[0].successor.person = "bob" },
    Fault(
      name: "one person as two successors", problem: .repeated(field: "successor", value: "bert")
    ) { $0.keySets[0].seats[0].successor.person = "bert" },
    Fault(
      name: "a holder who keeps the vault",
      problem: .rolesMeet(
        person: "bob", one: "a holder or successor", other: "a custodian of the vault")
    ) { $0.custodians[0] = "bob" },
    Fault(
      name: "a custodian who owns a passphrase",
      problem: .rolesMeet(
        person: "olga", one: "a custodian", other: "an owner of a passphrase")
    ) { $0.passphraseOwners.append("olga") },
    Fault(
      name: "a holder on the council",
      problem: .rolesMeet(
        person: "carol", one: "a holder or successor", other: "a councillor")
    ) { $0.keySets[0].council[0].person = "carol" },
    Fault(
      name: "a trustee of the holders' entity",
      problem: .entitiesMeet(trustee: "tom", other: "cora", entity: "Holdfast")
    ) { roster in
      for index in roster.people.indices where roster.people[index].name == "tom" {
        roster.people[index].entity = "Holdfast"
      }
    },
    Fault(
      name: "one key twice", problem: .repeated(field: "key", value: "[alice]xpub-alice")
    ) { $0.keySets[0].seats[1].holder.key = "[alice]xpub-alice" },
    Fault(name: "a key outside the descriptor", problem: .keyNotInDescriptor(person: "alice")) {
      $0.keySets[0].seats[0].holder.key = "[alice]xpub-other"
    },
    Fault(
      name: "more signatures than seats",
      problem: .number(field: "hot wallet's threshold", value: 4, lowest: 1, highest: 3)
    ) { $0.keySets[0].threshold = 4 },
    Fault(
      name: "one person who decides alone",
      problem: .number(field: "hot wallet's confirmations", value: 1, lowest: 2, highest: 2)
    ) { $0.keySets[0].confirmations = 1 },
    Fault(
      name: "missing before late",
      problem: .number(
        field: "hot wallet's times, each above the one before", value: 5,
        lowest: BeatTimes.hot.lateAfter + 1, highest: RosterLimit.milliseconds)
    ) { $0.keySets[0].times.missingAfter = 5 },
    Fault(name: "nobody's seat", problem: .unknownPerson(field: "hot wallet's owner", name: "zoe"))
    {
      $0.keySets[0].seats[0].holder.person = "zoe"
    },
    Fault(
      name: "somebody called monitor",
      problem: .repeated(field: "person's name", value: "monitor")
    ) { $0.people[14].name = "monitor" },
    Fault(
      name: "a short key", problem: .keyLength(field: "beat key of alice", bytes: 31)
    ) { $0.people[0].beatKey.removeLast() },
  ]

  @Test(arguments: faults)
  func `a roster that does not keep the roles apart is refused`(_ fault: Fault) throws {
    var roster = try Company().roster
    fault.change(&roster)
    #expect(throws: fault.problem) { try roster.check() }
    #expect(!fault.problem.description.isEmpty)
  }

  @Test func `the first roster needs the word of everybody it names`() throws {
    let company = try Company()
    var roster = company.roster
    roster.version = 1
    for name in Company.names {
      var state = KeyHolders { _, _, _, _ in false }
      let signatures = try Company.names.filter { $0 != name }.map {
        RosterSignature(person: $0, signature: try roster.signed(by: company.key($0)))
      }
      #expect(throws: KeyHolderRefusal.signatureMissing(person: name)) {
        try state.apply(.enact(roster, signatures: signatures), at: 0)
      }
    }
  }

  @Test func `a roster reads back as it was written`() throws {
    let roster = try Company().roster
    #expect(try Roster(bytes: roster.bytes) == roster)
    try roster.check()
  }
}
