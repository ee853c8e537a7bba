import Foundation

/// The story, step by step, against a running installation.
///
/// Each step goes through the public interfaces only, and says what it checked.
final class Story {
  let world: Installation
  let report: Report
  private let wallet: OutsideWallet
  private var alice: Customer!
  private var bob: Customer!
  private var carol: Customer!
  /// Addresses that the story pays to, each already in a customer's book.
  private var destinations: [String: String] = [:]

  init(world: Installation, report: Report) throws {
    self.world = world
    self.report = report
    wallet = try OutsideWallet(node: world.node)
  }
}
