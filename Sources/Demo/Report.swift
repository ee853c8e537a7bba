// Demo owns the story that `holdfast demo` tells: it starts the programs as an operator would and
// talks to them from outside. It refuses to reach into them: what it checks, anyone could.

import Foundation

/// What the story has shown so far, printed as it goes.
final class Report {
  private(set) var passed = 0
  private(set) var failed = 0
  private let started = ContinuousClock.now

  /// Plays one step and prints whether it held, with what was checked.
  ///
  /// - Parameters:
  ///   - title: What the step is about.
  ///   - body: Returns what was checked, in words; throws when it did not hold.
  func step(_ title: String, _ body: () async throws -> String) async {
    let begun = ContinuousClock.now
    say("...   \(title)", end: isTerminal ? "\r" : "\n")
    do {
      let checked = try await body()
      passed += 1
      say("ok    \(title): \(checked) (\(seconds(since: begun)))")
    } catch {
      failed += 1
      say("FAIL  \(title): \(error) (\(seconds(since: begun)))")
    }
  }

  /// Prints one line of progress that is no check.
  func note(_ text: String) { say("      \(text)") }

  /// Prints the closing line.
  func finish() {
    say("story told in \(seconds(since: started))")
    say("\(passed) passed, \(failed) failed")
  }

  private var isTerminal: Bool { isatty(1) == 1 }

  private func seconds(since instant: ContinuousClock.Instant) -> String {
    let elapsed = instant.duration(to: .now).components
    let tenths = elapsed.attoseconds / 100_000_000_000_000_000
    return "\(elapsed.seconds).\(tenths) s"
  }

  private func say(_ text: String, end: String = "\n") {
    let clear = isTerminal ? "\u{1B}[2K" : ""
    FileHandle.standardOutput.write(Data((clear + text + end).utf8))
  }
}

/// A check of the story that did not hold.
struct StoryError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// Fails the step with `message` unless `condition` holds.
func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
  guard condition else { throw StoryError(message()) }
}

/// Asks `condition` again and again until it answers, or fails the step.
///
/// - Parameters:
///   - what: What is awaited, for the error.
///   - limit: How long to wait.
///   - pause: How long between two questions; a private endpoint limits their rate.
func eventually<T>(
  _ what: String, within limit: Duration = .seconds(30), every pause: Duration = .milliseconds(100),
  _ condition: () async throws -> T?
) async throws -> T {
  let deadline = ContinuousClock.now.advanced(by: limit)
  var last: (any Error)?
  while ContinuousClock.now < deadline {
    do {
      if let answer = try await condition() { return answer }
      last = nil
    } catch { last = error }
    try await Task.sleep(for: pause)
  }
  throw StoryError("waited \(limit) for \(what)" + (last.map { "; last error: \($0)" } ?? ""))
}
