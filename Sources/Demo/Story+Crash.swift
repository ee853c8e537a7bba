import Foundation

extension Story {
  func crash(_ cast: Cast) async {
    await report.step("the server is killed with -9 in the middle of an order storm") {
      let acknowledged = await self.storm(cast, killAfter: .milliseconds(1500))
      try require(acknowledged.count >= 20, "only \(acknowledged.count) orders before the kill")
      let replayed = try await self.world.verifyJournal()
      try await self.world.startServer()
      let recovered = try await self.world.recoveredStateHash()
      try require(
        recovered == replayed.stateHash,
        "recovered to \(recovered), but the journal replays to \(replayed.stateHash)")
      let open = try await self.openOrders(cast.alice)
      for id in acknowledged {
        try require(open[id] == 1, "acknowledged order \(id) is there \(open[id] ?? 0) times")
      }
      try await self.cancelAll(cast.alice)
      return "\(acknowledged.count) acknowledged orders are there once each; "
        + "state hash \(recovered.prefix(16))... = replay of \(replayed.batches) batches"
    }
  }

  /// Places orders from several connections at once, kills the server, and returns the ids of those
  /// it had acknowledged.
  private func storm(_ cast: Cast, killAfter delay: Duration) async -> [String] {
    let api = cast.alice.api
    let server = world.serve
    return await withTaskGroup(of: [String].self) { group in
      for worker in 0..<8 {
        group.addTask {
          var done: [String] = []
          for number in 0..<100 {
            let body = OKXClient.json([
              "instId": "BTC-USDT", "tdMode": "cash", "side": "buy", "ordType": "limit",
              "sz": "0.0001", "px": "\(20_000 + worker * 100 + number)",
              "clOrdId": "storm\(worker)x\(number)",
            ])
            guard let answer = try? await api.send("POST", "/api/v5/trade/order", body),
              answer.code == "0"
            else { return done }
            done.append(answer.row["ordId"].text)
          }
          return done
        }
      }
      try? await Task.sleep(for: delay)
      try? await server.stop(SIGKILL)
      return await group.reduce(into: []) { $0 += $1 }
    }
  }

  /// Counts the open orders of a customer by id, page by page.
  private func openOrders(_ customer: Customer) async throws -> [String: Int] {
    var counts: [String: Int] = [:]
    var after = ""
    while true {
      let page = try await customer.api.call(
        "GET",
        "/api/v5/trade/orders-pending?instType=SPOT" + (after.isEmpty ? "" : "&after=\(after)")
      ).data.list
      for row in page { counts[row["ordId"].text, default: 0] += 1 }
      guard let last = page.last, page.count == 100 else { return counts }
      after = last["ordId"].text
    }
  }

  private func cancelAll(_ customer: Customer) async throws {
    for id in try await openOrders(customer).keys.sorted() {
      _ = try await customer.api.call(
        "POST", "/api/v5/trade/cancel-order", ["instId": "BTC-USDT", "ordId": id])
    }
  }
}
