import Ledger
import Money
import Testing
import Wire

@Suite struct LedgerTests {
  private func posting(
    _ units: Int64, _ source: LedgerAccount, _ destination: LedgerAccount
  ) -> Posting {
    Posting(asset: 0, amount: Amount(units: units), from: source, to: destination)
  }

  @Test func `every movement leaves debits equal to credits`() {
    var ledger = Ledger()
    ledger.grow(toAssets: 1)
    let steps = [
      posting(100, .custody, .customer(0, .fundingAvailable)),
      posting(60, .customer(0, .fundingAvailable), .customer(0, .tradingAvailable)),
      posting(50, .customer(0, .tradingAvailable), .customer(0, .tradingHeld)),
      posting(50, .customer(0, .tradingHeld), .customer(3, .tradingAvailable)),
      posting(2, .customer(3, .tradingAvailable), .house(.tradingFees)),
      posting(40, .customer(0, .fundingAvailable), .customer(0, .fundingHeld)),
      posting(37, .customer(0, .fundingHeld), .custody),
      posting(3, .customer(0, .fundingHeld), .house(.withdrawalFees)),
      posting(1, .house(.withdrawalFees), .custody),
    ]
    for step in steps {
      ledger.post(step)
      ledger.checkConservation()
      #expect(ledger.recountAgrees())
    }
    #expect(ledger.custody(of: 0) == Amount(units: 62))
    #expect(ledger.owed(of: 0) == Amount(units: 62))
    #expect(ledger.customers(of: 0) == Amount(units: 58))
    #expect(ledger.balance(of: 3, asset: 0, in: .tradingAvailable) == Amount(units: 48))
    #expect(ledger.balance(of: .tradingFees, asset: 0) == Amount(units: 2))
  }

  @Test func `a customer's balance never goes below zero`() async {
    await #expect(processExitsWith: .failure) {
      var ledger = Ledger()
      ledger.grow(toAssets: 1)
      ledger.post(
        Posting(
          asset: 0, amount: Amount(units: 1), from: .customer(0, .fundingAvailable),
          to: .customer(1, .fundingAvailable)))
    }
  }

  @Test func `coins that are not there cannot leave`() async {
    await #expect(processExitsWith: .failure) {
      var ledger = Ledger()
      ledger.grow(toAssets: 1)
      ledger.post(
        Posting(asset: 0, amount: Amount(units: 1), from: .house(.withdrawalFees), to: .custody))
    }
  }

  @Test func `a ledger with one unit too many is refused when read`() throws {
    var ledger = Ledger()
    ledger.grow(toAssets: 1)
    ledger.post(posting(100, .custody, .customer(0, .fundingAvailable)))
    var writer = ByteWriter()
    ledger.encode(into: &writer)
    var reader = ByteReader(writer.bytes)
    #expect(try Ledger(from: &reader) == ledger)
    // The first customer's first pocket follows two 32-bit counts.
    var forged = writer.bytes
    forged[8] += 1
    #expect(throws: WireError.self) {
      var reader = ByteReader(forged)
      _ = try Ledger(from: &reader)
    }
  }
}
