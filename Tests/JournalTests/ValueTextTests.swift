import Engine
import Journal
import Money
import Structures
import Testing

@Suite struct ValueTextTests {
  @Test func `commands read as people write them`() {
    let receipt = AttestReceipt(
      operatorName: "dave", account: AccountID(3), asset: AssetID(2), amount: Amount(units: -5),
      reference: "a \"b\"", signature: [1, 0xAB])
    let cases: [(Any, String)] = [
      (Command.tick, "tick"),
      (Command.openAccount(name: "alice"), "openAccount(name: \"alice\")"),
      (
        Command.cancelOrder(account: AccountID(1), order: .client("x")),
        "cancelOrder(account: 1, order: client(\"x\"))"
      ),
      (
        Command.attestReceipt(receipt),
        "attestReceipt(operatorName: \"dave\", account: 3, asset: 2, amount: -5, "
          + "reference: \"a \"b\"\", signature: 01ab)"
      ),
      (
        Command.transfer(
          account: AccountID(1), asset: AssetID(2), amount: Amount(units: 7), from: .funding,
          to: .trading),
        "transfer(account: 1, asset: 2, amount: 7, from: funding, to: trading)"
      ),
      (
        Command.connectBlock(
          ConnectBlock(
            point: ChainPoint(height: 9, hash: [0xFF]), previous: [], received: [], spent: [])),
        "connectBlock(point: (height: 9, hash: ff), previous: -, received: [], spent: [])"
      ),
      (OrderSize?.none as Any, "none"),
      (OrderSize?.some(.base(Lots(4))) as Any, "base(4)"),
    ]
    for (value, expected) in cases { #expect(ValueText.text(of: value) == expected) }
  }
}
