import Nodes
import Foundation

extension Story {
  func riskRules(_ cast: Cast) async {
    await report.step("an abnormally large withdrawal is refused") {
      let before = try await cast.bob.funding("BTC")
      let answer = try await cast.bob.tryWithdrawal("0.9", to: self.destinations["bob"] ?? "")
      try require(answer.code != "0", "a withdrawal above the limit was accepted")
      let after = try await cast.bob.funding("BTC")
      try require(before == after, "the balance went from \(before) to \(after)")
      return "code \(answer.finestCode), \"\(answer.msg)\", nothing held"
    }
    await report.step("a withdrawal to a new address waits, and bob cancels it") {
      let address = try OutsideWallet.freshAddress()
      try await cast.bob.allow(address, label: "new")
      let id = try await self.withdrawWhenUsable(cast.bob, "0.01", to: address)
      let why = try await cast.bob.explanation(id)
      let until = why["untilText"].text
      try require(!until.isEmpty, "no release time in \(why)")
      _ = try await cast.bob.api.call("POST", "/api/v5/asset/cancel-withdrawal", ["wdId": id])
      let state = try await cast.bob.withdrawal(id)["state"].text
      try require(state == "-2", "cancelled, but the state is \(state)")
      let balance = try await cast.bob.funding("BTC")
      try require(balance == "0.9999", "funding balance is \(balance), not 0.9999")
      return "\"\(why["reason"].text)\", release at \(until); cancelled, the money is back"
    }
    await report.step("many small withdrawals in a row trip the frequency rule") {
      let address = self.destinations["carol"] ?? ""
      var accepted = 0
      for _ in 1...20 {
        let id = try await self.withdrawWhenUsable(cast.carol, "0.001", to: address)
        accepted += 1
        let why = try await cast.carol.explanation(id)
        guard why["reason"].text.contains("withdrawals within an hour") else { continue }
        return "number \(accepted) within an hour waits until \(why["untilText"].text)"
      }
      throw StoryError("twenty withdrawals in a row and no rule spoke")
    }
  }

  func lostSigners(_ cast: Cast) async {
    await report.step("one signer is killed, and the next withdrawal still goes through") {
      try await self.world.signers[0].stop(SIGKILL)
      let id = try await cast.alice.withdrawFunding("0.1", to: self.destinations["alice"] ?? "")
      let row = try await self.confirmation(of: id, cast.alice)
      return "signed by the other two, \(row["txId"].text.prefix(16))..."
    }
    await report.step("two are killed: withdrawals queue with a public reason, then flow again") {
      try await self.world.signers[1].stop(SIGKILL)
      let reason = try await self.mining("the public status to say so") {
        let rows = try await self.publicStatus()
        return rows.first { $0["title"].text.lowercased().contains("signer") }
      }
      let id = try await cast.alice.withdrawFunding("0.1", to: self.destinations["alice"] ?? "")
      try await self.wallet.mine(2)
      try await Task.sleep(for: .seconds(2))
      let state = try await cast.alice.withdrawal(id)["state"].text
      try require(state != "2" && state != "-1", "with one signer left the state is \(state)")
      try await self.world.startSigner(1)
      let row = try await self.confirmation(of: id, cast.alice)
      _ = try await eventually("the public status to clear") {
        try await self.publicStatus().contains { $0["title"].text.lowercased().contains("signer") }
          ? nil : true
      }
      try await self.world.startSigner(0)
      return "\"\(reason["title"].text)\"; one returned, \(row["txId"].text.prefix(16))..."
    }
  }

  private func publicStatus() async throws -> [Field] {
    let anyone = OKXClient(baseURL: world.publicURL, credentials: nil)
    return try await anyone.call("GET", "/api/v5/system/status").data.list
  }

  func reserves(_ cast: Cast) async {
    await report.step("reserves hold") {
      let rows = try await self.world.reserves()
      try require(!rows.isEmpty, "no rows")
      for row in rows {
        try require(row.isCovered, "\(row.asset) is not covered: \(row)")
      }
      return rows.map(\.description).joined(separator: "; ")
    }
  }
}
