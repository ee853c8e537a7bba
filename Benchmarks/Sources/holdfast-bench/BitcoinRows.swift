import Foundation

/// The Bitcoin side: signatures beside libsecp256k1's own, addresses, and blocks against millions of
/// watched scripts.
enum BitcoinRows {
  private static let watched = 10_000_000

  static func run(_ laboratory: Laboratory, _ report: inout Report) throws {
    Laboratory.say("measuring signatures, addresses and blocks")
    let result = try Laboratory.output(
      of: "/usr/bin/taskset",
      [
        "-c", "\(laboratory.core)", laboratory.programs + "/bitcoin-flow", "\(laboratory.passes)",
        "\(watched)",
      ])
    let values = try NamedValues(result.text, of: "bitcoin-flow")
    guard result.status == 0 else {
      throw BenchmarkError("bitcoin-flow: \(result.text.suffix(500))")
    }
    try signatures(values, &report)
    try addresses(values, &report)
    try blocks(values, &report)
  }

  private static func signatures(_ values: NamedValues, _ report: inout Report) throws {
    var section = Section(
      "Signatures",
      contains:
        "one operation in ns, ours and the same C calls of libsecp256k1 in the same passes; verifying "
        + "reads key and signature from bytes, signing reads the key from locked memory")
    for (name, title) in [
      ("ecdsa-sign", "ECDSA signature"), ("ecdsa-verify", "ECDSA verification"),
      ("schnorr-sign", "Schnorr signature"), ("schnorr-verify", "Schnorr verification"),
    ] {
      let (ours, library) = (try values.list(name + "-ours"), try values.list(name + "-library"))
      section.figures.append(Figure("\(title), ours", "ns", ours))
      section.figures.append(Figure("\(title), libsecp256k1", "ns", library))
      let ratios = zip(ours, library).map { $0 / $1 }
      report.rows.append(
        Row(
          "\(title) / libsecp256k1's own", commit: .atMost(1.15), aim: .atMost(1.05),
          measured: ratios.median,
          note:
            "\(Figure.text(ours.median / 1000)) against \(Figure.text(library.median / 1000)) µs"))
    }
    report.sections.append(section)
  }

  private static func addresses(_ values: NamedValues, _ report: inout Report) throws {
    let addition = try values.list("addition").median
    for (name, title) in [
      ("2-of-3", "deposit addresses of a 2-of-3 wallet, a minute and core"),
      ("decaying", "deposit addresses of a decaying wallet, a minute and core"),
    ] {
      let (rate, keys) = (
        try values.list("addresses-" + name).median, try values.one("keys-" + name)
      )
      report.rows.append(
        Row(
          title, commit: .atLeast(200_000), aim: .atLeast(400_000), measured: rate,
          note: "\(Figure.text(keys)) keys in each; with libsecp256k1's tweak_add alone, "
            + "\(Figure.text(addition / 1000)) µs a key, \(Figure.text(60e9 / (addition * keys))) at most"
        ))
    }
  }

  private static func blocks(_ values: NamedValues, _ report: inout Report) throws {
    let (bytes, transactions) = (try values.one("block"), try values.one("transactions"))
    let block =
      "\(Figure.text(bytes / 1e6)) MB, \(Figure.text(transactions)) transactions, 4 million weight units"
    let table = try values.one("table")
    report.rows += [
      Row(
        "full block scanned against 10 M watched scripts", unit: "ms", commit: .atMost(100),
        aim: .atMost(25), measured: try values.list("scan").median,
        note:
          "\(block), read from bytes; \(Figure.text(try values.one("hits"))) deposits found, each "
          + "confirmed by deriving its script"),
      Row(
        "table of 10 M watched scripts", unit: "MB", commit: .atMost(200), aim: .atMost(200),
        measured: max(table, try values.one("resident")) / 1e6,
        note: "\(Figure.text(table / Double(watched))) bytes an address in the table, "
          + "\(Figure.text(try values.one("resident") / Double(watched))) in resident memory; "
          + "\(Figure.text(try values.one("learn"))) s to take in the addresses at a start"),
      Row(
        "blocks read and written again", unit: "MB/s", commit: .atLeast(100), aim: .atLeast(300),
        measured: try values.list("round-trip").median, note: block),
    ]
  }
}
