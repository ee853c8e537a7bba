import Nodes
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
  func play(unless interruption: Interruption) async throws {
    try await begin()
    let cast = try await openAccounts()
    let chapters = [
      deposits, trading, withdrawals, riskRules, lostSigners, crash, intruder, reserves, handOver,
    ]
    for chapter in chapters {
      if interruption.happened { throw StoryError("interrupted") }
      await chapter(cast)
    }
  }

  /// Mines a block every few seconds, so that a reader's own withdrawals confirm.
  func keepMining(until interruption: Interruption) async {
    var lastBlock = ContinuousClock.now
    while !interruption.happened {
      try? await Task.sleep(for: .milliseconds(100))
      if lastBlock.duration(to: .now) > .seconds(3) {
        try? await wallet.mine(1)
        lastBlock = .now
      }
    }
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
