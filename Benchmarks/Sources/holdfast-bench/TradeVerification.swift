import Engine
import ExchangeFlow
import Money
import OrderFlow
import Structures

/// Compares the trades of a journal with those that its workload promises.
struct TradeVerification {
  private let header: OrderFlowHeader
  private let numbers: [UInt32]
  private let firstID: UInt64
  private var sum = TradeChecksum.start
  private var trades: UInt64 = 0
  /// What the timed commands moved in the ledger.
  private(set) var postings = 0

  init(_ workload: Workload, translation: ExchangeTranslation) {
    header = workload.header
    numbers = translation.numbers
    firstID = translation.firstID
  }

  mutating func add(_ events: [Event], isTimed: Bool) {
    for event in events {
      switch event {
      case .trade(let trade):
        sum = TradeChecksum.adding(
          maker: number(trade.maker), taker: number(trade.taker),
          price: UInt64(trade.price.ticks), quantity: UInt64(trade.size.count), to: sum)
        if isTimed {
          trades += 1
          postings += 4
        }
      // A hold; its adjustment; its release.
      case .order(_, .placed), .order(_, .amended), .order(_, .canceled):
        if isTimed { postings += 1 }
      default: break
      }
    }
  }

  var isEqual: Bool { sum == header.orderedSum && trades == header.trades }

  private func number(_ id: OrderID) -> UInt64 { UInt64(numbers[Int(id.raw - firstID)]) }
}
