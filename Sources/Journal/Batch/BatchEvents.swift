import Engine
import Money
import Structures
import Wire

/// What the commands of one batch did. The only place that knows how the exchange is driven.
struct BatchEvents: ~Copyable, Sendable {
  private var run = CommandRun()
  private var digest = EventDigest()
  private let keepsEvents: Bool

  /// Bytes of commands whose events nobody will ask for, before these are digested and their memory is
  /// used again: they stay in the nearest cache.
  private static let mostUnkept = 1536

  /// - Parameter keepsEvents: Whether somebody will ask for the events. Otherwise only their digest is
  ///   kept, and they take no more memory than a few commands' worth.
  init(keepsEvents: Bool = true) { self.keepsEvents = keepsEvents }

  /// Commands whose events are kept.
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
    if keepsEvents { return run.apply(bytes, in: range, to: &exchange) }
    var offset = range.lowerBound
    var count = 0
    while offset < range.upperBound {
      let (end, some) = run.apply(
        bytes, in: offset..<range.upperBound, pausingAfter: Self.mostUnkept, to: &exchange)
      guard some > 0 else { break }
      offset = end
      count += some
      digest.add(from: run.events)
      run.removeAll()
      digest.startOver()
    }
    return (offset, count)
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
    var whole = digest
    whole.add(from: run.events)
    let own = whole.digest.words
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
    digest = EventDigest()
  }

  /// What the digest of the first batch continues.
  static let genesis = [UInt8](repeating: 0, count: BatchFrame.digestCount)
}
