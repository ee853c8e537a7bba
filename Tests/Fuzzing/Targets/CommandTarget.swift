import Engine
import Money
import Structures
import Wire

/// Commands as the journal and the guard's orders carry them.
enum CommandTarget: FuzzTarget {
  static var seeds: [[UInt8]] {
    let commands: [Command] = [
      .tick, .openAccount(name: "alice"), .configure(Exchange.sample),
      .cancelOrder(account: AccountID(1), order: .id(OrderID(7))),
      .transfer(
        account: AccountID(1), asset: AssetID(1), amount: Amount(units: 5), from: .funding,
        to: .trading),
      .assignDepositAddress(account: AccountID(1), asset: AssetID(1), index: 3, address: "bcrt1q"),
      .guardHeld(withdrawal: WithdrawalID(4), until: Timestamp(milliseconds: 8), reason: "hour"),
      .setFeeTier(operatorName: "dave", account: AccountID(2), tier: 1),
    ]
    return commands.map { command in
      var writer = ByteWriter()
      command.encode(into: &writer)
      return writer.bytes
    }
  }

  static func check(_ input: [UInt8]) {
    var reader = ByteReader(input)
    let command = accepted { () throws(WireError) in
      let command = try Command(from: &reader)
      try reader.finish()
      return command
    }
    guard let command else { return }
    var writer = ByteWriter()
    command.encode(into: &writer)
    require(writer.bytes == input, "a command is written as it was read")
    // Whatever can be read can be decided.
    var exchange = Exchange()
    exchange.apply(.configure(Exchange.sample), at: Timestamp(milliseconds: 1)) { _ in }
    exchange.apply(.openAccount(name: "alice"), at: Timestamp(milliseconds: 2)) { _ in }
    exchange.apply(command, at: Timestamp(milliseconds: 3)) { _ in }
  }
}
