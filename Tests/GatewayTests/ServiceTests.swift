import Foundation
import JSON
import Testing
import Views

@testable import Gateway

@Suite(.timeLimit(.minutes(2))) struct ServiceTests {
  @Test func `a gateway without history builds the same one from the journal`() async throws {
    try await LocalExchange.run { exchange in
      try await exchange.place(exchange.bob, "sell", "0.5", at: "50000")
      for _ in 0..<3 { try await exchange.place(exchange.alice, "buy", "0.1", at: "50000") }
      try await exchange.place(exchange.alice, "buy", "0.2", at: "40000")
      for client in ["goes", "stays"] {
        let placed = try await exchange.post(
          "trade/order-algo",
          [
            "instId": "BTC-USDT", "tdMode": "cash", "side": "sell", "sz": "0.1",
            "ordType": "trigger", "triggerPx": "45000", "orderPx": "-1",
            "algoClOrdId": .string(client),
          ], as: exchange.alice)
        #expect(placed.code == "0", "\(placed.json)")
      }
      _ = try await exchange.post(
        "trade/cancel-algos", [["instId": "BTC-USDT", "algoClOrdId": "goes"]],
        as: exchange.alice)
      try await exchange.withFreshGateway { fresh, _ in
        for question in [
          "trade/orders-history?instType=SPOT", "trade/fills", "account/bills", "asset/bills",
          "asset/deposit-history", "trade/orders-pending",
          "trade/orders-algo-pending?ordType=trigger",
          "trade/orders-algo-history?ordType=trigger&state=canceled",
        ] {
          let before = try await exchange.get(question, as: exchange.alice)
          let after = try await fresh.get(question, as: exchange.alice)
          #expect(!before.rows.isEmpty && before.json == after.json, "\(question)")
        }
        for question in [
          "market/trades?instId=BTC-USDT", "market/candles?instId=BTC-USDT&bar=1Dutc",
        ] {
          let before = try await exchange.get(question)
          #expect(try await fresh.get(question).json == before.json, "\(question)")
        }
        let book = try await fresh.get("market/books?instId=BTC-USDT&sz=5")
        #expect(book.rows.first?["bids"] == [["40000", "0.2", "0", "1"]])
        #expect(book.rows.first?["asks"] == [["50000", "0.2", "0", "1"]])
      }
    }
  }

  /// A backup of the journal was put back beside newer views, or beside those of another journal.
  @Test(arguments: [2, 1_000]) func `views of another journal are written anew`(
    batches: UInt64
  ) async throws {
    try await LocalExchange.run { exchange in
      try await exchange.place(exchange.alice, "buy", "0.1", at: "40000")
      let foreign = (1...batches).map { ViewBatch(sequence: $0, hash: [7], entries: []) }
      try await exchange.withFreshGateway(history: foreign) { fresh, _ in
        for question in ["account/bills", "asset/bills", "asset/deposit-history"] {
          let before = try await exchange.get(question, as: exchange.alice)
          let after = try await fresh.get(question, as: exchange.alice)
          #expect(!before.rows.isEmpty && before.json == after.json, "\(question)")
        }
      }
    }
  }

  @Test func `an orderly stop tells the open sessions and ends`() async throws {
    try await LocalExchange.run { exchange in
      try await exchange.withFreshGateway { fresh, gateway in
        let socket = try await SocketClient.open(fresh, .public)
        try await socket.send("ping")
        #expect(try await socket.next() == "pong")
        await gateway.stop()
        #expect(await socket.closeCode.value == 1001)
      }
    }
  }

  @Test func `keys are sealed under a file that only its owner may read`() throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("server-key-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(throws: APIKeySealError.self) { try ServerKeyFile.read(path) }
    try ServerKeyFile.create(path)
    #expect(throws: APIKeySealError.self) { try ServerKeyFile.create(path) }
    let sealed = try APIKeySeal(key: try ServerKeyFile.read(path))
      .seal(apiKey: "a", secret: "s", passphrase: "p")
    #expect(
      try APIKeySeal(key: try ServerKeyFile.read(path)).open(sealed, apiKey: "a").secret == [0x73])
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
    #expect(throws: APIKeySealError.self) { try ServerKeyFile.read(path) }
  }
}
