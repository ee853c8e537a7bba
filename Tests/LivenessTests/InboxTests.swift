import Descriptors
import Engine
import Foundation
import Glibc
import Guard
import KeyHolders
import Liveness
import Logging
import Statements
import Testing

@testable import holdfast_guard

/// What people, and whoever else reaches the folder, put into the running guard's inbox.
@Suite struct InboxTests {
  private func withWatch(
    _ body: (_ watch: KeyHolderWatch, _ company: Company, _ folder: String) throws -> Void
  ) throws {
    let folder = FileManager.default.temporaryDirectory.path + "/inbox-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let company = try Company()
    try Data(company.log.bytes).write(to: URL(filePath: "\(folder)/log"))
    let watch = try KeyHolderWatch(
      KeyHolderFiles(log: "\(folder)/log", inbox: "\(folder)/inbox", monitor: nil),
      policy: company.descriptor, logger: Logger(label: "test"))
    try body(watch, company, folder)
  }

  private func freeze(_ company: Company, in folder: String, as name: String) throws {
    let word = try Signed(Freeze(number: 1, person: "carol"), by: company.key("carol"))
    try Data(word.bytes).write(to: URL(filePath: "\(folder)/inbox/\(name)"))
  }

  @Test func `a pipe, a link and an entry that cannot be moved keep no freeze waiting`() throws {
    try withWatch { watch, company, folder in
      let inbox = "\(folder)/inbox"
      let pipe = unsafe mkfifo("\(inbox)/a-pipe", 0o644)
      let link = unsafe symlink("/dev/zero", "\(inbox)/b-link")
      try #require(pipe == 0 && link == 0)
      try Data([1]).write(to: URL(filePath: "\(inbox)/c-stuck"))
      // There is no folder to move anything to.
      for name in ["taken", "refused"] {
        try FileManager.default.removeItem(atPath: "\(inbox)/\(name)")
        try Data().write(to: URL(filePath: "\(inbox)/\(name)"))
      }
      try watch.takeInbox()
      #expect(watch.facts?.report.frozen == false)
      // Another file in the place of one that was judged is judged.
      try freeze(company, in: folder, as: "c-stuck")
      try watch.takeInbox()
      #expect(watch.facts?.report.frozen == true)
      let count = watch.facts?.report.logCount
      try watch.takeInbox()
      #expect(watch.facts?.report.logCount == count, "what was taken is not judged again")
      let names = try FileManager.default.contentsOfDirectory(atPath: inbox)
      #expect(Set(["a-pipe", "b-link", "c-stuck"]).isSubset(of: names))
    }
  }

  @Test func `what could not be written has not happened, and is taken once it can be`() throws {
    try withWatch { watch, company, folder in
      let before = try #require(watch.facts)
      try freeze(company, in: folder, as: "freeze")
      // The new log's place is taken by a folder that is not empty.
      let place = "\(folder)/log.new"
      try FileManager.default.createDirectory(
        atPath: "\(place)/x", withIntermediateDirectories: true)
      #expect(throws: (any Error).self) { try watch.takeInbox() }
      #expect(watch.facts == before)
      try FileManager.default.removeItem(atPath: place)
      try watch.takeInbox()
      #expect(watch.facts?.report.frozen == true)
      #expect(FileManager.default.fileExists(atPath: "\(folder)/inbox/taken/freeze"))
      #expect(watch.holds(before.report.logHead, before.report.logCount))
    }
  }

  @Test func `a log in the place of a lost one counts by the holders of the guard's own wallet`()
    throws
  {
    let lost = try Company()
    var kept = try Company()
    try kept.pass(Company.hour)
    let words = try ["alice", "bob"].map { name in
      var word = LogAcceptance(
        keptCount: kept.state.logCount, keptHead: kept.state.logHead,
        lostCount: lost.state.logCount + 5, lostHead: lost.state.logHead,
        policyID: kept.descriptor.policyID, person: name)
      word.proof = try KeyCheckProof.sign(word.text, with: try #require(kept.accounts[name]).key)
      return try Signed(word, by: kept.key(name))
    }
    try kept.take(.accept(words))
    // Another wallet's holders signed it: those of a log that somebody made with keys of his own.
    let other = try Company.descriptor(kept.accounts, form: .tr)
    for (policy, counts) in [(kept.descriptor, true), (other, false)] {
      let folder = FileManager.default.temporaryDirectory.path + "/accepted-\(UUID().uuidString)"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(atPath: folder) }
      try Data(kept.log.bytes).write(to: URL(filePath: "\(folder)/log"))
      let watch = try KeyHolderWatch(
        KeyHolderFiles(log: "\(folder)/log", inbox: "\(folder)/inbox", monitor: nil),
        policy: policy, logger: Logger(label: "test"))
      #expect(watch.holds(lost.state.logHead, lost.state.logCount + 5) == counts)
      #expect(!watch.holds(lost.state.logHead, lost.state.logCount + 6))
      #expect(watch.holds(kept.state.logHead, kept.state.logCount))
    }
  }
}
