import Bitcoin
import Cryptography
import Nodes
import Testing

/// A node that is nothing but headers in a list, and forgets what it is told to.
private struct PaperNode {
  var active: [Block] = []
  var known: Set<BlockHash> = []
  var isSyncing = false
  /// Whether a filter shows of every other block that nothing in it matters.
  var filters = false

  /// Appends blocks whose time tells branches apart.
  mutating func extend(_ count: Int, branch: UInt32) {
    for _ in 0..<count {
      let header = BlockHeader(
        version: 4, previous: active.last?.hash ?? .zero, merkleRoot: .zero,
        time: branch, bits: 0x207F_FFFF, nonce: UInt32(active.count))
      active.append(Block(header: header, transactions: []))
      known.insert(header.hash)
    }
  }

  func answer(_ action: ChainFollower.Action) -> ChainFollower.Answer? {
    switch action {
    case .askTip:
      let hash = active.last?.hash ?? .zero
      return .tip(BlockPosition(height: active.count, hash: hash), isSyncing: isSyncing)
    case .askPlace(let hash):
      if active.contains(where: { $0.hash == hash }) { return .place(.active) }
      return .place(known.contains(hash) ? .stale : .unknown)
    case .askHash(let height):
      return .hash(active.indices.contains(height - 1) ? active[height - 1].hash : nil)
    case .askBlock(let hash):
      if filters, let block = active.first(where: { $0.hash == hash }),
        block.header.nonce.isMultiple(of: 2)
      {
        return .nothingOfOurs(block.header)
      }
      return .block(active.first { $0.hash == hash })
    case .connect, .pass, .disconnect, .wait: return nil
    }
  }
}

/// What a follower had its caller do in one round.
private struct Round: Equatable {
  var connected: [Int] = []
  var passed: [Int] = []
  var disconnected: [Int] = []
  var end: ChainFollower.Reason?
}

private func round(
  _ follower: inout ChainFollower, _ node: inout PaperNode,
  interrupting: (Int, inout PaperNode) -> Void = { _, _ in }
) throws -> Round {
  var result = Round()
  var action = follower.start()
  for step in 0..<1000 {
    interrupting(step, &node)
    if let answer = node.answer(action) {
      action = try follower.next(after: answer)
      continue
    }
    switch action {
    case .connect(_, let position): result.connected.append(position.height)
    case .pass(_, let position): result.passed.append(position.height)
    case .disconnect(let position): result.disconnected.append(position.height)
    case .wait(let reason):
      result.end = reason
      return result
    default: break
    }
    action = try follower.next(after: .done)
  }
  Issue.record("a round does not end")
  return result
}

@Suite struct ChainFollowerTests {
  @Test func `blocks are connected in order, once`() throws {
    var node = PaperNode()
    node.extend(4, branch: 1)
    var follower = ChainFollower(firstHeight: 2)
    #expect(try round(&follower, &node) == Round(connected: [2, 3, 4], end: .upToDate))
    #expect(try round(&follower, &node) == Round(end: .upToDate))
    node.extend(1, branch: 1)
    #expect(try round(&follower, &node) == Round(connected: [5], end: .upToDate))
    #expect(follower.tip?.hash == node.active[4].hash)
  }

  @Test func `a follower resumes from what it stored`() throws {
    var node = PaperNode()
    node.extend(6, branch: 1)
    var first = ChainFollower()
    _ = try round(&first, &node)
    node.extend(2, branch: 1)
    var second = ChainFollower(recent: first.recent)
    #expect(try round(&second, &node) == Round(connected: [7, 8], end: .upToDate))
  }

  @Test func `a reorganisation goes back to the fork and forward again`() throws {
    var node = PaperNode()
    node.extend(6, branch: 1)
    var follower = ChainFollower()
    _ = try round(&follower, &node)
    node.active.removeLast(3)
    node.extend(4, branch: 2)
    #expect(
      try round(&follower, &node)
        == Round(connected: [4, 5, 6, 7], disconnected: [6, 5, 4], end: .upToDate))
  }

  @Test func `a node with a shorter branch is followed when it knows the longer one`() throws {
    var node = PaperNode()
    node.extend(6, branch: 1)
    var follower = ChainFollower()
    _ = try round(&follower, &node)
    node.active.removeLast(2)
    #expect(try round(&follower, &node) == Round(disconnected: [6, 5], end: .upToDate))
  }

  @Test func `nothing is undone for a node that is behind`() throws {
    var node = PaperNode()
    node.extend(6, branch: 1)
    var follower = ChainFollower()
    _ = try round(&follower, &node)
    var fresh = PaperNode()
    fresh.extend(3, branch: 1)
    #expect(try round(&follower, &fresh) == Round(end: .nodeIsBehind))
    fresh.extend(5, branch: 3)
    fresh.isSyncing = true
    #expect(try round(&follower, &fresh) == Round(end: .nodeIsBehind))
    fresh.isSyncing = false
    #expect(
      try round(&follower, &fresh)
        == Round(connected: [4, 5, 6, 7, 8], disconnected: [6, 5, 4], end: .upToDate))
  }

  @Test func `a fork below what is remembered stops the follower`() throws {
    var node = PaperNode()
    node.extend(10, branch: 1)
    var follower = ChainFollower(window: 3)
    _ = try round(&follower, &node)
    #expect(follower.recent.map(\.height) == [8, 9, 10])
    let oldest = follower.recent[0]
    node.active.removeLast(5)
    node.extend(6, branch: 2)
    #expect(throws: ChainFollower.Failure.forkIsTooDeep(oldest: oldest)) {
      _ = try round(&follower, &node)
    }
    #expect(follower.tip == oldest)
  }

  @Test func `a fork at the very first block is followed`() throws {
    var node = PaperNode()
    node.extend(2, branch: 1)
    var follower = ChainFollower()
    _ = try round(&follower, &node)
    node.active = []
    node.extend(3, branch: 2)
    #expect(
      try round(&follower, &node)
        == Round(connected: [1, 2, 3], disconnected: [2, 1], end: .upToDate))
  }

  @Test(arguments: 0..<12)
  func `a chain that moves between two answers is caught up with`(step: Int) throws {
    var node = PaperNode()
    node.extend(5, branch: 1)
    var follower = ChainFollower()
    _ = try round(&follower, &node) { at, node in
      guard at == step else { return }
      node.active.removeLast(3)
      node.extend(5, branch: 2)
    }
    _ = try round(&follower, &node)
    #expect(follower.recent.map(\.hash) == node.active.map(\.hash))
  }

  @Test func `an answer to another question is refused`() throws {
    var follower = ChainFollower()
    _ = follower.start()
    #expect(throws: ChainFollower.Failure.unexpectedAnswer) {
      _ = try follower.next(after: .done)
    }
  }

  @Test func `blocks with nothing that matters are passed over and remembered all the same`() throws
  {
    var node = PaperNode()
    node.filters = true
    node.extend(6, branch: 1)
    var follower = ChainFollower(firstHeight: 1)
    let first = try round(&follower, &node)
    #expect(first.connected == [2, 4, 6])
    #expect(first.passed == [1, 3, 5])
    #expect(follower.recent.map(\.height) == Array(1...6))
    // A block passed over is undone like any other.
    node.active.removeLast(2)
    node.extend(4, branch: 2)
    let second = try round(&follower, &node)
    #expect(second.disconnected == [6, 5])
    #expect(second.passed.count + second.connected.count == 4)
    #expect(follower.tip?.hash == node.active.last?.hash)
  }

  @Test func `a header of another block is not taken for the one that was asked for`() throws {
    var node = PaperNode()
    node.extend(2, branch: 1)
    var follower = ChainFollower(firstHeight: 1)
    _ = follower.start()
    let tip = try #require(node.active.last)
    _ = try follower.next(
      after: .tip(BlockPosition(height: 2, hash: tip.hash), isSyncing: false))
    _ = try follower.next(after: .hash(node.active[0].hash))
    #expect(try follower.next(after: .nothingOfOurs(tip.header)) == .askTip)
  }
}
