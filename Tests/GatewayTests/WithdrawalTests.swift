import Cryptography
import Engine
import JSON
import Journal
import Money
import Statements
import Structures
import Testing
import Wire

@testable import Gateway

@Suite(.timeLimit(.minutes(2))) struct WithdrawalTests {
  private func request(
    _ exchange: LocalExchange, _ amount: String, to address: String? = nil, chain: String? = nil
  ) async throws -> LocalExchange.Reply {
    try await exchange.post(
      "asset/withdrawal",
      [
        "ccy": "BTC", "amt": .string(amount), "dest": "4", "fee": "0.00005",
        "toAddr": .string(address ?? exchange.alice.withdrawAddress),
        "chain": .string(chain ?? ""),
      ], as: exchange.alice)
  }

  @Test func `a small withdrawal is approved and can be followed and cancelled`() async throws {
    try await LocalExchange.run { exchange in
      let made = try await request(exchange, "0.1", chain: "BTC-Bitcoin")
      #expect(made.code == "0", "\(made.json)")
      let id = try #require(made["wdId"])
      let followed = try await exchange.get("holdfast/withdrawal/\(id)", as: exchange.alice)
      #expect(followed["stage"] == "approved" && followed["owner"] == "guard")
      #expect(followed.rows.first?["cancelable"] == true)
      let held = try await exchange.get("asset/balances?ccy=BTC", as: exchange.alice)
      #expect(held["frozenBal"] == "0.10005")
      let cancel = try await exchange.post(
        "asset/cancel-withdrawal", ["wdId": .string(id)], as: exchange.alice)
      #expect(cancel.code == "0")
      let history = try await exchange.get("asset/withdrawal-history?ccy=BTC", as: exchange.alice)
      #expect(history["state"] == "-2" && history["wdId"] == id)
      #expect(
        try await exchange.get("asset/balances?ccy=BTC", as: exchange.alice)["frozenBal"] == "0")
      let foreign = try await exchange.get("holdfast/withdrawal/\(id)", as: exchange.bob)
      #expect(foreign.code == "51000")
    }
  }

  @Test func `a signed withdrawal that comes a second time is not made again`() async throws {
    try await LocalExchange.run { exchange in
      let signedAt = exchange.clock.now
      func send(_ milliseconds: Int64) async throws -> LocalExchange.Reply {
        let time = signedAt.advanced(byMilliseconds: milliseconds)
        return try await exchange.post(
          "asset/withdrawal",
          [
            "ccy": "BTC", "amt": "0.1", "dest": "4", "fee": "0.00005",
            "toAddr": .string(exchange.alice.withdrawAddress),
          ], as: exchange.alice, .init(timestamp: InstantText.text(time)))
      }
      #expect(try await send(0).code == "0")
      let replayed = try await send(0)
      #expect(replayed.code == "50102" && replayed.status == 401, "\(replayed.json)")
      #expect(try await send(1).code == "0")
      let history = try await exchange.get("asset/withdrawal-history?ccy=BTC", as: exchange.alice)
      #expect(history.rows.count == 2)
    }
  }

  @Test func `a larger one waits for people or a clock, with the reason`() async throws {
    try await LocalExchange.run { exchange in
      let delayed = try await request(exchange, "1.5")
      let id = try #require(delayed["wdId"])
      let row = try await exchange.get("holdfast/withdrawal/\(id)", as: exchange.alice)
      #expect(row["stage"] == "delayed" && row["owner"] == "clock")
      #expect(row["until"]?.count == 13)
      #expect(row["reason"]?.contains("1.5 BTC") == true)
      let reviewed = try await request(exchange, "2.2")
      #expect(reviewed["state"] == "4")
    }
  }

  @Test func `what is wrong with a withdrawal is said, and nothing is held`() async throws {
    try await LocalExchange.run { exchange in
      let refused = try await request(exchange, "3.5")
      #expect(refused.code == "58205")
      #expect(refused.message.contains("3.5 BTC") && refused.message.contains("3 BTC"))
      let stranger = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
      #expect(try await request(exchange, "0.1", to: stranger).code == "58207")
      let mainnet = try await request(
        exchange, "0.1", to: "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4")
      #expect(mainnet.code == "58222" && mainnet.message.contains("network"))
      let broken = try await request(
        exchange, "0.1", to: "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt081")
      #expect(broken.code == "58222")
      let dust = try await request(exchange, "0.00000293")
      #expect(dust.code == "58206" && dust.message.contains("0.00000294"))
      #expect(try await request(exchange, "0.00005").code == "58206")
      #expect(try await request(exchange, "0").code == "58114")
      #expect(try await request(exchange, "2.99", chain: "BTC-Lightning").code == "58200")
      let held = try await exchange.get("asset/balances?ccy=BTC", as: exchange.alice)
      #expect(held["frozenBal"] == "0")
      _ = try await request(exchange, "2.9")
      #expect(try await request(exchange, "2.9").code == "58350")
    }
  }

  @Test func `an address enters the book by the customer's signature and cools off`() async throws {
    try await LocalExchange.run { exchange in
      let address = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
      let alice = exchange.alice
      func add(nonce: UInt64, signedNonce: UInt64) async throws -> LocalExchange.Reply {
        let statement = AddressStatement(
          account: alice.account.raw, asset: "BTC", chain: "BTC-Bitcoin", address: address,
          nonce: signedNonce)
        let signature = try statement.signed(by: alice.signingKey)
        return try await exchange.post(
          "holdfast/withdrawal-address",
          [
            "ccy": "BTC", "chain": "BTC-Bitcoin", "toAddr": .string(address), "label": "cold",
            "nonce": .string(String(nonce)), "signature": .string(Hex.text(signature)),
          ], as: alice)
      }
      #expect(try await add(nonce: 2, signedNonce: 3).code == "51000")
      #expect(try await add(nonce: 1, signedNonce: 1).message.contains("above 1"))
      let added = try await add(nonce: 2, signedNonce: 2)
      #expect(added.code == "0" && added.rows.first?["usable"] == false)
      let early = try await request(exchange, "0.1", to: address)
      #expect(early.code == "58207" && early.message.contains("can be used from"))
      exchange.clock.advance(milliseconds: 61_000)
      #expect(try await request(exchange, "0.1", to: address).code == "0")
      let list = try await exchange.get("holdfast/withdrawal-addresses", as: alice)
      #expect(list.rows.count == 2)
      let removed = try await exchange.post(
        "holdfast/remove-withdrawal-address",
        ["entryId": .string(try #require(added["entryId"]))], as: alice)
      #expect(removed.code == "0")
      #expect(try await request(exchange, "0.1", to: address).code == "58207")
    }
  }

  @Test func `a suspension closes withdrawals with its reason for all to see`() async throws {
    try await LocalExchange.run { exchange in
      let tip = try #require(try await exchange.sequencer.read { $0.tip })
      _ = try await exchange.sequencer.submit(
        .reservesObserved(
          asset: LocalExchange.btc, at: tip, onChain: Amount(units: LocalExchange.bitcoin)))
      let listed = try await exchange.get("asset/currencies?ccy=BTC", as: exchange.alice)
      #expect(listed.rows.first?["canWd"] == false)
      #expect(listed["suspension"]?.contains("of the 16 owed") == true)
      let status = try await exchange.get("system/status")
      #expect(status["state"] == "ongoing")
      #expect(status["title"]?.contains("block 1") == true)
      #expect(try await request(exchange, "0.1").code == "58204")
    }
  }
}
