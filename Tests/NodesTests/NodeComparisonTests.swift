import Nodes
import Testing

@Suite struct NodeComparisonTests {
  private let minute: Int64 = 60_000

  @Test func `a short difference is waited out and a long one is an alarm`() {
    var comparison = NodeComparison(tolerance: .init(milliseconds: 10 * minute, forkDepth: 2))
    #expect(comparison.judge(.same, at: 0) == .agreed)
    #expect(comparison.judge(.behind(.second, blocks: 1), at: minute) == .waiting)
    #expect(comparison.judge(.same, at: 2 * minute) == .agreed)
    // Time counts from the beginning of the difference, whatever its form.
    #expect(comparison.judge(.behind(.first, blocks: 1), at: 3 * minute) == .waiting)
    #expect(comparison.judge(.forked(depth: 1), at: 9 * minute) == .waiting)
    #expect(comparison.judge(.silent(.second, reason: "no answer"), at: 13 * minute) == .waiting)
    #expect(
      comparison.judge(.silent(.second, reason: "no answer"), at: 14 * minute)
        == .alarm("the second node is silent: no answer"))
    // It lasts until they agree.
    #expect(
      comparison.judge(.behind(.second, blocks: 3), at: 15 * minute)
        == .alarm("the second node is 3 blocks behind the other"))
    #expect(comparison.judge(.same, at: 16 * minute) == .agreed)
    #expect(comparison.judge(.behind(.second, blocks: 1), at: 17 * minute) == .waiting)
  }

  @Test(arguments: [(1, false), (2, true), (3, true), (300, true)])
  func `two branches are an alarm at once, two blocks at one height are not`(
    depth: Int, isAlarm: Bool
  ) {
    var comparison = NodeComparison(tolerance: .init(milliseconds: 10 * minute, forkDepth: 2))
    let text = "the nodes are on two branches, \(depth) blocks deep"
    #expect(comparison.judge(.forked(depth: depth), at: 0) == (isAlarm ? .alarm(text) : .waiting))
  }

  @Test func `an alarm of before is ended by agreement alone`() {
    var comparison = NodeComparison(isAlarmed: true)
    #expect(
      comparison.judge(.lostBlocks, at: 0) == .alarm("the node has lost blocks that were taken in"))
    #expect(comparison.judge(.same, at: 1) == .agreed)
    #expect(comparison.judge(.lostBlocks, at: 2) == .waiting)
  }
}
