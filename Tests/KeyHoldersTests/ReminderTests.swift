import KeyHolders
import Statements
import Testing

/// What is due for whom and when, by the log alone.
@Suite struct ReminderTests {
  private func due(_ company: Company, _ task: Reminder.Task, of name: String) -> [Int64] {
    company.state.reminders.filter { $0.task == task && $0.person == name }.map(\.due)
  }

  @Test func `a key check is due a month after the last one, and a drill a quarter after it`()
    throws
  {
    var company = try Company()
    let began = Company.start
    #expect(due(company, .keyCheck, of: "alice") == [began + 30 * Company.day])
    #expect(due(company, .drill, of: "alice") == [began + 91 * Company.day])
    _ = try company.pass(2 * Company.day, living: Company.hot)
    try company.keyCheck("alice")
    try company.block()
    let checked = company.now
    // As old as its block: when the next one came.
    #expect(due(company, .keyCheck, of: "alice") == [checked + 30 * Company.day])
    #expect(due(company, .keyCheck, of: "bob") == [began + 30 * Company.day])
    try company.beat("bob") { $0.lastDrill = began + Company.day }
    #expect(due(company, .drill, of: "bob") == [began + 92 * Company.day])
    // A drill of next year is one of now, and an earlier one does not undo a later one.
    try company.beat("alice") { $0.lastDrill = began + 365 * Company.day }
    #expect(due(company, .drill, of: "alice") == [company.now + 91 * Company.day])
    try company.beat("bob") { $0.lastDrill = began + Company.hour }
    #expect(due(company, .drill, of: "bob") == [began + 92 * Company.day])
    let all = company.state.reminders
    #expect(all.map(\.due) == all.map(\.due).sorted())
    #expect(!all.contains { $0.task == .refresh }, "coins of the hot wallet move by themselves")
  }

  @Test func `the last stay that was declared ends, unless another is declared`() throws {
    var company = try Company()
    let until = company.now + 5 * Company.day
    try company.beat("alice") {
      $0.itinerary = [
        .init(region: "CH", from: 1, until: until - Company.day),
        .init(region: "IT", from: until - Company.day, until: until),
      ]
    }
    #expect(due(company, .itinerary, of: "alice") == [until])
    let reminder = try #require(company.state.reminders.first { $0.task == .itinerary })
    #expect(!reminder.isSoon(at: until - 2 * Company.day - 1))
    #expect(reminder.isSoon(at: until - 2 * Company.day) && !reminder.isOverdue(at: until - 1))
    #expect(reminder.isOverdue(at: until))
    _ = try company.pass(6 * Company.day, living: ["bob", "carol"])
    #expect(due(company, .itinerary, of: "alice") == [until])
    try company.beat("alice")
    #expect(due(company, .itinerary, of: "alice").isEmpty)
    // What was over when it was declared is not waited for.
    try company.beat("alice") { $0.itinerary = [.init(region: "CH", from: 1, until: 2)] }
    #expect(due(company, .itinerary, of: "alice").isEmpty)
  }

  @Test func `a cold wallet is refreshed a year after its policy came in force`() throws {
    var company = try Company { roster in
      roster.keySets[0].wallet = .cold
      roster.keySets[0].times = .cold
    }
    func refresh() -> Reminder? { company.state.reminders.first { $0.task == .refresh } }
    #expect(refresh()?.due == Company.start + 365 * Company.day && refresh()?.person == nil)
    _ = try company.pass(10 * Company.day)
    // Another roster with the same wallet is no refresh; one with another wallet is.
    func enact(_ suffix: String) throws {
      var roster = company.roster
      roster.keySets[0].wallet = .cold
      roster.keySets[0].times = .cold
      roster.keySets[0].descriptor += suffix
      try company.enact(roster, by: Company.names)
    }
    try enact("")
    #expect(refresh()?.due == Company.start + 365 * Company.day)
    try enact("#2")
    #expect(refresh()?.due == company.now + 365 * Company.day)
  }

  @Test func `a successor has his own tasks, and whoever gave up his key has none`() throws {
    var company = try Company()
    try company.claim("alice", by: "alice", .deviceLost)
    #expect(due(company, .keyCheck, of: "alice").isEmpty)
    try company.confirm(1, by: "bob")
    try company.confirm(1, by: "carol")
    _ = try company.pass(4 * Company.day, living: ["bob", "carol"])
    let served = Company.start + 3 * Company.day
    #expect(due(company, .keyCheck, of: "anna") == [served + 30 * Company.day])
  }
}
