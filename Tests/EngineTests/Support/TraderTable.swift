import Foundation
import Testing

/// The blocks of one of the tables that traders read.
struct TraderTable {
  /// One case of a table.
  struct Case: Sendable, CustomTestStringConvertible {
    var file: String
    var line: Int
    var title: String
    var before: [String] = []
    var commands: [String] = []
    var fills: [String] = []
    var ends: [String] = []
    var after: [String] = []

    /// What stands before the colon.
    var cell: String { String(title.prefix { $0 != ":" }) }
    var testDescription: String { "\(file):\(line) \(title)" }
  }

  /// Why a table cannot be read.
  struct Malformed: Error, CustomStringConvertible {
    var file: String
    var line: Int
    var problem: String
    var description: String { "\(file):\(line): \(problem)" }
  }

  private static let sections = ["before", "command", "fills", "ends", "after"]

  /// Reads a table: every block has all five sections, in order, and none is empty.
  static func read(_ file: String) throws -> [Case] {
    guard
      let url = Bundle.module.url(
        forResource: "Tables/\(file)", withExtension: nil)
    else { throw Malformed(file: file, line: 0, problem: "no such table") }
    var cases: [Case] = []
    var section: Int?
    var lines: [[String]] = []
    var number = 0
    func fail(_ problem: String) -> Malformed {
      Malformed(file: file, line: number, problem: problem)
    }
    func finish() throws {
      guard !cases.isEmpty else { return }
      guard lines.count == sections.count, lines.allSatisfy({ !$0.isEmpty }) else {
        throw fail("the block before has not all sections: \(sections.joined(separator: ", "))")
      }
      let content = lines.map { $0 == ["none"] ? [] : $0 }
      let last = cases.count - 1
      cases[last].before = content[0]
      cases[last].commands = content[1]
      cases[last].fills = content[2]
      cases[last].ends = content[3]
      cases[last].after = content[4]
      guard !content[1].isEmpty else { throw fail("the block before says nothing") }
    }
    for line in try String(contentsOf: url, encoding: .utf8).components(separatedBy: "\n") {
      number += 1
      if line.hasPrefix("## ") {
        try finish()
        cases.append(Case(file: file, line: number, title: String(line.dropFirst(3))))
        section = nil
        lines = []
      } else if line.isEmpty || cases.isEmpty {
        continue
      } else if line.hasPrefix("  "), let section {
        lines[section].append(String(line.dropFirst(2)))
      } else if line == sections[min(lines.count, sections.count - 1)], lines.count < sections.count
      {
        section = lines.count
        lines.append([])
      } else {
        throw fail("\"\(line)\" is not the next section")
      }
    }
    try finish()
    return cases
  }
}
