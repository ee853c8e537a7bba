import Descriptors
import Nodes
import Bitcoin
import Foundation

extension Story {
  func deposits(_ cast: Cast) async {
    await report.step("alice deposits 5 BTC on the chain") {
      let address = try await cast.alice.depositAddress()
      try require(
        address.hasPrefix(self.world.plan.form == .wsh ? "bcrt1q" : "bcrt1p"),
        "\(address) is not a regtest witness address")
      let transaction = try await self.wallet.pay(500_000_000, to: address)
      let pending = try await eventually("the deposit to be seen in the mempool") {
        let row = try await cast.alice.api.call("GET", "/api/v5/asset/deposit-history?ccy=BTC").row
        return row["txId"].text == transaction.id.hex ? row : nil
      }
      try require(pending["state"].text == "0", "seen as state \(pending["state"].text), not 0")
      try require(try await cast.alice.funding("BTC") == "0", "credited before any block")
      let done = try await self.mining("the deposit to be credited") {
        let row = try await cast.alice.api.call("GET", "/api/v5/asset/deposit-history?ccy=BTC").row
        return row["state"].text == "2" ? row : nil
      }
      let balance = try await cast.alice.funding("BTC")
      try require(balance == "5", "funding balance is \(balance), not 5")
      return "pending at first sight, credited after \(done["actualDepBlkConfirm"].text) "
        + "confirmations to \(address.prefix(14))..."
    }
    await report.step("carol deposits 3 BTC") {
      _ = try await self.wallet.pay(300_000_000, to: try await cast.carol.depositAddress())
      _ = try await self.mining("the deposit to be credited") {
        try await cast.carol.funding("BTC") == "3" ? true : nil
      }
      return "funding balance 3"
    }
    await report.step("bob's 250000 USDT need two different operators") {
      let receipt = "wire-2026-0001"
      try await self.world.attest("dave", cast.bob, "250000", "USDT", receipt)
      try require(try await cast.bob.funding("USDT") == "0", "credited on one operator's word")
      do {
        try await self.world.attest("dave", cast.bob, "250000", "USDT", receipt)
        throw StoryError("the same operator was accepted twice")
      } catch let refusal as ProgramFailure {
        try require(refusal.words.contains("operator"), "refused for another reason: \(refusal)")
      }
      try await self.world.attest("erin", cast.bob, "250000", "USDT", receipt)
      let balance = try await cast.bob.funding("USDT")
      try require(balance == "250000", "funding balance is \(balance), not 250000")
      return "dave alone: nothing; dave twice: refused; dave and erin: credited"
    }
  }

  func trading(_ cast: Cast) async {
    await report.step("alice and bob trade 1.5 BTC at 60000") {
      try await cast.alice.transfer("4", "BTC", from: "6", to: "18")
      try await cast.bob.transfer("200000", "USDT", from: "6", to: "18")
      let ask = try await cast.alice.order("sell", "1.5", at: "60000")
      _ = try await cast.bob.order("buy", "1.5", at: "60500")
      let row = try await cast.alice.api.call(
        "GET", "/api/v5/trade/order?instId=BTC-USDT&ordId=\(ask)"
      ).row
      try require(row["state"].text == "filled", "alice's order is \(row["state"].text)")
      try require(row["avgPx"].text == "60000", "filled at \(row["avgPx"].text), not 60000")
      let balances = [
        "alice BTC": (try await cast.alice.trading("BTC"), "2.5"),
        "alice USDT": (try await cast.alice.trading("USDT"), "89928"),
        "bob BTC": (try await cast.bob.trading("BTC"), "1.4985"),
        "bob USDT": (try await cast.bob.trading("USDT"), "110000"),
      ]
      for (name, (found, wanted)) in balances {
        try require(found == wanted, "\(name) is \(found), not \(wanted)")
      }
      return "at the maker's price; maker paid 0.08 %, taker 0.1 %, to the unit"
    }
  }

  func withdrawals(_ cast: Cast) async {
    await report.step("bob withdraws 0.4 BTC and it confirms on the chain") {
      try await cast.bob.transfer("1.4", "BTC", from: "18", to: "6")
      let address = self.destinations["bob"] ?? ""
      let id = try await self.withdrawWhenUsable(cast.bob, "0.4", to: address)
      let done = try await self.confirmation(of: id, cast.bob)
      let paid = try await self.paid(address, in: done)
      try require(paid == 40_000_000, "the chain shows \(paid) satoshi, not 40000000")
      let balance = try await cast.bob.funding("BTC")
      try require(balance == "0.9999", "funding balance is \(balance), not 0.9999")
      return "released by the guard, signed 2 of 3, \(done["txId"].text.prefix(16))... pays exactly"
    }
  }

  /// Asks for a withdrawal, waiting out the address's cooling-off.
  func withdrawWhenUsable(_ customer: Customer, _ amount: String, to address: String) async throws
    -> String
  {
    try await eventually(
      "\(address.prefix(14))... to be past its cooling-off", every: .milliseconds(500)
    ) {
      let answer = try await customer.tryWithdrawal(amount, to: address)
      if answer.code == "58207" { return nil }
      guard answer.code == "0" else { throw StoryError("\(answer.code) \(answer.msg)") }
      return answer.row["wdId"].text
    }
  }

  /// Mines until a withdrawal is final and returns its row.
  func confirmation(of id: String, _ customer: Customer) async throws -> Field {
    try await mining("withdrawal \(id) of \(customer.name) to confirm", within: .seconds(90)) {
      let row = try await customer.withdrawal(id)
      return row["state"].text == "2" ? row : nil
    }
  }

  /// What the transaction of a withdrawal pays to `address` according to the node, in satoshi.
  private func paid(_ address: String, in row: Field) async throws -> Int64 {
    let scan = try await world.node.scan([.init(descriptor: "addr(\(address))")])
    return scan.outputs.filter { $0.outpoint.transaction.hex == row["txId"].text }
      .reduce(0) { $0 + $1.output.value }
  }
}
