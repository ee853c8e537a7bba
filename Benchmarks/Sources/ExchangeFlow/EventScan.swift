public import Engine
import OrderFlow

/// Reads from the exchange's event records what a measurement has to know, without building events.
///
/// The kinds and the places of the words are part of the digest of events, so they do not change.
public struct EventScan: Sendable {
  private static let refused: UInt64 = 2
  private static let order: UInt64 = 3
  private static let trade: UInt64 = 4
  private static let filledAsMaker: UInt64 = 1
  private static let filledAsTaker: UInt64 = 2

  private let numbers: [UInt32]
  private let firstID: UInt64
  /// ``OrderFlow/TradeChecksum`` of all trades so far.
  public private(set) var sum = TradeChecksum.start
  public private(set) var trades: UInt64 = 0
  public private(set) var refusals: UInt64 = 0
  /// Events so far.
  public private(set) var events: UInt64 = 0
  /// What moved in the ledger: an order's hold 1, its adjustment 1, its release 1, and for a fill 4 pairs
  /// of debit and credit: base, quote, and both fees.
  public private(set) var postings: UInt64 = 0

  public init(_ translation: ExchangeTranslation) {
    numbers = translation.numbers
    firstID = translation.firstID
  }

  /// Counts from here on, but goes on with the checksum.
  public mutating func beginTiming() {
    trades = 0
    refusals = 0
    events = 0
    postings = 0
  }

  /// Reads all events of `buffer`.
  public mutating func read(_ buffer: borrowing EventBuffer) {
    buffer.withWords { words in
      var index = 0
      while index < words.count {
        let header = words[index]
        events += 1
        switch header & 0xFF {
        case Self.refused: refusals += 1
        case Self.order:
          let change = header >> 16 & 15
          if change != Self.filledAsMaker, change != Self.filledAsTaker { postings += 1 }
        case Self.trade:
          sum = TradeChecksum.adding(
            maker: number(words[index + 5]), taker: number(words[index + 6]),
            price: words[index + 2], quantity: words[index + 3], to: sum)
          trades += 1
          postings += 4
        default: break
        }
        index += Int(header >> 8 & 0xFF)
      }
    }
  }

  /// How many commands of `buffer` were refused.
  public static func refusals(in buffer: borrowing EventBuffer) -> UInt64 {
    buffer.withWords { words in
      var count: UInt64 = 0
      var index = 0
      while index < words.count {
        if words[index] & 0xFF == refused { count += 1 }
        index += Int(words[index] >> 8 & 0xFF)
      }
      return count
    }
  }

  private func number(_ id: UInt64) -> UInt64 { UInt64(numbers[Int(id - firstID)]) }
}
