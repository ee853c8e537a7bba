import Engine
import Money
import Structures
import Testing

@Suite struct WithdrawalWindowTests {
  @Test(arguments: UInt64(0)..<100)
  func `running sums are those that adding up the last hour and day gives`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var window = WithdrawalWindow()
    var all: [WithdrawalWindows.Entry] = []
    var now: Int64 = 1_700_000_000_000
    for number in UInt64(1)...300 {
      now += .random(in: 0...(seed % 3 == 0 ? 60_000 : 2_000_000), using: &random)
      let time = Timestamp(milliseconds: now)
      switch Int.random(in: 0..<10, using: &random) {
      case 0:
        if let taken = all.randomElement(using: &random) {
          all.removeAll { $0.withdrawal == taken.withdrawal }
          window.remove(taken.withdrawal)
        }
        window.remove(WithdrawalID(number))
      case 1: break
      default:
        let entry = WithdrawalWindows.Entry(
          at: time, withdrawal: WithdrawalID(number),
          amount: Amount(units: .random(in: 1...(1 << 60), using: &random)))
        all.append(entry)
        window.append(entry)
      }
      func sum(_ width: Int64) -> (Int, Amount) {
        let inside = all.filter { now - $0.at.milliseconds < width }
        let ceiling = WithdrawalWindows.ceiling
        return (inside.count, inside.reduce(Amount.zero) { min($0 + $1.amount, ceiling) })
      }
      let sums = window.sums(at: time)
      #expect(sums.day == sum(86_400_000).1)
      #expect(sums.hour == sum(3_600_000).1)
      #expect(Int(sums.hourCount) == sum(3_600_000).0)
      #expect(window.entries.count >= sum(86_400_000).0)
    }
  }
}
