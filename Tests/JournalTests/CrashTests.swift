import Engine
import Foundation
import Glibc
import Journal
import Money
import Structures
import Testing

/// What one process tells the next through a file that survives it.
private func note(_ line: String, in file: Int32) {
  let bytes = Array((line + "\n").utf8)
  _ = unsafe bytes.withUnsafeBytes { unsafe write(file, $0.baseAddress, $0.count) }
}

private func openNotes(_ folder: String) -> Int32 {
  unsafe open(folder + "/acknowledged", O_WRONLY | O_CREAT | O_APPEND, 0o600)
}

private func acknowledged(_ folder: String) throws -> [String] {
  let path = folder + "/acknowledged"
  guard FileManager.default.fileExists(atPath: path) else { return [] }
  let text = try String(contentsOfFile: path, encoding: .utf8)
  return text.split(separator: "\n").map(String.init)
}

@Suite(.serialized) struct CrashTests {
  @Test func `killed while writing, again and again, nothing acknowledged is lost`() async throws {
    let folder = TestFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path, withIntermediateDirectories: true)
    let path = folder.path
    for round in 0..<12 {
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [path = path as String, round = round as Int] in
        var random = SplitMix64(seed: UInt64(round))
        let file = openNotes(path)
        var options = SequencerOptions.small
        options.snapshotEvery = 7
        let sequencer = try TestFolder(at: path).openForChild(options)
        if sequencer.head.sequence == 0 {
          _ = try await sequencer.submit(.configure(Fixture.configuration))
        }
        // Fewer commits than any machine needs for, so that the kill always comes.
        let delay = UInt32.random(in: 5_000...120_000, using: &random)
        Thread.detachNewThread {
          usleep(delay)
          kill(getpid(), SIGKILL)
        }
        await withTaskGroup(of: Void.self) { group in
          for writer in 0..<4 {
            group.addTask {
              var index = 0
              while true {
                let name = "\(round)-\(writer)-\(index)"
                index += 1
                let committed = try? await sequencer.submit(.openAccount(name: name))
                if let committed, committed.refusal == nil { note(name, in: file) }
              }
            }
          }
        }
      }
      let opened = try openedAccounts(folder.reader)
      let names = Set(opened)
      #expect(names.count == opened.count)
      let promised = try acknowledged(path)
      #expect(promised.allSatisfy(names.contains))
      // Each writer waits for its answer, so each kill leaves at most one of its commands unanswered.
      #expect(names.subtracting(promised).count <= 4 * (round + 1))
      let sequencer = try folder.open()
      let point = try await sequencer.checkpoint()
      await sequencer.shutdown()
      #expect(try folder.reader.verify().stateHash == point.stateHash)
    }
    #expect(try acknowledged(path).count > 12)
  }

  /// The disk is full in the middle of a batch: the file may not grow above what it has plus a bit.
  @Test(arguments: [0, 1, 59, 60, 61, 140])
  func `a batch that does not fit on the disk is not acknowledged and stops the sequencer`(
    spare: Int
  ) async throws {
    let folder = TestFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path, withIntermediateDirectories: true)
    let path = folder.path
    await #expect(processExitsWith: .exitCode(7)) { [path = path as String, spare = spare as Int] in
      let file = openNotes(path)
      let sequencer = try TestFolder(at: path).openForChild(.single)
      _ = try await sequencer.submit(.configure(Fixture.configuration))
      for index in 0..<20 {
        _ = try await sequencer.submit(.openAccount(name: "n-\(index)"))
        note("n-\(index)", in: file)
      }
      let used = try TestFolder(at: path).keep().reader.statistics().segments[0].usedBytes
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: rlim_t(used + spare), rlim_max: rlim_t(used + spare))
      guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else {
        exit(1)
      }
      do {
        _ = try await sequencer.submit(.openAccount(name: "too-much"))
        exit(2)
      } catch SequencerError.failed(.io(let operation, _, let code)) {
        guard operation == "write", code == EFBIG else { exit(3) }
      }
      do {
        _ = try await sequencer.read { $0.time }
        exit(4)
      } catch SequencerError.failed {}
      do {
        try await sequencer.waitUntilStopped()
        exit(5)
      } catch JournalError.io {
        exit(7)
      }
    }
    let expected = (0..<20).map { "n-\($0)" }
    #expect(try acknowledged(path) == expected)
    let sequencer = try folder.open(.single)
    #expect(try openedAccounts(sequencer.reader) == expected)
    // And there is room again: it goes on.
    #expect(try await sequencer.submit(.openAccount(name: "too-much")).refusal == nil)
    await sequencer.shutdown()
  }

  @Test func `a disk without room for the next segment stops the sequencer`() async throws {
    let folder = TestFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path, withIntermediateDirectories: true)
    let path = folder.path
    await #expect(processExitsWith: .exitCode(7)) { [path = path as String] in
      let file = openNotes(path)
      let sequencer = try TestFolder(at: path).openForChild(.small)
      _ = try await sequencer.submit(.configure(Fixture.configuration))
      // The segment in use has its space already; a new one cannot have as much.
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 4000, rlim_max: 4000)
      guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0 else {
        exit(1)
      }
      for index in 0..<1000 {
        do {
          _ = try await sequencer.submit(.openAccount(name: "n-\(index)"))
          note("n-\(index)", in: file)
        } catch SequencerError.failed(.io) {
          exit(index > 0 ? 7 : 3)
        }
      }
      exit(2)
    }
    let expected = try acknowledged(path)
    #expect(!expected.isEmpty)
    let sequencer = try folder.open()
    #expect(try openedAccounts(sequencer.reader) == expected)
    try await Fixture.fill(sequencer, accounts: 30, name: "later")
    await sequencer.shutdown()
    #expect(try folder.reader.verify().segments > 1)
  }

  @Test func `a kernel that runs out of space in a real file system stops the sequencer`()
    async throws
  {
    // Only where a file system of a chosen size can be mounted.
    guard geteuid() == 0 else { return }
    let folder = TestFolder()
    let path = folder.path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    guard unsafe mount("tmpfs", path, "tmpfs", 0, "size=64k") == 0 else { return }
    defer { _ = unsafe umount(path) }
    var options = SequencerOptions.small
    options.segmentBytes = 16384
    let sequencer = try folder.open(options)
    _ = try await sequencer.submit(.configure(Fixture.configuration))
    var accepted: [String] = []
    var failure: (any Error)?
    for index in 0..<10_000 {
      do {
        _ = try await sequencer.submit(.openAccount(name: "n-\(index)"))
        accepted.append("n-\(index)")
      } catch {
        failure = error
        break
      }
    }
    guard case SequencerError.failed(.io(_, _, ENOSPC))? = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
    #expect(accepted.count > 10)
    await #expect(throws: JournalError.self) { try await sequencer.waitUntilStopped() }
    #expect(try openedAccounts(folder.reader) == accepted)
    // Still full: it opens, reads, and refuses again without losing anything.
    let again = try folder.open(options)
    #expect(try await again.read { $0.accountID(name: "n-0") } != nil)
    await again.shutdown()
    #expect(try openedAccounts(folder.reader) == accepted)
  }
}

extension TestFolder {
  /// Opens the journal in a process that is going to die; the folder outlives it.
  func openForChild(_ options: SequencerOptions) throws -> Sequencer {
    try keep().open(options)
  }

  /// Never removes the folder from this process.
  func keep() -> TestFolder {
    _ = unsafe Unmanaged.passRetained(self)
    return self
  }
}
