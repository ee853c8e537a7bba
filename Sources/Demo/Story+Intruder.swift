import Nodes
import Foundation
import Link
import SignerProtocol

extension Story {
  func intruder(_ cast: Cast) async {
    await report.step(
      "an address and a withdrawal forged inside the server are stopped by the guard"
    ) {
      let intruder = try Intruder()
      try await self.world.serve.stop(SIGKILL)
      let forged = try await intruder.forgeWithdrawal(
        dataFolder: self.world.dataFolder, victim: cast.bob.account, amount: 1_000_000)
      try await self.world.startServer()
      let row = try await self.mining("the guard to refuse it") {
        let row = try await cast.bob.withdrawal(String(forged))
        return row["state"].text == "-1" ? row : nil
      }
      let why = try await cast.bob.explanation(String(forged))
      let stolen = try await self.world.node.scan([.init(descriptor: "addr(\(intruder.address))")])
      try require(stolen.outputs.isEmpty, "the chain pays the intruder")
      return "withdrawal \(row["wdId"].text) refused: \"\(why["reason"].text)\""
    }
    await report.step("a stranger on the signers' line is not listened to") {
      let intruder = try Intruder()
      try await self.world.guardProgram.stop(SIGKILL)
      for signer in 1...3 {
        let end = try intruder.intrude(
          socket: self.world.socket(of: signer), signerKey: try self.world.linkKeys(signer).peer)
        try require(end == .closed, "signer \(signer) ended with: \(end)")
        let log = self.world.path("logs/signer-\(signer).log")
        // The line is closed first, and the reason written then.
        _ = try await eventually("signer \(signer) to log the reason") {
          let text = try String(contentsOfFile: log, encoding: .utf8)
          return text.contains("\(LinkError.wrongPeer)") ? true : nil
        }
      }
      return "3 of 3 hang up: \"\(LinkError.wrongPeer)\""
    }
    await report.step("a release forged with another key is stopped by every signer") {
      let intruder = try Intruder()
      var words: [String] = []
      for signer in 1...3 {
        let refusal = try await intruder.forgeRelease(
          socket: self.world.socket(of: signer), keys: try self.world.linkKeys(signer),
          descriptorFile: self.world.path("keys/wallet.descriptor"), node: self.world.node)
        words.append(refusal.description)
      }
      try await self.world.startGuard()
      return "with the guard's own link key, 3 of 3 refuse: \"\(words[0])\""
    }
  }
}
