// swift-format-ignore-file: NeverForceUnwrap
// Fixed inputs of tests: what traps here is a wrong test.
import Bitcoin
import Custody
import Structures
import Testing

@Suite struct ReplacementTests {
  static let rules = ReplacementRules(relayIncrement: .relayed)

  static func outpoint(_ number: UInt8) -> Outpoint {
    Outpoint(
      transaction: TransactionID(bytes: [UInt8](repeating: number, count: 32))!, index: 0)
  }

  static func version(
    _ inputs: [UInt8], fee: Int64, pays: Int64 = 50_000, vbytes: Int64 = 200,
    sequence: UInt32 = 0xFFFF_FFFD
  ) -> PayoutVersion {
    let script = Script.payToWitness(version: 0, program: [UInt8](repeating: 1, count: 20))
    let transaction = Transaction(
      inputs: inputs.map { TransactionInput(outpoint: outpoint($0), sequence: sequence) },
      outputs: [
        TransactionOutput(value: pays, script: script),
        TransactionOutput(value: 1_000_000 - fee, script: Script()),
      ])
    return PayoutVersion(transaction, paymentCount: 1, fee: fee, vbytes: vbytes)
  }

  private func replace(
    _ old: PayoutVersion, by new: PayoutVersion,
    evicted: ReplacementRules.Evicted = .none, confirmed: Bool = true
  ) -> ReplacementError? {
    do {
      let lineage = try PayoutLineage(old).replaced(
        by: new, rules: Self.rules, evicted: evicted, isConfirmed: { _ in confirmed })
      #expect(lineage.latest == new)
      return nil
    } catch {
      return error
    }
  }

  @Test func `a replacement must conflict, pay the same, and pay for itself`() {
    let old = Self.version([1, 2], fee: 1000)
    #expect(replace(old, by: Self.version([1], fee: 1200)) == nil)
    #expect(replace(old, by: Self.version([3], fee: 9000)) == .doesNotConflict(with: old.id))
    #expect(replace(old, by: Self.version([1], fee: 9000, pays: 49_999)) == .paysSomethingElse)
    #expect(
      replace(old, by: Self.version([1], fee: 999))
        == .feeBelowReplaced(needed: 1000, paid: 999))
    #expect(
      replace(old, by: Self.version([1], fee: 1199)) == .incrementTooSmall(needed: 200, paid: 199))
    #expect(
      replace(Self.version([1], fee: 1000, sequence: 0xFFFF_FFFE), by: Self.version([1], fee: 9000))
        == .notReplaceable)
    #expect(
      replace(old, by: Self.version([1, 3], fee: 9000), confirmed: false)
        == .newUnconfirmedInput(Self.outpoint(3)))
    #expect(replace(old, by: Self.version([1, 2], fee: 9000), confirmed: false) == nil)
    // Larger, so a higher fee is still a lower rate.
    #expect(
      replace(old, by: Self.version([1], fee: 2000, vbytes: 500))
        == .rateNotHigher(than: FeeRate(satsPerVByte: 5)!))
    let children = ReplacementRules.Evicted(count: 99, fees: 5000)
    #expect(replace(old, by: Self.version([1], fee: 6200), evicted: children) == nil)
    #expect(
      replace(old, by: Self.version([1], fee: 6199), evicted: children)
        == .incrementTooSmall(needed: 200, paid: 199))
    #expect(
      replace(old, by: Self.version([1], fee: 9000), evicted: .init(count: 100, fees: 0))
        == .evictsTooMany(101, limit: 100))
  }

  @Test(arguments: UInt64(0)..<100) func `the least fee is accepted, and one satoshi less is not`(
    seed: UInt64
  ) {
    var random = SplitMix64(seed: seed)
    let old = Self.version(
      [1], fee: .random(in: 0...20_000, using: &random),
      vbytes: .random(in: 100...2000, using: &random))
    let vbytes = Int64.random(in: 100...2000, using: &random)
    let evicted = ReplacementRules.Evicted(count: 2, fees: .random(in: 0...5000, using: &random))
    let least = Self.rules.leastFee(replacing: old, evicted: evicted, vbytes: vbytes)
    #expect(
      replace(old, by: Self.version([1], fee: least, vbytes: vbytes), evicted: evicted) == nil)
    #expect(
      replace(old, by: Self.version([1], fee: least - 1, vbytes: vbytes), evicted: evicted) != nil)
  }

  /// A chain without mercy: of all versions that anybody ever saw it may take any, at any time.
  @Test(arguments: UInt64(0)..<300)
  func `whatever versions confirm, in whatever order, a payment is made at most once`(
    seed: UInt64
  ) throws {
    var random = SplitMix64(seed: seed)
    var lineage = PayoutLineage(Self.version([1, 2, 3], fee: 1000))
    var accepted = 0
    for _ in 0..<40 {
      let inputs = (UInt8(1)...6).filter { _ in Bool.random(using: &random) }
      let next = Self.version(
        inputs, fee: lineage.latest.fee + .random(in: 0...600, using: &random))
      guard
        let grown = try? lineage.replaced(by: next, rules: Self.rules, isConfirmed: { _ in true })
      else { continue }
      lineage = grown
      accepted += 1
    }
    #expect(accepted > 0)
    for _ in 0..<20 {
      var spent: Set<Outpoint> = []
      var payments = 0
      for version in lineage.versions.shuffled(using: &random) {
        let inputs = Set(version.inputs.map(\.outpoint))
        guard spent.isDisjoint(with: inputs) else { continue }
        spent.formUnion(inputs)
        payments += 1
      }
      #expect(payments == 1)
    }
  }
}
