import Money
import Structures
import Wire

/// The customers' timers after which their orders are canceled.
struct TimerRegister: Sendable {
  /// How many tags of one account may have a timer at once.
  static let limit = 100

  struct Timer: Comparable, Hashable, Sendable {
    var at: Timestamp
    var account: AccountID
    var tag: OrderTag

    static func < (a: Timer, b: Timer) -> Bool {
      if a.at != b.at { return a.at < b.at }
      return a.account == b.account
        ? (a.tag.word0, a.tag.word1) < (b.tag.word0, b.tag.word1) : a.account < b.account
    }
  }

  private struct Key: Hashable, Sendable {
    var account: AccountID
    var tag: OrderTag
  }

  /// The next one first.
  private(set) var running = SortedChunks<Timer>()
  private var times: [Key: Timestamp] = [:]
  private var counts: [AccountID: Int] = [:]

  init() {}

  var next: Timer? { running.first }

  func time(of account: AccountID, tag: OrderTag) -> Timestamp? {
    times[Key(account: account, tag: tag)]
  }

  func count(of account: AccountID) -> Int { counts[account, default: 0] }

  /// Starts the account's timer for the tag anew, or stops it.
  mutating func set(_ account: AccountID, _ tag: OrderTag, to at: Timestamp?) {
    let key = Key(account: account, tag: tag)
    if let old = times.removeValue(forKey: key) {
      running.remove(Timer(at: old, account: account, tag: tag))
      let count = counts[account, default: 0] - 1
      counts[account] = count > 0 ? count : nil
    }
    guard let at else { return }
    times[key] = at
    counts[account, default: 0] += 1
    running.insert(Timer(at: at, account: account, tag: tag))
  }
}

extension TimerRegister {
  func encode(into writer: inout ByteWriter) {
    writer.write(list: running.elements) { writer, timer in
      writer.write(timer.at)
      writer.write(timer.account)
      writer.write(timer.tag)
    }
  }

  /// Reads the timers of customers 1 to `accounts`.
  init(from reader: inout ByteReader, accounts: Int) throws(WireError) {
    self.init()
    var previous: Timer?
    for _ in 0..<(try reader.read(UInt32.self)) {
      let at = reader.offset
      let timer = Timer(
        at: try reader.read(), account: try reader.read(), tag: try reader.read())
      guard timer.account.index(in: accounts) != nil, previous.map({ $0 < timer }) ?? true,
        time(of: timer.account, tag: timer.tag) == nil
      else { throw .malformed(at: at) }
      set(timer.account, timer.tag, to: timer.at)
      previous = timer
    }
  }
}
