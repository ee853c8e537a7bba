import Foundation

extension Story {
  func crash(_ cast: Cast) async {
    await report.step("the server is killed with -9 in the middle of an order storm") {
      let storm = await self.storm([cast.alice, cast.bob], killAfter: .milliseconds(1500))
      let count = storm.acknowledged.reduce(0) { $0 + $1.count }
      try require(count >= 20, "only \(count) orders before the kill")
      try require(storm.cutOff > 0, "nobody was waiting for an answer when it was killed")
      let replayed = try await self.world.verifyJournal()
      try await self.world.startServer()
      let recovered = try await self.world.recoveredStateHash()
      try require(
        recovered == replayed.stateHash,
        "recovered to \(recovered), but the journal replays to \(replayed.stateHash)")
      for (customer, acknowledged) in zip([cast.alice, cast.bob], storm.acknowledged) {
        let open = try await self.openOrders(customer)
        for id in acknowledged {
          try require(open[id] == 1, "acknowledged order \(id) is there \(open[id] ?? 0) times")
        }
        try await self.cancelAll(customer)
      }
      return "\(count) acknowledged orders are there once each, \(storm.cutOff) were cut off; "
        + "state hash \(recovered.prefix(16))... = replay of \(replayed.batches) batches"
    }
  }

  /// What came of a storm: the ids that each customer was acknowledged, and how many connections
  /// were still sending when the server died.
  private struct Storm {
    var acknowledged: [[String]]
    var cutOff = 0
  }

  /// Places orders from several connections of each customer at once and kills the server meanwhile.
  private func storm(_ customers: [Customer], killAfter delay: Duration) async -> Storm {
    let server = world.serve
    return await withTaskGroup(of: (Int, [String], Bool).self) { group in
      for (position, customer) in customers.enumerated() {
        for worker in 0..<4 {
          let api = customer.api
          group.addTask {
            let (ids, isCutOff) = await Self.placeOrders(api, worker: worker)
            return (position, ids, isCutOff)
          }
        }
      }
      try? await Task.sleep(for: delay)
      try? await server.stop(SIGKILL)
      var storm = Storm(acknowledged: customers.map { _ in [] })
      for await (position, ids, isCutOff) in group {
        storm.acknowledged[position] += ids
        storm.cutOff += isCutOff ? 1 : 0
      }
      return storm
    }
  }

  /// Places order after order until the server is gone.
  ///
  /// - Returns: The acknowledged ids, and whether it ended because the server was gone.
  private static func placeOrders(_ api: OKXClient, worker: Int) async -> ([String], Bool) {
    var ids: [String] = []
    var number = 0
    while number < 200 {
      let body = OKXClient.json([
        "instId": "BTC-USDT", "tdMode": "cash", "side": "buy", "ordType": "limit",
        "sz": "0.0001", "px": "\(20_000 + worker * 200 + number)",
        "clOrdId": "storm\(worker)x\(number)",
      ])
      guard let answer = try? await api.send("POST", "/api/v5/trade/order", body) else {
        return (ids, true)
      }
      switch answer.finestCode {
      case "0":
        ids.append(answer.row["ordId"].text)
        number += 1
      case "50011": try? await Task.sleep(for: .milliseconds(50))
      default: return (ids, false)
      }
    }
    return (ids, false)
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
