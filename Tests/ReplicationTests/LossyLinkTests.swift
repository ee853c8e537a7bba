import Replication
import Structures
import Testing
import Wire

/// Both sides of the protocol over a line that delivers bytes late, in pieces, and breaks at any of them.
private struct LossyLink {
  /// One connection: bytes under way in both directions, and the primary's side of it.
  private struct Connection {
    var feed: FeedMachine
    var toPrimary: [UInt8] = []
    var toFollower: [UInt8] = []
    var primaryDecoder = MessageDecoder()
    var followerDecoder = MessageDecoder()
  }

  private(set) var journal: [[UInt8]] = []
  private(set) var kept: [[UInt8]] = []
  private(set) var problem: String?
  private(set) var wasStopped: FollowerRefusal?
  private var now: UInt64 = 0
  private var follow: FollowMachine
  private var connection: Connection?
  /// What the follower was given and has not dealt with.
  private var pending: [[[UInt8]]] = []
  private var outstanding = 0
  private static let credit = 4_000

  init() {
    follow = FollowMachine(options: Self.options, position: Self.position([]), at: 0)
  }

  private static var options: FollowOptions {
    var options = FollowOptions(role: .standby, name: "test")
    options.creditBytes = UInt32(credit)
    return options
  }

  static func batch(_ sequence: Int, size: Int) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(UInt64(sequence))
    writer.write(fixed: [UInt8](repeating: UInt8(truncatingIfNeeded: sequence), count: size))
    return writer.bytes
  }

  /// A batch's name in place of its hash: enough to tell one from another.
  private static func hash(_ batch: [UInt8]?) -> [UInt8] {
    guard let batch else { return [UInt8](repeating: 0, count: 32) }
    return Array((batch + [UInt8](repeating: 0xAA, count: 32)).prefix(32))
  }

  private static func position(_ kept: [[UInt8]]) -> FollowMachine.Position {
    .init(
      identity: hash(kept.first), sequence: UInt64(kept.count), hash: hash(kept.last), term: 1)
  }

  /// Whether the follower has the very journal.
  var isComplete: Bool { kept == journal }

  mutating func commit(size: Int) {
    journal.append(Self.batch(journal.count + 1, size: size))
    guard connection != nil else { return }
    let head = UInt64(journal.count)
    primary { $0.headMoved(to: head, term: 1) }
  }

  mutating func pass(milliseconds: UInt64) {
    now += milliseconds
    let time = now
    carryOut(follow.timePassed(to: now))
    primary { $0.timePassed(to: time) }
  }

  mutating func cut() {
    guard connection != nil else { return }
    connection = nil
    pending = []
    follow.lost(at: now)
  }

  /// The follower dies and begins again with what it had kept.
  mutating func restartFollower() {
    connection = nil
    pending = []
    follow = FollowMachine(options: Self.options, position: Self.position(kept), at: now)
  }

  mutating func deliver(toPrimary count: Int) {
    guard let bytes = connection?.toPrimary.prefix(count) else { return }
    connection?.toPrimary.removeFirst(bytes.count)
    guard let messages = try? connection?.primaryDecoder.receive(bytes) else {
      problem = "the primary does not understand the follower"
      return
    }
    let time = now
    for message in messages { primary { $0.receive(message, at: time) } }
  }

  mutating func deliver(toFollower count: Int) {
    guard let bytes = connection?.toFollower.prefix(count) else { return }
    connection?.toFollower.removeFirst(bytes.count)
    guard let messages = try? connection?.followerDecoder.receive(bytes) else {
      problem = "the follower does not understand the primary"
      return
    }
    for message in messages { carryOut(follow.receive(message, at: now)) }
  }

  /// The follower deals with the next of what it was given.
  mutating func keepNext() {
    guard !pending.isEmpty else { return }
    let batches = pending.removeFirst()
    for batch in batches {
      var reader = ByteReader(batch)
      let sequence = try? reader.read(UInt64.self)
      guard sequence == UInt64(kept.count + 1) else {
        problem = "batch \(sequence ?? 0) behind \(kept.count)"
        return
      }
      kept.append(batch)
    }
    outstanding -= batches.reduce(0) { $0 + $1.count }
    carryOut(follow.kept(Self.position(kept)))
  }

  private mutating func primary(_ body: (inout FeedMachine) -> [FeedMachine.Action]) {
    guard var feed = connection?.feed else { return }
    let actions = body(&feed)
    connection?.feed = feed
    for action in actions {
      switch action {
      case .lookUp(let sequence):
        let journal = journal
        let place = FeedMachine.Place(
          identity: Self.hash(journal.first), head: UInt64(journal.count), term: 1,
          hash: sequence > 0 && sequence <= journal.count
            ? Self.hash(journal[Int(sequence) - 1]) : nil)
        let time = now
        primary { $0.lookedUp(place, at: time) }
      case .read(let after, let limit):
        var batches: [[UInt8]] = []
        for batch in journal[Int(after)...] {
          let size = batches.reduce(0) { $0 + $1.count } + batch.count
          if !batches.isEmpty, size > limit { break }
          batches.append(batch)
        }
        outstanding += batches.reduce(0) { $0 + $1.count }
        if batches.count > 1, outstanding > Self.credit {
          problem = "\(outstanding) bytes are under way, credit was given for \(Self.credit)"
        }
        let time = now
        primary { $0.read(batches, through: after + UInt64(batches.count), at: time) }
      case .send(let message): connection?.toFollower += message.bytes
      case .progressed(let sequence):
        if sequence > kept.count { problem = "progress to \(sequence), kept are \(kept.count)" }
      case .close: cut()
      }
    }
  }

  private mutating func carryOut(_ actions: [FollowMachine.Action]) {
    for action in actions {
      switch action {
      case .connect:
        connection = Connection(
          feed: FeedMachine(options: FeedOptions(), fence: "/fence", at: now))
        outstanding = 0
        carryOut(follow.connected(at: now))
      case .send(let message): connection?.toPrimary += message.bytes
      case .keep(let batches): pending.append(batches)
      case .disconnect: cut()
      case .stop(let refusal): wasStopped = refusal
      case .compare, .welcomed: break
      }
    }
  }

  /// Lets everything arrive.
  mutating func settle() {
    for _ in 0..<400 where problem == nil {
      pass(milliseconds: 50)
      deliver(toPrimary: .max)
      deliver(toFollower: .max)
      keepNext()
      if pending.isEmpty, kept.count == journal.count { return }
    }
  }
}

@Suite struct LossyLinkTests {
  @Test(arguments: UInt64(0)..<300)
  func `the follower ends with the very journal, whatever happens to the line`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var link = LossyLink()
    for _ in 0..<600 {
      switch Int.random(in: 0..<100, using: &random) {
      case 0..<25: link.commit(size: .random(in: 0...600, using: &random))
      case 25: link.commit(size: .random(in: 3_900...9_000, using: &random))
      case 26..<45: link.pass(milliseconds: .random(in: 0...150, using: &random))
      case 45..<62: link.deliver(toPrimary: .random(in: 1...300, using: &random))
      case 62..<80: link.deliver(toFollower: .random(in: 1...3_000, using: &random))
      case 80..<96: link.keepNext()
      case 96: link.pass(milliseconds: .random(in: 1_000...6_000, using: &random))
      case 97: link.restartFollower()
      default: link.cut()
      }
      guard link.problem == nil, link.wasStopped == nil else { break }
    }
    link.settle()
    #expect(link.problem == nil, "seed \(seed)")
    #expect(link.wasStopped == nil, "seed \(seed)")
    #expect(link.isComplete, "seed \(seed): \(link.kept.count) of \(link.journal.count)")
  }

  @Test func `a line that breaks at any byte costs nothing`() {
    // Bytes that the primary sends for three batches, and some more.
    for cut in 0..<700 {
      var link = LossyLink()
      for size in [10, 200, 40] { link.commit(size: size) }
      link.pass(milliseconds: 1)
      link.deliver(toPrimary: .max)
      link.deliver(toFollower: cut)
      while link.kept.count < 3 {
        let before = link.kept.count
        link.keepNext()
        if link.kept.count == before { break }
      }
      link.cut()
      link.settle()
      #expect(link.problem == nil, "cut at \(cut)")
      #expect(link.isComplete, "cut at \(cut)")
    }
  }
}
