import Bitcoin
import Devnet
import JSON
import Testing
import Wire

@Suite struct MempoolTests {
  @Test func `a second spend of a coin must pay for what it replaces and for itself`() throws {
    var fixture = try Fixture()
    let first = try fixture.payment(1_000_000, fee: 2000)
    _ = try fixture.send(first)
    let change = first.outputs[1]
    let child = try fixture.alice.sign(
      Transaction(
        inputs: [TransactionInput(outpoint: Outpoint(transaction: first.id, index: 1))],
        outputs: [TransactionOutput(value: change.value - 3000, script: fixture.bob.script)]),
      spending: [change])
    _ = try fixture.send(child)
    for fee in [1000, 2000, 4999, 5000, 5010] as [Int64] {
      let found = fixture.refusal(try fixture.payment(2_000_000, fee: fee))
      let refusal = try #require(found)
      #expect(refusal.code == -26)
      #expect(refusal.message.hasPrefix("insufficient fee, rejecting replacement"))
    }
    #expect(try fixture.mempool() == [first.id.hex, child.id.hex])
    let replacement = try fixture.payment(2_000_000, fee: 6000)
    _ = try fixture.send(replacement)
    #expect(try fixture.mempool() == [replacement.id.hex])
  }

  @Test func `a block removes what it confirms and what it makes impossible`() throws {
    var fixture = try Fixture(coins: 2)
    let kept = try fixture.payment(1_000_000, of: 2)
    let confirmed = try fixture.payment(1_000_000)
    let conflict = try fixture.payment(2_000_000, fee: 5000)
    _ = try fixture.send(kept)
    _ = try fixture.send(conflict)
    _ = try fixture.call(
      "generateblock", .string(fixture.miner.address), [.string(Hex.text(confirmed.bytes))])
    #expect(try fixture.mempool() == [kept.id.hex])
    let refusal = fixture.refusal(conflict)
    #expect(refusal?.code == -25)
    #expect(refusal?.message == "bad-txns-inputs-missingorspent")
    #expect(fixture.refusal(confirmed)?.code == -27)
  }

  @Test func `sending again what waits already changes nothing`() throws {
    var fixture = try Fixture()
    let payment = try fixture.payment(1_000_000)
    #expect(try fixture.send(payment) == payment.id.hex)
    #expect(try fixture.send(payment) == payment.id.hex)
    let verdict = try fixture.call("testmempoolaccept", [.string(Hex.text(payment.bytes))])
    #expect(verdict[0]?["reject-reason"] == "txn-already-in-mempool")
  }

  @Test func `a fee above the limit is taken for a mistake`() throws {
    var fixture = try Fixture()
    let payment = try fixture.payment(1_000_000, fee: 100_000_000)
    #expect(fixture.refusal(payment)?.code == -25)
    let verdict = try fixture.call("testmempoolaccept", [.string(Hex.text(payment.bytes))])
    #expect(verdict[0]?["reject-reason"] == "max-fee-exceeded")
    _ = try fixture.call("sendrawtransaction", .string(Hex.text(payment.bytes)), 0)
    #expect(try fixture.mempool() == [payment.id.hex])
  }

  @Test func `a block takes what pays best first, parents with their children`() throws {
    var fixture = try Fixture(coins: 3)
    let poor = try fixture.payment(1_000_000, of: 1, fee: 200)
    let rich = try fixture.payment(1_000_000, of: 2, fee: 50_000)
    _ = try fixture.send(poor)
    _ = try fixture.send(rich)
    _ = try fixture.send(try fixture.payment(1_000_000, of: 3, fee: 5000))
    let child = try fixture.bob.sign(
      Transaction(
        inputs: [TransactionInput(outpoint: Outpoint(transaction: poor.id, index: 0))],
        outputs: [TransactionOutput(value: 500_000, script: fixture.bob.script)]),
      spending: [poor.outputs[0]])
    _ = try fixture.send(child)
    try fixture.mine(1)
    let ids = fixture.node.chain.tip.block.transactions.map(\.id)
    #expect(ids.count == 5)
    #expect(Array(ids[1...3]) == [poor.id, child.id, rich.id])
  }
}
