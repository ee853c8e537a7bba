import Engine
import Journal
import Money
import Structures

/// A whole exchange from one seed: a server on a disk that fails, customers on a network that loses,
/// repeats and reorders, a clock that jumps, followers that are cut off.
///
/// Each step does one thing drawn from the seed, and every promise that the exchange makes is
/// checked at once: `truth` is what customers were told, and the model says what must follow from it.
final class World {
  /// A command on its way to the server.
  struct Message {
    /// The customer's request; a repetition has the same.
    var request: Int
    var command: Command
  }

  /// What the server answers, in its order.
  enum Answer {
    case group(delivery: Int, command: Command, CommittedGroup)
    case seen(Sight, DurablePoint)
    case failed(delivery: Int)
  }

  /// Everything about the state that a reader could have been shown.
  struct Sight: Equatable, Sendable {
    var owed: [Int64] = []
    var books: [[BookLevel]] = []
  }

  /// Collects answers; the server's closures must be sendable.
  ///
  /// `@unchecked Sendable`: a simulation has one thread.
  final class Inbox: @unchecked Sendable {
    var answers: [Answer] = []
    var notes: [JournalNote] = []
    /// The last durable batch that was published.
    var published: UInt64 = 0
    /// Whether another machine has taken over, so that this one must not answer.
    var isFenced = false

    init() {}
  }

  var random: SplitMix64
  let disk: SimulatedDisk
  let inbox = Inbox()
  let segmentSize: Int
  var server: SimulatedServer?
  var now = Timestamp(milliseconds: 1_700_000_000_000)

  // What customers do
  var commands: TradingCommands
  /// Requests without an answer, by number.
  var outstanding: [Int: Command] = [:]
  var requests = 0
  var deliveries = 0
  var network: [Message] = []
  /// The request of each delivery that is not answered yet.
  var requestOf: [Int: Int] = [:]

  // What is known
  /// What must follow from everything that is durable.
  var model = ModelExchange()
  var audit = EventAudit()
  /// Every command that is durable, with its time.
  var truth: [JournalEntry] = []
  /// The last durable batch, and the hash of each.
  var head: UInt64 = 0
  var hashes: [UInt64: [UInt8]] = [:]
  /// Hash of the state after each batch that was sealed in the open.
  var stateHashes: [UInt64: [UInt8]] = [:]
  /// Commands in the batch that is under way, and in the open one.
  var underWay: [Command] = []
  var open: [Command] = []
  var answered: Set<Int> = []

  var followers = [SimulatedFollower(), SimulatedFollower()]
  var tally = SimulationTally()
  /// What happened lately, when somebody wants to know.
  var trace: [String]?

  init(seed: UInt64, traces: Bool) {
    random = SplitMix64(seed: seed)
    disk = SimulatedDisk(random: SplitMix64(seed: random.next()))
    commands = TradingCommands(seed: random.next(), accountsLimit: 3)
    segmentSize = [2048, 8192, 1 << 15].randomElement(using: &random) ?? 8192
    trace = traces ? [] : nil
  }

  func draw(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &random) }
  /// True once in `many`.
  func chance(_ many: Int) -> Bool { draw(1...many) == 1 }

  func tell(_ text: @autoclosure () -> String) {
    if trace != nil { trace?.append(text()) }
  }

  /// Does one thing.
  func step() throws(Violation) {
    passTime()
    guard server != nil else { return try start() }
    switch draw(0...99) {
    case ..<30: for _ in 0..<draw(1...6) { send() }
    case ..<58: for _ in 0..<draw(1...12) { deliver() }
    case ..<80: try drive()
    case ..<83: look()
    case ..<88: repeatRequest()
    case ..<94: try follow()
    case 94: try takeSnapshot()
    case 95: try rot()
    case 96: try compareReplay()
    default: if chance(2) { try fail() }
    }
  }

  /// Lets everything settle and checks it for the last time.
  func finish() throws(Violation) {
    repeat {
      while server == nil { try start() }
      while server != nil, !underWay.isEmpty || !open.isEmpty { try drive() }
    } while server == nil
    disk.forgetFaults()
    try compareReplay()
    for index in followers.indices {
      followers[index].link = nil
      while followers[index].replica.sequence < head { try catchUp(index) }
    }
  }

  private func passTime() {
    switch draw(0...19) {
    case 0: now = now.advanced(byMilliseconds: -Int64(draw(0...100_000)))
    case 1: now = now.advanced(byMilliseconds: Int64(draw(0...10_000_000)))
    default: now = now.advanced(byMilliseconds: Int64(draw(0...3)))
    }
  }
}
