/// What a program of this package printed: one `name=value` a line, values of several passes behind one
/// another with commas.
struct NamedValues {
  private let program: String
  private var lists: [String: [Double]] = [:]

  init(_ text: String, of program: String) throws {
    self.program = program
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, parts[0] != "problem" else {
        throw BenchmarkError("\(program): \(line)")
      }
      lists[String(parts[0])] = parts[1].split(separator: ",").compactMap { Double($0) }
    }
  }

  func list(_ name: String) throws -> [Double] {
    guard let list = lists[name], !list.isEmpty else {
      throw BenchmarkError("\(program) does not say \(name)")
    }
    return list
  }

  func one(_ name: String) throws -> Double { try list(name)[0] }
}
