import Engine
import Foundation
import Glibc
import Guard
import KeyHolders
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
      logger: Logger(label: "test"))
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
}
