/// The first 192 bytes of a workload: what it is, and what any engine with price-time priority must
/// come to after it.
public struct OrderFlowHeader: BitwiseCopyable, Equatable, Sendable {
  /// "XWORKLD1".
  public var magic: UInt64 = 0x3144_4C4B_524F_5758
  /// Commands that fill the books first and are not timed.
  public var prefill: UInt64 = 0
  /// Timed commands.
  public var commands: UInt64 = 0
  public var symbols: UInt64 = 0
  /// Orders that should rest in each book.
  public var depth: UInt64 = 0
  public var users: UInt64 = 0
  public var seed: UInt64 = 0
  public var mix: UInt64 = 0
  /// The first number that no order has.
  public var orderLimit: UInt64 = 0
  /// Prices are below it.
  public var priceLimit: UInt64 = UInt64(ReferenceBooks.ticks)
  /// Of the timed commands.
  public var trades: UInt64 = 0
  public var volume: UInt64 = 0
  public var notional: UInt64 = 0
  /// ``TradeChecksum`` of all trades in their order, those of the prefill included.
  public var orderedSum: UInt64 = TradeChecksum.start
  /// The same without their order.
  public var setSum: UInt64 = 0
  /// After the last command.
  public var restingOrders: UInt64 = 0
  public var restingSum: UInt64 = 0
  public var refused: UInt64 = 0
  /// Timed commands that traded at least once.
  public var tradedCommands: UInt64 = 0
  var reserved: (UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0)

  init() {}

  public static func == (a: OrderFlowHeader, b: OrderFlowHeader) -> Bool {
    unsafe withUnsafeBytes(of: a) { a in
      unsafe withUnsafeBytes(of: b) { b in unsafe a.elementsEqual(b) }
    }
  }
}

/// Proves that two engines made the same trades in the same order.
public enum TradeChecksum {
  /// The checksum of no trades.
  public static let start: UInt64 = 0xCBF2_9CE4_8422_2325

  /// Adds one word.
  @inlinable public static func step(_ sum: UInt64, _ word: UInt64) -> UInt64 {
    let mixed = (sum ^ word) &* 0x9E37_79B9_7F4A_7C15
    return mixed ^ mixed >> 29
  }

  /// Adds one trade: the numbers of the two orders, the price in ticks, the quantity in lots.
  @inlinable public static func adding(
    maker: UInt64, taker: UInt64, price: UInt64, quantity: UInt64, to sum: UInt64
  ) -> UInt64 {
    step(step(step(step(sum, maker), taker), price), quantity)
  }
}
