import Engine
import Money
import Reserves
import Structures
import Testing

@Suite struct ReservesFiguresTests {
  private func figures(
    owed: Int64, onChain: Int64, uncredited: Int64 = 0, inFlight: Int64 = 0,
    evidence: ReservesFigures.Evidence = .chain(ChainPoint(height: 7, hash: []))
  ) -> ReservesFigures {
    ReservesFigures(
      asset: AssetID(1), code: "BTC", decimals: 8, owedToCustomers: Amount(units: owed),
      owed: Amount(units: owed), onChain: Amount(units: onChain),
      uncredited: Amount(units: uncredited), inFlight: Amount(units: inFlight), evidence: evidence)
  }

  @Test(arguments: [
    (owed: 100, onChain: 100, uncredited: 0, inFlight: 0, covered: true, ratio: "100.0000"),
    (100, 150, 50, 0, true, "100.0000"),
    (100, 60, 0, 40, true, "100.0000"),
    (100, 99, 0, 0, false, "99.0000"),
    (100, 120, 30, 5, false, "95.0000"),
    (3, 2, 0, 0, false, "66.6666"),
    (3, 4, 0, 0, true, "133.3333"),
    (0, 0, 0, 0, true, "-"),
    (0, 0, 1, 0, false, "-"),
    (100, 0, 1, 0, false, "-1.0000"),
    (2_100_000_000_000_000, 2_099_999_999_999_999, 0, 0, false, "99.9999"),
    (1, Int64.max, 0, 0, true, "922337203685477.5807"),
  ])
  func `covered is what is there for what is owed, to the last unit`(
    owed: Int64, onChain: Int64, uncredited: Int64, inFlight: Int64, covered: Bool, ratio: String
  ) {
    let figures = figures(
      owed: owed, onChain: onChain, uncredited: uncredited, inFlight: inFlight)
    #expect(figures.isCovered == covered)
    #expect(figures.ratioPercent == ratio)
  }

  @Test func `the table says what is short and by how much`() {
    var usdt = figures(owed: 5, onChain: 5, evidence: .attestedByOperators)
    usdt.code = "USDT"
    let report = ReservesReport(
      figures: [figures(owed: 300_000_000, onChain: 250_000_000), usdt],
      point: ChainPoint(height: 7, hash: []))
    #expect(!report.isCovered)
    let lines = report.table.split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines[1].hasSuffix("83.3333  chain"))
    #expect(lines[2].hasSuffix("100.0000  attested by operators"))
    #expect(lines[3] == "BTC: below 100 %, short by 0.5")
  }
}
