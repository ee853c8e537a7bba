import Cryptography
import Engine
import JSON
import Journal
import Money
import Operations
import Statements
import Structures
import Testing
import Wire

/// Markets, fees, sub-accounts and adjustments, as operators change them.
@Suite struct OperatorTradingTests {
  private static func actions(_ exchange: TestExchange) -> OperatorActions {
    OperatorActions(
      sequencer: exchange.sequencer,
      issue: { _, _, _ in throw OperatorActions.Refusal.credentials("none here") })
  }

  @Test func `a market is halted, opened by auction and let go again`() async throws {
    let exchange = try await TestExchange()
    let actions = Self.actions(exchange)
    for (state, shown) in [("suspend", "suspend"), ("preopen", "preopen"), ("live", "live")] {
      let answer = try await actions.setInstrumentState(
        ["symbol": "BTC-USDT", "state": .string(state)], by: "dave")
      #expect(answer["state"]?.string == shown)
      #expect((answer["auctionLots"] == nil) == (state != "live"))
      let listed = try await actions.instruments()
      #expect(listed["instruments"]?[0] == ["symbol": "BTC-USDT", "state": .string(shown)])
    }
    for (body, problem) in [
      (["symbol": "BTC-USDT", "state": "live"], "state: is what it is already"),
      (
        ["symbol": "BTC-USDT", "state": "open"],
        "state: open is not allowed; allowed live, suspend, preopen"
      ),
      (["symbol": "ETH-USDT", "state": "live"], "symbol: ETH-USDT is not known; allowed BTC-USDT"),
      (["state": "live"], "symbol: is not a text"),
    ] as [(JSON, String)] {
      let refusal = try await #require(throws: OperatorActions.Refusal.self) {
        try await actions.setInstrumentState(body, by: "dave")
      }
      #expect(refusal.description == problem)
    }
  }

  @Test func `an account pays by its tier, and a sub-account belongs to its master`() async throws {
    let exchange = try await TestExchange()
    var configuration = try #require(try await exchange.sequencer.read { $0.configuration })
    configuration.instruments[0].feeTiers = [FeeTier(makerPPM: -50, takerPPM: 400)]
    _ = try await exchange.sequencer.submit(.configure(configuration))
    let (alice, _) = try await exchange.customer("alice")
    let actions = Self.actions(exchange)
    let changed = try await actions.setFeeTier(["account": "alice", "tier": 2], by: "dave")
    #expect(changed["tier"] == 2)
    #expect(try await exchange.sequencer.read { $0.account(alice)?.feeTier } == 1)
    for (tier, problem) in [
      (3, "tier: there is no such tier; allowed 1 to 2"),
      (0, "tier: is not a tier; allowed 1 to 16"),
    ] as [(Int64, String)] {
      let refusal = try await #require(throws: OperatorActions.Refusal.self) {
        try await actions.setFeeTier(["account": "alice", "tier": .integer(tier)], by: "dave")
      }
      #expect(refusal.description == problem)
    }
    let opened = try await actions.openSubaccount(["account": "alice", "name": "alicebot"])
    #expect(opened["master"]?["name"] == "alice")
    let sub = try await exchange.sequencer.read { $0.subaccounts(of: alice) }
    #expect(sub.map(\.name) == ["alicebot"])
    let refusal = try await #require(throws: OperatorActions.Refusal.self) {
      try await actions.openSubaccount(["account": "alicebot", "name": "deeper"])
    }
    #expect(refusal.description == "account: is a sub-account; only a master has sub-accounts")
  }

  /// What an operator sends to decide adjustment 1.
  private static func decision(
    _ name: String, _ key: Ed25519.PrivateKey, _ alice: AccountID, approves: Bool,
    units: Int64 = -2_500_000
  ) throws -> JSON {
    let statement = AdjustmentStatement(
      operatorName: name, step: approves ? .approve : .decline, adjustment: 1, isReward: false,
      account: alice.raw, asset: "USDT", wallet: 6, amountUnits: units, reason: "paid twice")
    return [
      "adjustment": "1", "approves": .bool(approves),
      "signature": .string(Hex.text(try statement.signed(by: key))),
    ]
  }

  @Test func `an adjustment takes two operators who sign the same figures`() async throws {
    let exchange = try await TestExchange()
    let (alice, _) = try await exchange.customer("alice")
    for (name, key) in [("dave", exchange.dave), ("erin", exchange.erin)] {
      _ = key
      _ = try await exchange.sequencer.submit(
        .attestReceipt(
          AttestReceipt(
            operatorName: name, account: alice, asset: TestExchange.usdt,
            amount: Amount(units: 10_000_000), reference: "r1",
            signature: Array(repeating: 0, count: 64))))
    }
    let actions = Self.actions(exchange)
    func proposal(_ amount: String, units: Int64) throws -> JSON {
      let statement = AdjustmentStatement(
        operatorName: "dave", step: .propose, adjustment: 0, isReward: false, account: alice.raw,
        asset: "USDT", wallet: 6, amountUnits: units, reason: "paid twice")
      return [
        "account": "alice", "asset": "USDT", "amount": .string(amount), "kind": "correction",
        "wallet": "funding", "reason": "paid twice",
        "signature": .string(Hex.text(try statement.signed(by: exchange.dave))),
      ]
    }
    await #expect(throws: OperatorActions.Refusal.badStatementSignature) {
      try await actions.proposeAdjustment(try proposal("-2.6", units: -2_500_000), by: "dave")
    }
    let proposed = try await actions.proposeAdjustment(
      try proposal("-2.5", units: -2_500_000), by: "dave")
    #expect(proposed["adjustment"] == "1" && proposed["state"] == "proposed")
    let listed = try await actions.adjustments()
    #expect(listed["adjustments"]?[0]?["amount"] == "-2.5")

    await #expect(throws: OperatorActions.Refusal.badStatementSignature) {
      try await actions.decideAdjustment(
        try Self.decision("erin", exchange.erin, alice, approves: true, units: -1), by: "erin")
    }
    await #expect(throws: OperatorActions.Refusal.refused(.sameOperatorTwice)) {
      try await actions.decideAdjustment(
        try Self.decision("dave", exchange.dave, alice, approves: true), by: "dave")
    }
    func free() async throws -> Int64 {
      try await exchange.sequencer.read {
        $0.balance(of: alice, asset: TestExchange.usdt, wallet: .funding).available.units
      }
    }
    #expect(try await free() == 10_000_000)
    let decided = try await actions.decideAdjustment(
      try Self.decision("erin", exchange.erin, alice, approves: true), by: "erin")
    #expect(decided["state"] == "applied")
    #expect(try await free() == 7_500_000)
    await #expect(throws: OperatorActions.Refusal.refused(.adjustmentAlreadyDecided)) {
      try await actions.decideAdjustment(
        try Self.decision("erin", exchange.erin, alice, approves: true), by: "erin")
    }
  }
}
