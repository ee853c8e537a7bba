import Guard
import Money
import Structures
import Testing

@Suite struct ReleaseWindowTests {
  @Test(arguments: UInt64(0)..<200)
  func `a wait is as long as taking one release after the other out of the window says`(
    seed: UInt64
  ) {
    var random = SplitMix64(seed: seed)
    let width: Int64 = 1_000
    let budget = Int64.random(in: 100...2_000, using: &random)
    let now = Timestamp(milliseconds: 10_000)
    var releases: [(time: Timestamp, amount: Int64)] = []
    var time: Int64 = 8_500
    for _ in 0..<Int.random(in: 0...30, using: &random) {
      time = min(10_000, time + .random(in: 0...150, using: &random))
      releases.append((Timestamp(milliseconds: time), .random(in: 1...300, using: &random)))
    }
    var window = ReleaseWindow(of: releases, width: width, budget: budget, at: now)
    for _ in 0..<5 {
      let amount = Int64.random(in: 1...budget, using: &random)
      let found = window.wait(for: amount, at: now)
      // The slow way.
      let inside = releases.filter { $0.time > now.advanced(byMilliseconds: -width) }
      var spent = inside.reduce(0) { $0 + $1.amount }
      var until: Timestamp?
      for release in inside where spent + amount > budget {
        spent -= release.amount
        until = release.time.advanced(byMilliseconds: width)
      }
      #expect(found == until)
      if found == nil {
        window.add(amount, at: now)
        releases.append((now, amount))
      }
    }
  }
}
