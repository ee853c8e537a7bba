import Engine
import JSON
import Money
import Structures
import Testing

@testable import Gateway

@Suite(.timeLimit(.minutes(2))) struct SubaccountTests {
  /// Opens alice's sub-account `name` with a key that trades.
  private static func open(
    _ name: String, _ exchange: LocalExchange
  ) async throws -> LocalExchange.Customer {
    let opened = try await exchange.post(
      "users/subaccount/create-subaccount", ["subAcct": .string(name), "type": "1"],
      as: exchange.alice)
    #expect(opened.code == "0" && opened["subAcct"] == name, "\(opened.json)")
    let key = try await exchange.post(
      "users/subaccount/apikey",
      [
        "subAcct": .string(name), "label": "bot", "passphrase": "correct-horse",
        "perm": "read_only,trade",
      ], as: exchange.alice)
    #expect(key["perm"] == "read_only,trade", "\(key.json)")
    var customer = exchange.alice
    customer.name = name
    customer.account = AccountID(try #require(UInt64(opened["uid"] ?? "")))
    customer.credentials = IssuedCredentials(
      apiKey: try #require(key["apiKey"]), secret: try #require(key["secretKey"]),
      passphrase: "correct-horse")
    return customer
  }

  @Test func `a master opens, funds, reads and closes down keys`() async throws {
    try await LocalExchange.run { exchange in
      let bot = try await Self.open("alicebot", exchange)
      let list = try await exchange.get("users/subaccount/list", as: exchange.alice)
      #expect(list["subAcct"] == "alicebot" && list["uid"] == bot.account.description)
      let config = try await exchange.get("account/config", as: bot)
      #expect(config["mainUid"] == exchange.alice.account.description && config["type"] == "1")
      #expect(config["perm"] == "read_only,trade")

      let moved = try await exchange.post(
        "asset/transfer",
        ["type": "1", "ccy": "BTC", "amt": "1", "from": "6", "to": "18", "subAcct": "alicebot"],
        as: exchange.alice)
      #expect(moved.code == "0" && moved["transId"] != "", "\(moved.json)")
      let balances = try await exchange.get(
        "account/subaccount/balances?subAcct=alicebot", as: exchange.alice)
      #expect(balances.rows.first?["details"]?[0]?["cashBal"] == "1")
      let own = try await exchange.get("account/balance", as: bot)
      #expect(own.rows.first?["details"]?[0]?["cashBal"] == "1")

      let other = try await Self.open("alicebot2", exchange)
      let between = try await exchange.post(
        "asset/subaccount/transfer",
        [
          "ccy": "BTC", "amt": "0.4", "from": "18", "to": "6", "fromSubAccount": "alicebot",
          "toSubAccount": "alicebot2",
        ], as: exchange.alice)
      #expect(between.code == "0", "\(between.json)")
      let funding = try await exchange.get(
        "asset/subaccount/balances?subAcct=alicebot2&ccy=BTC", as: exchange.alice)
      #expect(funding["availBal"] == "0.4")
      let back = try await exchange.post(
        "asset/transfer",
        ["type": "2", "ccy": "BTC", "amt": "0.4", "from": "6", "to": "6", "subAcct": "alicebot2"],
        as: exchange.alice)
      #expect(back.code == "0", "\(back.json)")

      let given = try await exchange.get("asset/bills?type=20", as: exchange.alice)
      #expect(given["balChg"] == "-1")
      let returned = try await exchange.get("asset/bills?type=21", as: exchange.alice)
      #expect(returned["balChg"] == "0.4")
      let sent = try await exchange.get("account/bills?type=1&subType=12", as: bot)
      #expect(sent["balChg"] == "-0.4" && sent["notes"] == "sub-account")
      let received = try await exchange.get("asset/bills?type=23", as: other)
      #expect(received["balChg"] == "0.4")

      let gone = try await exchange.post(
        "users/subaccount/delete-apikey",
        ["subAcct": "alicebot", "apiKey": .string(bot.credentials.apiKey)], as: exchange.alice)
      #expect(gone["subAcct"] == "alicebot")
      #expect(try await exchange.get("account/balance", as: bot).code == "50111")
    }
  }

  @Test func `orders of one master do not trade with each other`() async throws {
    try await LocalExchange.run { exchange in
      let bot = try await Self.open("alicebot", exchange)
      _ = try await exchange.post(
        "asset/transfer",
        ["type": "1", "ccy": "BTC", "amt": "1", "from": "18", "to": "18", "subAcct": "alicebot"],
        as: exchange.alice)
      let resting = try await exchange.place(bot, "sell", "0.1", at: "50000")
      let taking = try await exchange.place(exchange.alice, "buy", "0.1", at: "50000")
      let own = try await exchange.get(
        "trade/order?instId=BTC-USDT&ordId=\(resting)", as: bot)
      #expect(own["state"] == "canceled" && own["cancelSource"] == "32")
      let mine = try await exchange.get(
        "trade/order?instId=BTC-USDT&ordId=\(taking)", as: exchange.alice)
      #expect(mine["state"] == "live")
    }
  }

  @Test func `nobody reaches into another master's accounts`() async throws {
    try await LocalExchange.run { exchange in
      let bot = try await Self.open("alicebot", exchange)
      let transfer: JSON = [
        "type": "2", "ccy": "BTC", "amt": "1", "from": "6", "to": "6", "subAcct": "alicebot",
      ]
      for (reply, code) in [
        (try await exchange.post("asset/transfer", transfer, as: exchange.bob), "59510"),
        (
          try await exchange.get(
            "account/subaccount/balances?subAcct=alicebot", as: exchange.bob), "59510"
        ),
        (
          try await exchange.get("users/subaccount/apikey?subAcct=alicebot", as: exchange.bob),
          "59510"
        ),
        (try await exchange.get("users/subaccount/list", as: bot), "59500"),
        (
          try await exchange.post(
            "users/subaccount/create-subaccount", ["subAcct": "x", "type": "1"], as: bot), "59500"
        ),
        (
          try await exchange.post(
            "users/subaccount/create-subaccount", ["subAcct": "bob", "type": "1"],
            as: exchange.alice), "59601"
        ),
        (
          try await exchange.post(
            "users/subaccount/apikey",
            [
              "subAcct": "alicebot", "label": "x", "passphrase": "correct-horse",
              "perm": "withdraw",
            ], as: exchange.alice), "59504"
        ),
        (
          try await exchange.post(
            "users/subaccount/delete-apikey",
            ["subAcct": "alicebot", "apiKey": .string(exchange.bob.credentials.apiKey)],
            as: exchange.alice), "59506"
        ),
      ] {
        #expect(reply.code == code, "\(reply.json)")
      }
      #expect(try await exchange.get("users/subaccount/list", as: exchange.bob).rows.isEmpty)
    }
  }
}
