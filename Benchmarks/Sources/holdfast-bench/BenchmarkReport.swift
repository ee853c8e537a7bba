import Foundation

/// Everything one run has measured.
struct BenchmarkReport: Encodable {
  let machine: Machine
  let seed: UInt64
  var sections: [Section] = []

  /// A table for people.
  var text: String {
    var lines = [
      "date       \(machine.date)",
      "machine    \(machine.processor), \(machine.cores) cores, Linux \(machine.kernel)",
      "load       \(machine.load) before the run",
      "fdatasync  p50 \(Self.number(machine.fdatasyncP50)) µs, "
        + "p99 \(Self.number(machine.fdatasyncP99)) µs in \(machine.diskFolder)",
      "seed       \(seed)",
    ]
    for section in sections {
      lines += ["", section.title]
      lines += Self.wrapped(section.contains, width: 92).map { "  " + $0 }
      lines.append("  " + Self.row(["", "median", "lowest", "highest", "passes", ""]))
      for figure in section.figures {
        lines.append(
          "  "
            + Self.row([
              figure.name, Self.number(figure.median), Self.number(figure.lowest),
              Self.number(figure.highest), "\(figure.passes)", figure.unit,
            ]))
      }
    }
    return lines.joined(separator: "\n")
  }

  /// The same for programs.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  private static func row(_ cells: [String]) -> String {
    let widths = [40, 13, 13, 13, 7, 0]
    var line = ""
    for (index, (cell, width)) in zip(cells, widths).enumerated() {
      let padding = String(repeating: " ", count: max(0, width - cell.count))
      line += index == 0 ? cell + padding : index < 5 ? padding + cell : " " + cell
    }
    return line
  }

  private static func number(_ value: Double) -> String {
    value >= 100 || value == value.rounded()
      ? String(Int(value.rounded())) : String((value * 10).rounded() / 10)
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
