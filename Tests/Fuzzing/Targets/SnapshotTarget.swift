import Engine
import Money
import Structures
import Wire

/// The state of an exchange as a snapshot holds it.
enum SnapshotTarget: FuzzTarget {
  static var seeds: [[UInt8]] {
    var exchange = Exchange()
    var snapshots = [exchange.encode()]
    let commands: [Command] = [
      .configure(Exchange.sample), .openAccount(name: "alice"), .openAccount(name: "bob"),
      .assignDepositAddress(account: AccountID(1), asset: AssetID(1), index: 0, address: "bcrt1q"),
    ]
    for (number, command) in commands.enumerated() {
      exchange.apply(command, at: Timestamp(milliseconds: Int64(number))) { _ in }
      snapshots.append(exchange.encode())
    }
    return snapshots
  }

  static func check(_ input: [UInt8]) {
    let exchange = accepted { () throws(WireError) in try Exchange(decoding: input) }
    guard let exchange else { return }
    require(exchange.encode() == input, "a snapshot is written as it was read")
  }
}
