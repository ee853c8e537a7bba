import Engine
import JSON
import MarketData
import Money
import Structures
import Testing

@testable import Gateway

@Suite(.timeLimit(.minutes(2))) struct SocketTests {
  private static let books: JSON = ["channel": "books", "instId": "BTC-USDT"]

  @Test func `a reader of the book channel can keep a true copy`() async throws {
    try await LocalExchange.run { exchange in
      try await exchange.place(exchange.alice, "buy", "1", at: "100")
      let socket = try await SocketClient.open(exchange, .public)
      try await socket.subscribe(Self.books)
      var copy = BookCopy()
      let first = try await socket.push("books")
      #expect(first["action"] == "snapshot" && first["arg"] == Self.books)
      try copy.take(first)
      var random = SplitMix(state: 7)
      var lastPrice = 0
      for step in 0..<40 {
        lastPrice = 100 + Int(random.next() % 20)
        let side = step % 3 == 0 ? "sell" : "buy"
        let trader = side == "buy" ? exchange.alice : exchange.bob
        try await exchange.place(trader, side, "0.0\(1 + step % 9)", at: String(lastPrice))
      }
      let wanted = try await exchange.get("market/books?instId=BTC-USDT&sz=400")
      let row = try #require(wanted.rows.first)
      while copy.bids != row["bids"] || copy.asks != row["asks"] {
        try copy.take(try await socket.push("books"))
      }
      #expect(copy.sequence == row["seqId"]?.integer)
      try await socket.send(["op": "unsubscribe", "args": [Self.books]])
      _ = try await socket.next { $0["event"] == "unsubscribe" }
      try await socket.subscribe(Self.books)
      let again = try await socket.push("books")
      #expect(again["action"] == "snapshot" && again["data"]?[0]?["prevSeqId"] == -1)
      try await socket.close()
    }
  }

  @Test func `the owner sees each step of his order, and nobody else does`() async throws {
    try await LocalExchange.run { exchange in
      let mine = try await SocketClient.open(exchange, .private)
      #expect(try await mine.login(exchange, exchange.alice, asNumber: true)["event"] == "login")
      #expect(try await mine.login(exchange, exchange.alice)["code"] == "0")
      try await mine.subscribe(["channel": "orders", "instType": "ANY", "instId": "BTC-USDT"])
      try await mine.subscribe(["channel": "account"])
      let snapshot = try await mine.push("account")
      #expect(snapshot["data"]?[0]?["details"]?.array?.count == 2)
      try await exchange.place(exchange.bob, "sell", "0.1", at: "50000")
      try await exchange.place(exchange.bob, "sell", "0.2", at: "50100")
      let id = try await exchange.place(exchange.alice, "buy", "0.5", at: "50100")
      var steps: [[String]] = []
      for _ in 0..<3 {
        let push = try await mine.push("orders")
        #expect(push["arg"]?["uid"]?.string == exchange.alice.account.description)
        let row = try #require(push["data"]?[0])
        #expect(row["ordId"]?.string == id)
        steps.append(["state", "fillSz", "accFillSz", "fillPx"].map { row[$0]?.string ?? "-" })
      }
      #expect(
        steps == [
          ["live", "0", "0", ""], ["partially_filled", "0.1", "0.1", "50000"],
          ["partially_filled", "0.2", "0.3", "50100"],
        ])
      let money = try await mine.next { message in
        message["arg"]?["channel"] == "account"
          && (message["data"]?[0]?["details"]?.array ?? []).contains {
            $0["ccy"] == "BTC" && $0["cashBal"] == "4.2997"
          }
      }
      #expect(money["data"]?[0]?["details"]?.array?.count == 2)
      try await mine.close()
    }
  }

  @Test func `orders go over the socket as over HTTP`() async throws {
    try await LocalExchange.run { exchange in
      let socket = try await SocketClient.open(exchange, .private)
      let order: JSON = [
        "instIdCode": 1, "tdMode": "cash", "side": "buy", "ordType": "limit", "sz": "0.1",
        "px": "100", "clOrdId": "w1",
      ]
      try await socket.send(["id": "7", "op": "order", "args": [order]])
      let early = try await socket.next()
      #expect(early["code"] == "60011" && early["id"] == "7")
      _ = try await socket.login(exchange, exchange.alice)
      try await socket.send(["id": "8", "op": "batch-orders", "args": [order, order]])
      let made = try await socket.next()
      #expect(made["id"] == "8" && made["op"] == "batch-orders" && made["code"] == "2")
      #expect(made["data"]?.array?.map { $0["sCode"]?.string } == ["0", "51016"])
      #expect(made["msg"] == "")
      let cancel: JSON = ["instId": "BTC-USDT", "clOrdId": "w1"]
      try await socket.send(["id": "9", "op": "cancel-order", "args": [cancel]])
      #expect(try await socket.next()["code"] == "0")
      try await socket.send(["id": "10", "op": "dance", "args": []])
      #expect(try await socket.next()["code"] == "60019")
      try await socket.close()
    }
  }

  @Test func `what is wrong is answered and the session goes on`() async throws {
    try await LocalExchange.run { exchange in
      let socket = try await SocketClient.open(exchange, .public)
      try await socket.send("ping")
      #expect(try await socket.next() == "pong")
      try await socket.send("{")
      #expect(try await socket.next()["code"] == "60012")
      for (argument, code) in [
        (["channel": "books", "instId": "NO-PE"], "60018"),
        (["channel": "candle1m", "instId": "BTC-USDT"], "60018"),
        (["channel": "nothing"], "60018"),
      ] as [(JSON, String)] {
        try await socket.send(["id": "a", "op": "subscribe", "args": [argument]])
        let answer = try await socket.next()
        #expect(answer["code"]?.string == code && answer["id"] == "a")
      }
      try await socket.subscribe(["channel": "tickers", "instId": "BTC-USDT"])
      #expect(try await socket.push("tickers")["data"]?[0]?["instId"] == "BTC-USDT")
      try await socket.close()
    }
  }

  @Test func `a wrong login is refused and ends the session`() async throws {
    try await LocalExchange.run { exchange in
      let socket = try await SocketClient.open(exchange, .private)
      try await socket.send(["op": "subscribe", "args": [["channel": "account"]]])
      #expect(try await socket.next()["code"] == "60011")
      #expect(try await socket.login(exchange, exchange.alice, secret: "no")["code"] == "60007")
      #expect(await socket.closeCode.value == 4001)
    }
  }

  @Test func `a silent session is closed`() async throws {
    try await LocalExchange.run(idleMilliseconds: 100) { exchange in
      let socket = try await SocketClient.open(exchange, .public)
      #expect(await socket.closeCode.value == 4004)
    }
  }

  @Test func `a session that floods is closed`() async throws {
    try await LocalExchange.run(limitsRates: true) { exchange in
      let socket = try await SocketClient.open(exchange, .public)
      exchange.clock.freeze()
      // It may be closed before the last one is sent.
      for _ in 0...400 { try? await socket.send("ping") }
      #expect(await socket.closeCode.value == 1008)
    }
  }

  @Test func `trades and candles come as they happen`() async throws {
    try await LocalExchange.run { exchange in
      let trades = try await SocketClient.open(exchange, .public)
      let candles = try await SocketClient.open(exchange, .business)
      try await trades.subscribe(["channel": "trades", "instId": "BTC-USDT"])
      try await candles.subscribe(["channel": "candle1m", "instId": "BTC-USDT"])
      try await exchange.place(exchange.bob, "sell", "0.1", at: "50000")
      try await exchange.place(exchange.alice, "buy", "0.1", at: "50000")
      let trade = try await trades.push("trades")
      #expect(trade["data"]?[0]?["px"] == "50000" && trade["data"]?[0]?["side"] == "buy")
      let candle = try await candles.next { ($0["data"]?.array ?? []).isEmpty == false }
      #expect(candle["data"]?[0]?[4] == "50000" && candle["data"]?[0]?[5] == "0.1")
      try await trades.close()
      try await candles.close()
    }
  }
}

/// A book kept as clients keep it: from a snapshot, changes and the checksum.
private struct BookCopy {
  private var levels: [String: [String: [JSON]]] = ["bids": [:], "asks": [:]]
  private(set) var sequence: Int64?

  var bids: JSON { .array(sorted("bids").map(JSON.array)) }
  var asks: JSON { .array(sorted("asks").map(JSON.array)) }

  private func sorted(_ side: String) -> [[JSON]] {
    let all = (levels[side] ?? [:]).values.sorted {
      (Double($0[0].string ?? "") ?? 0) < (Double($1[0].string ?? "") ?? 0)
    }
    return side == "bids" ? all.reversed() : all
  }

  mutating func take(_ push: JSON) throws {
    let data = try #require(push["data"]?[0])
    let previous = try #require(data["prevSeqId"]?.integer)
    #expect(previous == (push["action"] == "snapshot" ? -1 : sequence))
    sequence = data["seqId"]?.integer
    for side in ["bids", "asks"] {
      for level in data[side]?.array ?? [] {
        let parts = try #require(level.array)
        let price = try #require(parts[0].string)
        levels[side]?[price] = parts[1] == "0" ? nil : parts
      }
    }
    func texts(_ side: String) -> [(price: String, size: String)] {
      sorted(side).map { ($0[0].string ?? "", $0[1].string ?? "") }
    }
    let sum = BookChecksum.checksum(bids: texts("bids"), asks: texts("asks"))
    #expect(data["checksum"]?.integer == Int64(sum))
  }
}

/// A small generator whose sequence follows from its seed.
private struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 33
  }
}
