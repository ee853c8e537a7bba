// OrderFlow owns the workload that every engine is measured with: its file format, the generator with
// its own plain book, and the checksum that proves an engine traded the same. It knows no engine.

/// What a command asks for. The numbers are those of the file.
public enum Operation: UInt8, Sendable {
  /// A limit order; what does not trade rests.
  case limit = 1
  /// A limit order of which nothing rests.
  case immediateOrCancel = 2
  /// Fills wholly or does nothing.
  case fillOrKill = 3
  /// Refused when it would trade.
  case postOnly = 4
  /// Takes what there is and drops the rest.
  case market = 5
  case cancel = 6
  /// Lowers the open quantity, at zero cancels, and keeps the priority.
  case reduce = 7
  /// Leaves the book and enters it again with its open quantity at another price; may trade.
  case move = 8
}

/// One command of a workload: 32 bytes, little-endian, as in the file.
public struct OrderFlowCommand: BitwiseCopyable, Equatable, Sendable {
  /// The ``Operation``'s number.
  public var operation: UInt8
  /// 0 buys, 1 sells.
  public var side: UInt8
  /// Books are numbered from 0.
  public var symbol: UInt16
  /// Even users buy and odd ones sell, so that nobody meets himself.
  public var user: UInt32
  /// New orders count up from 1; other commands name one of them.
  public var order: UInt64
  /// In ticks, 1 to 65535; 0 for market orders and cancels.
  public var price: UInt64
  /// In lots.
  public var quantity: UInt64

  public init(
    _ operation: Operation, side: UInt8, symbol: Int, user: Int, order: UInt64 = 0,
    price: UInt64 = 0, quantity: UInt64 = 0
  ) {
    self.operation = operation.rawValue
    self.side = side
    self.symbol = UInt16(symbol)
    self.user = UInt32(user)
    self.order = order
    self.price = price
    self.quantity = quantity
  }
}
