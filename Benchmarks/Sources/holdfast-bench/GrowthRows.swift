import OrderFlow

/// How the whole core's cost grows with the book's depth, with markets, and with customers.
enum GrowthRows {
  static func run(_ laboratory: Laboratory, _ report: inout Report) throws {
    let commands = laboratory.commands
    let shapes: [(name: String, flow: OrderFlow)] = [
      ("1 market, 1k orders, 1k customers", OrderFlow(.crypto, commands: commands)),
      ("100k orders", OrderFlow(.crypto, depth: 100_000, commands: commands)),
      ("64 markets", OrderFlow(.crypto, symbols: 64, commands: commands)),
      ("1M customers", OrderFlow(.crypto, commands: commands, users: 1_000_000)),
    ]
    Laboratory.say("measuring growth")
    var programs: [PassProgram] = []
    defer { for program in programs { program.end() } }
    for shape in shapes {
      programs.append(try laboratory.own("core", shape.name, try laboratory.file(shape.flow)))
    }
    let times = try laboratory.alternate(programs)
    report.sections.append(
      Section(
        "Growth of the whole core, crypto",
        contains: "nanoseconds for each of \(commands) commands; one thing grows at a time",
        zip(shapes, times).map { Figure($0.name, "ns", $1) }))
    func note(_ index: Int) -> String {
      "\(Figure.text(times[0].median)) ns and \(Figure.text(times[index].median)) ns a command"
    }
    let ratios = times.map { zip($0, times[0]).map { $0 / $1 }.median }
    let added = zip(times[3], times[0]).map { $0 - $1 }.median
    report.rows += [
      Row(
        "growth: depth 1k to 100k", unit: "x", commit: .atMost(2.2), aim: .atMost(1.5),
        measured: ratios[1], note: note(1)),
      Row(
        "growth: markets 1 to 64", unit: "x", commit: .atMost(2.2), aim: .atMost(1.5),
        measured: ratios[2], note: note(2)),
      Row(
        "growth: customers 1k to 1M", unit: "ns more", commit: .atMost(60), aim: .atMost(30),
        measured: added, note: note(3)),
    ]
  }
}
