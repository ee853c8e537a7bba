import OrderFlow

/// The bare book and the whole core against open engines, on one core, in alternating passes.
enum EngineComparison {
  /// What all programs came to on one workload.
  private struct Result {
    var times: [String: [Double]] = [:]
    var section: Section

    /// Median of the ratios of each round; `nil` when there is no such program.
    func ratio(_ name: String, to other: String) -> Double? {
      guard let own = times[name], let peer = times[other] else { return nil }
      return zip(own, peer).map { $0 / $1 }.median
    }

    func median(_ name: String) -> Double { times[name]?.median ?? 0 }
  }

  private static let book = "bare book"
  private static let core = "whole core"

  static func run(_ laboratory: Laboratory, _ report: inout Report) throws {
    let crypto = try compare(
      OrderFlow(.crypto, commands: laboratory.commands), "crypto 1x1k", laboratory)
    let wide = try compare(
      OrderFlow(.crypto, symbols: 64, commands: laboratory.commands), "crypto 64x1k", laboratory)
    let moves = try compare(OrderFlow(.ec, commands: laboratory.commands), "ec 1x1k", laboratory)
    report.sections += [crypto.section, wide.section, moves.section]
    report.rows += [
      row(
        "bare book / geseq tick array, crypto 1x1k", crypto, book, ["geseq", "flat"], 1.2, 0.85),
      row(
        "whole core / CppTrader's bare book, crypto 1x1k", crypto, core, ["cpptrader", "plain"],
        1.0, 0.5),
      row(
        "whole core / CppTrader's bare book, crypto 64x1k", wide, core, ["cpptrader", "plain"], 0.8,
        0.4),
      row(
        "whole core / CppTrader's bare book, ec 1x1k", moves, core, ["cpptrader", "plain"], 0.8, 0.4
      ),
    ]
  }

  /// - Parameter peers: The peer, and the yardstick that stands in where it was not built.
  private static func row(
    _ figure: String, _ result: Result, _ own: String, _ peers: [String], _ commit: Double,
    _ aim: Double
  ) -> Row {
    for (index, peer) in peers.enumerated() {
      guard let ratio = result.ratio(own, to: peer) else { continue }
      let standIn = index == 0 ? "" : "; \(peers[0]) is not there: the yardstick \(peer) stands in"
      return Row(
        figure, commit: .atMost(commit), aim: .atMost(aim), measured: ratio,
        note: "\(Figure.text(result.median(own))) ns and \(Figure.text(result.median(peer))) ns a "
          + "command" + standIn)
    }
    return Row(
      figure, commit: .atMost(commit), aim: .atMost(aim), measured: nil,
      note: "\(Figure.text(result.median(own))) ns a command; neither peer nor compiler there")
  }

  private static func compare(
    _ flow: OrderFlow, _ title: String, _ laboratory: Laboratory
  ) throws -> Result {
    let path = try laboratory.file(flow)
    Laboratory.say("measuring engines on \(title)")
    var programs = [
      try laboratory.own("book", book, path), try laboratory.own("core", core, path),
    ]
    defer { for program in programs { program.end() } }
    for name in ["geseq", "cpptrader", "liquibook", "flat", "plain"] {
      if let peer = try laboratory.peer(name, path) { programs.append(peer) }
    }
    let times = try laboratory.alternate(programs)
    var result = Result(
      section: Section(
        "Engines on \(title)",
        contains: "nanoseconds for each of \(flow.commands) commands, pinned to processor "
          + "\(laboratory.core); passes in turn, trades and resting orders verified in each. Bare "
          + "engines have no accounts, ledger, fees, client ids, events or journal records"))
    for (program, times) in zip(programs, times) {
      result.times[program.name] = times
      result.section.figures.append(Figure(program.name, "ns", times))
    }
    return result
  }
}
