import ArgumentParser
import Glibc
import JSON

/// How a command answers.
struct AnswerOptions: ParsableArguments {
  @Flag(help: "Answer in JSON.")
  var json = false

  /// Prints `value` as JSON, or else `text`.
  func give(_ value: JSON, text: @autoclosure () -> String) {
    print(json ? value.description : text())
  }
}

/// A command that failed for a reason that is said in one line; the usage would not help.
struct CommandFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// Says one line beside the answer, on standard error.
func report(_ line: String) {
  let bytes = Array("\(line)\n".utf8)
  _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
}

/// Rows under a header, in columns.
func table(_ header: [String], _ rows: [[String]]) -> String {
  let widths = header.indices.map { column in
    ([header] + rows).map { $0[column].count }.max() ?? 0
  }
  return ([header] + rows).map { row in
    let cells = row.enumerated().map { column, cell in
      column == row.count - 1
        ? cell : cell + String(repeating: " ", count: widths[column] - cell.count)
    }
    return cells.joined(separator: "  ")
  }.joined(separator: "\n")
}
