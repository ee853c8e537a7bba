import JSON
import KeyHolders
import Liveness
import Testing
import Wire

@Suite struct RosterDraftTests {
  /// The roster of the company as people would write it down.
  private func draft(_ roster: Roster) -> JSON {
    func owner(_ owner: KeyOwner) -> JSON {
      ["person": .string(owner.person), "key": .string(owner.key)]
    }
    let wallets: [JSON] = roster.keySets.map { keySet in
      [
        "wallet": "hot", "descriptor": .string(keySet.descriptor),
        "threshold": .integer(keySet.threshold),
        "seats": .array(
          keySet.seats.map { ["holder": owner($0.holder), "successor": owner($0.successor)] }),
        "council": .array(keySet.council.map(owner)),
        "councilThreshold": .integer(keySet.councilThreshold),
        "trustees": .array(keySet.trustees.map(owner)),
        "trusteeThreshold": .integer(keySet.trusteeThreshold),
        "confirmations": .integer(keySet.confirmations),
      ]
    }
    return [
      "version": .integer(roster.version), "monitorKey": .string(Hex.text(roster.monitorKey)),
      "thawHours": .integer(roster.thawMilliseconds / 3_600_000),
      "custodians": .array(roster.custodians.map(JSON.string)),
      "passphraseOwners": .array(roster.passphraseOwners.map(JSON.string)),
      "people": .array(
        roster.people.map {
          [
            "name": .string($0.name), "entity": .string($0.entity),
            "beatKey": .string(Hex.text($0.beatKey)),
          ]
        }), "wallets": .array(wallets),
    ]
  }

  @Test func `a draft gives the roster that it says`() throws {
    let roster = try Company().roster(version: 1)
    #expect(try RosterDraft.roster(parsing: draft(roster)) == roster)
  }

  @Test func `what no roster has, and what a roster must have, is named with its place`() throws {
    let good = draft(try Company().roster(version: 1))
    func fault(_ change: (inout [JSON.Member]) -> Void) throws -> String {
      var members = try #require(good.members)
      change(&members)
      do { _ = try RosterDraft.roster(parsing: .object(members)) } catch {
        return error.description
      }
      return ""
    }
    #expect(
      try fault { $0.append(.init("wallet", 1)) }
        == "roster: a member \"wallet\" that no roster has")
    #expect(try fault { $0.removeFirst() } == "roster: no member \"version\"")
    #expect(
      try fault { $0[0].value = 0 } == "roster.version: no whole number of 1 to 4294967295")
    #expect(
      try fault { $0[1].value = "00" } == "roster.monitorKey: not 64 hexadecimal digits")
    #expect(
      try fault { $0[5].value = ["alice"] } == "roster.people[0]: no object")
    #expect(try fault { $0[3].value = [1] } == "roster.custodians[0]: no text")
    #expect(
      try fault { $0[3].value = ["alice", "olga"] }.contains("alice"))
    #expect(throws: RosterDraft.Fault.self) { try RosterDraft.roster(parsing: []) }
  }
}
