import Nodes
import Foundation

extension Story {
  /// Makes the keys and starts every program. Without this nothing else can be played.
  func begin() async throws {
    await report.step("key ceremony") {
      let record = try await self.world.holdCeremony()
      return "keys of three holders, their backups, a council and the guard; wallet \(record)"
    }
    await report.step("all programs start") {
      try await self.world.start()
      let info = try await self.world.node.chainInfo()
      return "node, 3 signers, guard and server answer; chain \(info.chain) at \(info.height)"
    }
    try require(report.failed == 0, "nothing to play with; see \(world.path("logs"))")
    report.note("mining 101 blocks, so that the customers have coins of their own")
    try await wallet.mine(101)
  }

  /// Opens the accounts, enrols the customers' keys and fills their address books.
  func openAccounts() async throws -> Cast {
    var customers: [Customer] = []
    await report.step("operators open accounts, customers enrol keys and sign for addresses") {
      for name in ["alice", "bob", "carol"] {
        let customer = try await self.world.openAccount(name)
        try await customer.enrol()
        let address = try OutsideWallet.freshAddress()
        try await customer.allow(address, label: "savings")
        self.destinations[name] = address
        customers.append(customer)
      }
      return "alice, bob and carol, each with an address book entry under an Ed25519 signature"
    }
    guard customers.count == 3 else { throw StoryError("no customers to play with") }
    return Cast(alice: customers[0], bob: customers[1], carol: customers[2])
  }
}
