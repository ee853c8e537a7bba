import Engine
import Money
import Structures
import Wire

/// What the commands of one batch did. The only place that knows how the exchange is driven.
struct BatchEvents: ~Copyable, Sendable {
  private var run = CommandRun()

  init() {}

  /// Commands carried out so far.
  var count: Int { run.count }
  /// Bytes that the events take.
  var byteCount: Int { run.events.count * 8 }

  /// Carries out the entries of `bytes` in `range`, each at its own time.
  ///
  /// - Returns: Where the first entry begins that is no command, or the end; and how many were carried
  ///   out. Those behind it are not looked at.
  mutating func apply(
    _ bytes: borrowing Span<UInt8>, in range: Range<Int>, to exchange: inout Exchange
  ) -> (end: Int, count: Int) {
    run.apply(bytes, in: range, to: &exchange)
  }

  /// What command `index` did.
  func events(of index: Int) -> [Event] {
    let words = run.words(of: index)
    return run.events.events(from: words.lowerBound, to: words.upperBound)
  }

  /// The running digest of all events, so that two executions of the journal can be compared at each
  /// batch. It is for accidents, not for forgers: the batch's hash covers it.
  ///
  /// - Parameter previous: The digest of the batch before.
  func digest(after previous: [UInt8]) -> [UInt8] {
    let own = run.events.digest().words
    var chain = MixDigest()
    for offset in stride(from: 0, to: BatchFrame.digestCount, by: 8) {
      chain.add(previous.span.word(at: offset))
    }
    chain.add(own.high)
    chain.add(own.low)
    var bytes: [UInt8] = []
    bytes.append(word: chain.words.high)
    bytes.append(word: chain.words.low)
    return bytes
  }

  /// Forgets everything and keeps the memory.
  mutating func removeAll() {
    run.removeAll()
  }

  /// What the digest of the first batch continues.
  static let genesis = [UInt8](repeating: 0, count: BatchFrame.digestCount)
}
