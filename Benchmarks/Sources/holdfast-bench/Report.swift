import Foundation

/// Everything one run has measured.
struct Report: Encodable {
  let machine: Machine
  /// Compiled peers and yardsticks, and why others are absent.
  var peers: [String] = []
  var rows: [Row] = []
  /// Figures without a goal that belong to the rows.
  var sections: [Section] = []
  var loadAfter = ""

  /// For people.
  var text: String {
    var lines = [
      "date       \(machine.date)",
      "machine    \(machine.processor), \(machine.cores) cores, Linux \(machine.kernel)",
      "load       \(machine.load) before the run, \(loadAfter) after it",
      "fdatasync  p50 \(Figure.text(machine.fdatasyncP50)) µs, "
        + "p99 \(Figure.text(machine.fdatasyncP99)) µs in \(machine.diskFolder)",
    ]
    lines += peers.map { "peer       \($0)" }
    for section in sections {
      lines += ["", section.title]
      lines += Self.wrapped(section.contains, width: 96).map { "  " + $0 }
      lines.append("  " + Self.figure("", ["median", "lowest", "highest", "passes"], ""))
      for figure in section.figures {
        let numbers = [figure.median, figure.lowest, figure.highest].map(Figure.text)
        lines.append("  " + Self.figure(figure.name, numbers + ["\(figure.passes)"], figure.unit))
      }
    }
    lines += ["", Self.row("figure", "commit", "aim", "measured", "commit is", "aim is")]
    for row in rows {
      let measured = row.measured.map { Figure.text($0) + (row.unit.isEmpty ? "" : " " + row.unit) }
      lines.append(
        Self.row(
          row.figure, row.commit.text, row.aim.text, measured ?? "-", row.verdict.rawValue,
          row.aimVerdict.rawValue))
      lines += Self.wrapped(row.note, width: 96).map { "    " + $0 }
    }
    return lines.joined(separator: "\n")
  }

  /// For programs.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  private static func row(_ cells: String...) -> String { padded(cells, [68, 9, 9, 18, 13, 0]) }

  private static func figure(_ name: String, _ numbers: [String], _ unit: String) -> String {
    let line = padded([name], [44]) + numbers.map { right($0, 12) }.joined()
    return unit.isEmpty ? line : line + " " + unit
  }

  private static func padded(_ cells: [String], _ widths: [Int]) -> String {
    zip(cells, widths).map { cell, width in
      cell + String(repeating: " ", count: max(width - cell.count, width == 0 ? 0 : 1))
    }.joined()
  }

  private static func right(_ cell: String, _ width: Int) -> String {
    String(repeating: " ", count: max(1, width - cell.count)) + cell
  }

  private static func wrapped(_ text: String, width: Int) -> [String] {
    var lines = [""]
    for word in text.split(separator: " ") {
      if lines[lines.count - 1].count + word.count >= width { lines.append("") }
      lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "" : " ") + word
    }
    return lines
  }
}
