import Bitcoin
import Foundation
import Logbook
import Money
import SignerProtocol
import Signing
import Statements
import Testing

@Suite struct SignerMemoryTests {
  typealias F = SigningFixture

  static func pay(
    _ withdrawal: UInt64, _ amount: Int64, coins: [UInt32], fee: Int64 = 2_000
  ) -> SigningRequest {
    F.request(
      [F.payment(F.release(withdrawal, account: 7, amount: amount, to: F.address(1)))],
      coins: coins, fee: fee)
  }

  @Test func `the same transaction is signed again without a second charge`() throws {
    let bench = try SignerBench()
    let signer = try bench.signer()
    let first = signer.answer(.sign(F.usual))
    let position = signer.status.position
    #expect(signer.answer(.sign(F.usual)) == first)
    #expect(signer.status.position == position)
    #expect(signer.status.budgetHour == F.limits.budgetHour - 302_000)
  }

  @Test func `a second payment of a withdrawal from other coins is refused`() throws {
    let bench = try SignerBench()
    let signer = try bench.signer()
    #expect(signer.refusal(Self.pay(1, 300_000, coins: [0])) == nil)
    #expect(signer.refusal(Self.pay(1, 300_000, coins: [1])) == .alreadyPaid)
  }

  @Test func `a replacement must conflict with every transaction before it`() throws {
    let bench = try SignerBench()
    let signer = try bench.signer()
    #expect(signer.refusal(Self.pay(1, 300_000, coins: [0])) == nil)
    #expect(signer.refusal(Self.pay(1, 300_000, coins: [0, 1], fee: 4_000)) == nil)
    // It conflicts with the second but could confirm beside the first.
    #expect(signer.refusal(Self.pay(1, 300_000, coins: [1], fee: 6_000)) == .alreadyPaid)
  }

  @Test func `a replacement pays the same or is refused`() throws {
    let bench = try SignerBench()
    let signer = try bench.signer()
    #expect(signer.refusal(Self.pay(1, 300_000, coins: [0])) == nil)
    #expect(signer.refusal(Self.pay(1, 300_001, coins: [0])) == .alreadyPaid)
  }

  private static func pay(_ withdrawal: UInt64, back: UInt32) -> SigningRequest {
    F.request(
      [F.payment(F.release(withdrawal, account: 7, amount: 1_000, to: F.address(1)))],
      coins: [UInt32(withdrawal)], back: back)
  }

  @Test func `a wallet after a rotation begins its change where the one before ended`() throws {
    let bench = try SignerBench()
    var policy = F.policy
    #expect(try bench.signer().refusal(Self.pay(1, back: 2_000_000)) == .foreignChange)
    policy.changeFrom = 2_000_000
    do {
      let signer = try bench.signer(1, policy: policy)
      #expect(signer.refusal(Self.pay(1, back: 2_000_000)) == nil)
      #expect(signer.refusal(Self.pay(2, back: 2_159_999)) == nil)
    }
    let signer = try bench.signer(1, policy: policy)
    #expect(signer.refusal(Self.pay(3, back: 2_319_999)) == nil, "it goes on from what was signed")
    #expect(signer.refusal(Self.pay(4, back: 2_480_000)) == .foreignChange)
  }

  @Test func `ten thousand payouts with all their change may pass a signer by`() throws {
    let bench = try SignerBench()
    let signer = try bench.signer()
    #expect(signer.refusal(Self.pay(1, back: 160_000)) == .foreignChange)
    #expect(signer.refusal(Self.pay(1, back: 159_999)) == nil)
  }

  @Test func `a replacement is charged for its fee alone`() throws {
    let bench = try SignerBench()
    let signer = try bench.signer()
    #expect(signer.refusal(Self.pay(1, 300_000, coins: [0])) == nil)
    #expect(signer.refusal(Self.pay(1, 300_000, coins: [0], fee: 4_000)) == nil)
    #expect(signer.status.budgetDay == F.limits.budgetDay - 302_000 - 4_000)
  }

  @Test func `one transaction, an hour and a day have their ceilings`() throws {
    let bench = try SignerBench()
    let signer = try bench.signer()
    #expect(signer.refusal(Self.pay(1, 2_000_000, coins: [0, 1, 2])) == .transactionLimit)
    #expect(signer.refusal(Self.pay(2, 1_900_000, coins: [0, 1])) == nil)
    #expect(signer.refusal(Self.pay(3, 1_900_000, coins: [2, 3])) == .budgetExceeded)
    bench.now = bench.now.advanced(byMilliseconds: 3_600_000)
    #expect(signer.refusal(Self.pay(3, 1_900_000, coins: [2, 3])) == nil)
    bench.now = bench.now.advanced(byMilliseconds: 3_600_000)
    #expect(signer.refusal(Self.pay(4, 1_900_000, coins: [4, 5])) == .budgetExceeded)
    bench.now = bench.now.advanced(byMilliseconds: 22 * 3_600_000)
    #expect(signer.refusal(Self.pay(4, 1_900_000, coins: [4, 5])) == nil)
  }

  @Test func `setting the clock back frees nothing`() throws {
    let bench = try SignerBench()
    let signer = try bench.signer()
    #expect(signer.refusal(Self.pay(1, 1_900_000, coins: [0, 1])) == nil)
    bench.now = bench.now.advanced(byMilliseconds: -48 * 3_600_000)
    #expect(signer.refusal(Self.pay(2, 1_900_000, coins: [2, 3])) == .budgetExceeded)
  }

  @Test func `counters, payments and keys survive a restart`() throws {
    let bench = try SignerBench()
    var status: SignerStatus?
    do {
      let signer = try bench.signer()
      #expect(signer.refusal(Self.pay(1, 1_900_000, coins: [0, 1])) == nil)
      status = signer.status
    }
    let signer = try bench.signer()
    #expect(signer.status == status)
    #expect(signer.refusal(Self.pay(2, 1_900_000, coins: [2, 3])) == .budgetExceeded)
    #expect(signer.refusal(Self.pay(1, 1_900_000, coins: [4, 5])) == .alreadyPaid)
    #expect(signer.refusal(Self.pay(1, 1_900_000, coins: [0, 1])) == nil, "the same again")
    let swapped = F.request(
      [F.payment(F.release(9, account: 7, amount: 1000, to: F.address(1)), customer: F.bob)],
      coins: [7])
    #expect(signer.refusal(swapped) == .customerKeyChanged)
  }

  @Test func `a record put back to an older copy is refused at the start`() throws {
    let bench = try SignerBench()
    let path = bench.record + "0"
    do { _ = try bench.signer() }
    let old = try Data(contentsOf: URL(fileURLWithPath: path))
    do { #expect(try bench.signer().refusal(F.usual) == nil) }
    try old.write(to: URL(fileURLWithPath: path))
    #expect(throws: SignerError.self) { try bench.signer() }
  }

  @Test func `a record begun anew is refused by what the guard remembers`() throws {
    let bench = try SignerBench()
    var request = F.usual
    do {
      let signer = try bench.signer()
      #expect(signer.refusal(request) == nil)
      request.knownPosition = signer.status.position
      #expect(signer.refusal(request) == nil)
    }
    for suffix in ["0", "0.head"] {
      try FileManager.default.removeItem(atPath: bench.record + suffix)
    }
    let signer = try bench.signer()
    #expect(signer.refusal(request) == .rolledBack)
  }

  @Test func `another wallet's or another key's record is refused`() throws {
    let bench = try SignerBench()
    do { _ = try bench.signer(0) }
    for suffix in ["", ".head"] {
      try FileManager.default.copyItem(
        atPath: bench.record + "0" + suffix, toPath: bench.record + "1" + suffix)
    }
    #expect(throws: SignerError.self) { try bench.signer(1) }
  }

  @Test func `different refusals freeze a signer by themselves, the same one again does not`()
    throws
  {
    let bench = try SignerBench()
    let signer = try bench.signer()
    for _ in 0..<(2 * F.limits.refusals) {
      #expect(signer.refusal(Self.pay(1, 300_000, coins: [0], fee: 50_000)) == .feeTooHigh)
    }
    #expect(signer.status.frozen == nil)
    for index in 1..<F.limits.refusals {
      #expect(signer.status.frozen == nil)
      _ = signer.refuseUnreadable([UInt8(index)])
    }
    #expect(signer.status.frozen == "\(F.limits.refusals) different refusals within an hour")
    #expect(signer.refusal(F.usual) == .frozen)
  }

  @Test func `refusals of an hour ago and full budgets do not freeze`() throws {
    let bench = try SignerBench()
    let signer = try bench.signer()
    for round in 0..<3 {
      for index in 1..<F.limits.refusals {
        _ = signer.refuseUnreadable([UInt8(round), UInt8(index)])
      }
      bench.now = bench.now.advanced(byMilliseconds: 3_600_000)
    }
    #expect(signer.refusal(Self.pay(1, 1_900_000, coins: [0, 1])) == nil)
    for number in UInt64(2)..<150 {
      #expect(signer.refusal(Self.pay(number, 1_900_000, coins: [2, 3])) == .budgetExceeded)
    }
    #expect(signer.status.frozen == nil)
  }
}
