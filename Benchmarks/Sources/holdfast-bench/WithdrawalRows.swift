import Foundation

/// Withdrawals released and signed: the guard's judgement, three signers' processes and the line.
enum WithdrawalRows {
  static func run(_ laboratory: Laboratory, _ report: inout Report) throws {
    Laboratory.say("measuring withdrawals released and signed")
    let result = try Laboratory.output(
      of: laboratory.programs + "/withdrawal-flow",
      ["\(laboratory.passes)", laboratory.scratch + "/withdrawals"])
    guard result.status == 0 else {
      throw BenchmarkError("withdrawal-flow: \(result.text.suffix(500))")
    }
    let values = try NamedValues(result.text, of: "withdrawal-flow")
    var section = Section(
      "Withdrawals released and signed, 2 of 3",
      contains:
        "the guard follows the journal, judges, releases, builds, asks three signers in processes of "
        + "their own over the encrypted line, and puts the signatures together; the journal takes each order "
        + "as it does in the server; the requests are there before")
    for line in ["socket", "serial"] {
      for batch in [1, 20, 200] {
        let name = "\(line)-\(batch)"
        section.figures.append(
          Figure(
            "\(line == "socket" ? "local socket" : "serial line"), batches of \(batch)", "a second",
            try values.list(name + "-rate")))
        if line == "serial" {
          section.figures.append(
            Figure(
              "  share of the bytes on the line", "%",
              try values.list(name + "-line").map { $0 * 100 }))
        }
      }
    }
    report.sections.append(section)
    for (line, title) in [
      ("socket", "a local socket"), ("serial", "a serial line of 921 600 baud"),
    ] {
      func share(_ part: String) throws -> String {
        Figure.text(try values.list("\(line)-200-\(part)").median * 100) + " %"
      }
      report.rows.append(
        Row(
          "withdrawals released and signed over \(title)", unit: "a second", commit: .atLeast(200),
          aim: .atLeast(400), measured: try values.list("\(line)-200-rate").median,
          note:
            "batches of 200 in transactions of at most 100; the guard waits for signers and line "
            + "\(try share("waiting")) of the time"
            + (line == "serial" ? ", the bytes need \(try share("line")) of it" : "")
            + "; \(Figure.text(try values.list("\(line)-200-bytes").median)) bytes a withdrawal"))
    }
  }
}
