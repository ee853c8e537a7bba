import Engine
import ExchangeFlow
import Money
import OrderFlow
import Structures

/// The whole core over a workload: admission, holds, matching, ledger, fees, events, level changes,
/// duplicate client ids and the conservation check after each command.
struct CorePass {
  private let prepared: Exchange
  private let commands: [Command]
  private let firstTimed: Int
  private let numbers: [UInt32]
  private let firstID: UInt64

  init(_ workload: Workload) throws {
    var exchange = Exchange()
    ExchangeFlow(workload.header).prepare { command in
      exchange.apply(command, at: ExchangeFlow.firstTime) { _ in }
    }
    var translation = ExchangeTranslation(workload.header, for: exchange)
    var commands: [Command] = []
    var firstTimed = 0
    for (index, command) in workload.commands.enumerated() {
      if index == workload.firstTimed { firstTimed = commands.count }
      try translation.translate(command) { commands.append($0) }
    }
    self.commands = commands
    self.firstTimed = firstTimed
    numbers = translation.numbers
    firstID = translation.firstID
    prepared = exchange
  }

  func run() -> PassResult {
    var result = PassResult()
    var exchange = prepared
    var trades: [Trade] = []
    var refused: UInt64 = 0
    for index in 0..<firstTimed { apply(index, &exchange, &trades, &refused) }
    let begin = Monotonic.now
    for index in firstTimed..<commands.count { apply(index, &exchange, &trades, &refused) }
    result.nanoseconds = Monotonic.now - begin
    for trade in trades {
      result.add(
        maker: UInt64(numbers[Int(trade.maker.raw - firstID)]), taker: UInt64(numbers[Int(trade.taker.raw - firstID)]),
        price: UInt64(trade.price.ticks), quantity: UInt64(trade.size.count))
    }
    result.more.append(("refused", refused))
    return result
  }

  @inline(never) private func apply(
    _ index: Int, _ exchange: inout Exchange, _ trades: inout [Trade], _ refused: inout UInt64
  ) {
    exchange.apply(commands[index], at: ExchangeFlow.time(ofCommand: index)) { event in
      switch event {
      case .trade(let trade): trades.append(trade)
      case .refused(let refusal): print(commands[index], refusal); refused += 1
      default: break
      }
    }
  }
}
