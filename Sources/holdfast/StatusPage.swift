import Foundation
import JSON
import Replication
import Wire

/// Shows how a standby is doing: on standard output, and for monitoring in a file that is always whole.
final class StatusPage {
  private let path: String
  private let printsJSON: Bool
  private var lastText = ""

  init(path: String, printsJSON: Bool) {
    self.path = path
    self.printsJSON = printsJSON
  }

  /// Writes the file; a line is printed when it says something new.
  func show(_ status: StandbyStatus) {
    let value = Self.json(status)
    write(value)
    line(
      value,
      text: "\(status.connection.rawValue): batch \(status.sequence), \(status.lagBatches) behind, "
        + "term \(status.term)"
        + (status.connection == .connecting ? status.lastCut.map { " (\($0))" } ?? "" : ""))
  }

  func show(_ failure: StandbyFailure) {
    let value: JSON = [
      "state": .string(failure == .promoting ? "promoting" : "failed"),
      "reason": .string("\(failure)"),
    ]
    write(value)
    line(value, text: "ended: \(failure)")
  }

  private func write(_ value: JSON) {
    let data = Data((value.description + "\n").utf8)
    do {
      try data.write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      report("\(path): cannot be written: \(error)")
    }
  }

  private func line(_ value: JSON, text: String) {
    guard text != lastText else { return }
    lastText = text
    print(printsJSON ? value.description : text)
    fflush(nil)
  }

  private static func json(_ status: StandbyStatus) -> JSON {
    [
      "state": .string(status.connection.rawValue),
      "journal": ["batch": .integer(status.sequence), "hash": .string(Hex.text(status.hash))],
      "primary": [
        "batch": .integer(status.primaryHead), "term": .integer(status.term),
        "silentMilliseconds": .integer(status.silenceMilliseconds),
      ],
      "lagBatches": .integer(status.lagBatches),
      "statesAgreeAtBatch": .integer(status.statesAgreeAt),
      "cuts": .integer(status.cuts),
      "lastCut": status.lastCut.map { .string($0) } ?? .null,
    ]
  }
}
