public import Descriptors
import Foundation

/// The whole story: sets up, plays, reports, and stays up if asked.
public struct Demonstration {
  private let plan: Installation.Plan

  /// Creates the demonstration.
  ///
  /// - Parameters:
  ///   - folder: Throw-away folder; new, empty, or an earlier demonstration's, which is emptied.
  ///   - port: First of three consecutive ports on the loopback interface.
  ///   - bitcoind: A Bitcoin Core regtest node instead of the embedded chain.
  ///   - bitcoindCookie: Its cookie file, when the address has no credentials.
  ///   - form: The scripts of the hot wallet.
  public init(
    folder: String, port: Int, bitcoind: String?, bitcoindCookie: String?,
    form: DecayingPolicy.Form
  ) throws {
    plan = Installation.Plan(
      folder: URL(fileURLWithPath: folder), port: port, bitcoind: bitcoind,
      bitcoindCookie: bitcoindCookie, form: form)
  }

  /// Plays the story.
  ///
  /// - Parameter staysUp: Whether the exchange goes on until it is interrupted.
  /// - Returns: Whether every step held.
  public func play(staysUp: Bool) async throws -> Bool {
    let world = try Installation(plan)
    let report = Report()
    let interruption = await Interruption()
    let story = try Story(world: world, report: report)
    do {
      try await story.play(unless: interruption)
    } catch {
      await report.step("the story goes on") { throw error }
    }
    if staysUp, report.failed == 0, !interruption.happened {
      report.note("the exchange is up: \(world.publicURL) (OKX v5 REST and WebSocket)")
      report.note("operators, health, metrics: \(world.internalURL)")
      report.note("accounts for ccxt: \(world.path("accounts.json")); logs: \(world.path("logs"))")
      report.finish()
      report.note("end it with Ctrl-C")
      await story.keepMining(until: interruption)
      await world.stop()
    } else {
      await world.stop()
      report.finish()
    }
    return report.failed == 0 && !(interruption.happened && !staysUp)
  }
}
