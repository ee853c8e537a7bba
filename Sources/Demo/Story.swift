import Foundation

/// The story, step by step, against a running installation.
///
/// Each step goes through the public interfaces only, and says what it checked.
final class Story {
  /// The three customers, once their accounts are open.
  struct Cast {
    let alice: Customer
    let bob: Customer
    let carol: Customer
  }

  let world: Installation
  let report: Report
  let wallet: OutsideWallet
  /// Addresses that customers signed for, by who owns them and what for.
  var destinations: [String: String] = [:]

  init(world: Installation, report: Report) throws {
    self.world = world
    self.report = report
    wallet = try OutsideWallet(node: world.node)
  }

  /// Plays everything in order and leaves the exchange running.
  func play() async throws {
    try await begin()
    let cast = try await openAccounts()
    await deposits(cast)
    await trading(cast)
    await withdrawals(cast)
    await riskRules(cast)
    await lostSigners(cast)
    await crash(cast)
    await intruder(cast)
    await reserves()
    try writeAccounts(cast)
  }

  /// Mines a block every so often while a condition is awaited: on regtest nobody else does.
  func mining<T>(
    _ what: String, within limit: Duration = .seconds(60), _ condition: () async throws -> T?
  ) async throws -> T {
    var lastBlock = ContinuousClock.now
    return try await eventually(what, within: limit) {
      if let answer = try await condition() { return answer }
      if lastBlock.duration(to: .now) > .milliseconds(700) {
        try await wallet.mine(1)
        lastBlock = .now
      }
      return nil
    }
  }
}
