public import Engine
import Money
public import OrderFlow
import Structures

/// Turns a workload's commands into the exchange's, one after the other from the first, and remembers
/// which of the exchange's order ids belongs to which of the workload's numbers.
public struct ExchangeTranslation: Sendable {
  /// Why a workload cannot be translated.
  public enum Unsupported: Error, Equatable, CustomStringConvertible {
    case operation(UInt8)

    public var description: String {
      switch self {
      case .operation(let number):
        "operation \(number) cannot be translated; mixes crypto, ec and book can"
      }
    }
  }

  /// The exchange's order id of each number of the workload, once placed.
  private var ids: [UInt64]
  /// The exchange's id of the first order; they count up from it.
  public let firstID: UInt64
  /// The workload's number of each of the exchange's orders, from `firstID` on.
  public private(set) var numbers: [UInt32] = []

  /// - Parameter exchange: Is prepared and has seen no order.
  public init(_ header: OrderFlowHeader, for exchange: Exchange) {
    firstID = Self.firstID(in: exchange)
    ids = Array(repeating: 0, count: Int(header.orderLimit))
    numbers.reserveCapacity(Int(header.orderLimit))
  }

  /// Gives `body` the command that `command` comes to.
  public mutating func translate(
    _ command: OrderFlowCommand, _ body: (Command) -> Void
  ) throws(Unsupported) {
    let number = Int(command.order)
    let account = ExchangeFlow.account(command.user)
    switch Operation(rawValue: command.operation) {
    case .limit: body(place(command, .limit))
    case .immediateOrCancel: body(place(command, .ioc))
    case .cancel:
      body(.cancelOrder(account: account, order: .id(OrderID(ids[number]))))
    case .move:
      body(
        .amendOrder(
          AmendOrder(
            account: account, order: .id(OrderID(ids[number])), requestID: "", size: nil,
            price: Price(ticks: Int64(command.price)), cancelOnFailure: false)))
    case .fillOrKill, .postOnly, .market, .reduce, nil: throw .operation(command.operation)
    }
  }

  private mutating func place(_ command: OrderFlowCommand, _ type: OrderType) -> Command {
    let number = Int(command.order)
    let id = firstID + UInt64(numbers.count)
    ids[number] = id
    numbers.append(UInt32(command.order))
    return .placeOrder(
      PlaceOrder(
        account: ExchangeFlow.account(command.user),
        instrument: InstrumentID(UInt64(command.symbol) + 1), clientOrderID: Self.clientID(id),
        tag: "", side: command.side == 0 ? .buy : .sell, type: type,
        price: Price(ticks: Int64(command.price)),
        size: .base(Lots(Int64(command.quantity))), refuseShrinking: false))
  }

  /// Places an order in a copy to see which id it gets.
  private static func firstID(in exchange: Exchange) -> UInt64 {
    var copy = exchange
    var id: UInt64 = 0
    let order = PlaceOrder(
      account: ExchangeFlow.account(0), instrument: InstrumentID(1), clientOrderID: "", tag: "",
      side: .buy, type: .limit, price: Price(ticks: 1), size: .base(Lots(100)),
      refuseShrinking: false)
    copy.apply(.placeOrder(order), at: ExchangeFlow.firstTime) { event in
      if case .order(let order, _) = event { id = order.id.raw }
    }
    precondition(id > 0, "a prepared exchange takes an order")
    return id
  }

  /// Sixteen hexadecimal digits that no two ids share: the finaliser of SplitMix64 is a bijection.
  private static func clientID(_ id: UInt64) -> ClientOrderID {
    var random = SplitMix64(seed: id)
    let digits = String(random.next(), radix: 16)
    return ClientOrderID(String(repeating: "0", count: 16 - digits.count) + digits) ?? ""
  }
}
