import Ledger
import Money
import Structures
import Testing
import Wire

@Suite struct LedgerTests {
  private func posting(
    _ units: Int64, _ source: LedgerAccount, _ destination: LedgerAccount
  ) -> Posting {
    Posting(asset: 0, amount: Amount(units: units), from: source, to: destination)
  }

  private func bytes(_ ledger: borrowing Ledger) -> [UInt8] {
    var writer = ByteWriter()
    ledger.encode(into: &writer)
    return writer.bytes
  }

  @Test func `every movement leaves debits equal to credits`() throws {
    var ledger = Ledger(capacity: 16)
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
      let agrees = ledger.recountAgrees()
      #expect(agrees)
    }
    let figures = [
      ledger.custody(of: 0), ledger.owed(of: 0), ledger.customers(of: 0),
      ledger.balance(of: .tradingFees, asset: 0),
    ].map(\.units)
    #expect(figures == [62, 62, 58, 2])
    let found = ledger.slot(of: 3, asset: 0, in: .trading)
    let balance = ledger[try #require(found)]
    #expect(balance.available == Amount(units: 48))
  }

  @Test func `slots move money by number, and each change is reported once`() throws {
    var ledger = Ledger(capacity: 16)
    ledger.grow(toAssets: 1)
    ledger.post(posting(100, .custody, .customer(0, .tradingAvailable)))
    ledger.drainTouched { _ in }
    let known = ledger.slot(of: 0, asset: 0, in: .trading)
    let made = ledger.reserve(1, asset: 0, in: .trading)
    let (alice, bob) = (try #require(known), try #require(made))
    ledger.hold(Amount(units: 70), at: alice)
    let (alicesPlace, bobsPlace) = (ledger.place(of: alice), ledger.place(of: bob))
    ledger.settle(50, from: alicesPlace, to: bobsPlace)
    ledger.noteChange(at: alicesPlace, of: alice)
    ledger.noteChange(at: bobsPlace, of: bob)
    ledger.release(Amount(units: 20), at: alice)
    ledger.charge(5, at: bobsPlace, for: .tradingFees)
    ledger.grant(2, from: .tradingFees, at: alicesPlace)
    ledger.checkConservation()
    var seen: [[Int64]] = []
    ledger.drainTouched {
      seen.append([Int64($0.customer), $0.available.units, $0.held.units])
    }
    #expect(seen == [[0, 52, 0], [1, 45, 0]])
    ledger.drainTouched { _ in Issue.record("reported twice") }
    let agrees = ledger.recountAgrees()
    #expect(agrees)
  }

  @Test func `a full ledger makes no new slot and keeps the old ones`() {
    var ledger = Ledger(capacity: 16)
    ledger.grow(toAssets: 20)
    for asset in 0..<16 {
      let made = ledger.reserve(7, asset: asset, in: .trading)
      #expect(made == UInt32(asset))
    }
    let refused = ledger.reserve(7, asset: 16, in: .trading)
    let known = ledger.reserve(7, asset: 15, in: .trading)
    #expect(refused == nil)
    #expect(known == 15)
  }

  @Test func `a customer's balance never goes below zero`() async {
    await #expect(processExitsWith: .failure) {
      var ledger = Ledger(capacity: 16)
      ledger.grow(toAssets: 1)
      ledger.post(
        Posting(
          asset: 0, amount: Amount(units: 1), from: .customer(0, .fundingAvailable),
          to: .customer(1, .fundingAvailable)))
    }
  }

  @Test func `coins that are not there cannot leave`() async {
    await #expect(processExitsWith: .failure) {
      var ledger = Ledger(capacity: 16)
      ledger.grow(toAssets: 1)
      ledger.post(
        Posting(asset: 0, amount: Amount(units: 1), from: .house(.withdrawalFees), to: .custody))
    }
  }

  @Test func `a ledger reads back as itself, and a negative balance is refused`() throws {
    var ledger = Ledger(capacity: 16)
    ledger.grow(toAssets: 1)
    ledger.post(posting(100, .custody, .customer(0, .fundingAvailable)))
    ledger.drainTouched { _ in }
    let whole = bytes(ledger)
    var reader = ByteReader(whole)
    let again = try Ledger(from: &reader, capacity: 16, customers: 1)
    #expect(bytes(again) == whole)
    let copied = bytes(ledger.copy())
    #expect(copied == whole)
    // The free units end 8 bytes before the end.
    var forged = whole
    forged[forged.count - 9] = 0xFF
    var damaged = ByteReader(forged)
    let isRefused: Bool
    do {
      _ = try Ledger(from: &damaged, capacity: 16, customers: 1)
      isRefused = false
    } catch { isRefused = true }
    #expect(isRefused)
  }
}
