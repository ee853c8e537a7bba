public import Engine
public import Journal
import Statements
import Wire

/// Takes the guard's orders: commands under its own signature, each once.
public struct GuardOrders: Sendable {
  /// Why an order is not taken.
  public enum Refusal: Error, Equatable, Sendable {
    /// The body is not a signature and an order.
    case malformed
    /// Signed with another key than the guard's.
    case badSignature
    /// A command that the guard has no business with.
    case notTheGuards
    /// Taken before, or the counter cannot be kept.
    case counter(GuardCounter.Failure)
    /// The core refused the command.
    case refused(Engine.Refusal)
  }

  private let sequencer: Sequencer
  private let counter: GuardCounter

  /// Creates the door.
  public init(sequencer: Sequencer, counter: GuardCounter) {
    self.sequencer = sequencer
    self.counter = counter
  }

  /// Submits the order in `body`.
  ///
  /// - Parameter body: The guard's signature (64 bytes) and the order's canonical bytes.
  /// - Returns: Where it was journaled.
  /// - Throws: ``Refusal`` or `SequencerError`.
  public func take(_ body: [UInt8]) async throws -> Committed {
    guard let order = try? Signed<GuardOrder>(bytes: body) else { throw Refusal.malformed }
    let key = try await sequencer.read { $0.configuration?.guardKey ?? [] }
    guard order.isSigned(by: key) else { throw Refusal.badSignature }
    let command = try Self.command(order.statement.command)
    guard Self.isTheGuards(command) else { throw Refusal.notTheGuards }
    do throws(GuardCounter.Failure) {
      try counter.take(order.statement.counter)
    } catch {
      throw Refusal.counter(error)
    }
    let committed = try await sequencer.submit(command)
    if let refusal = committed.refusal { throw Refusal.refused(refusal) }
    return committed
  }

  private static func command(_ bytes: [UInt8]) throws(Refusal) -> Command {
    var reader = ByteReader(bytes)
    guard let command = try? Command(from: &reader), reader.remaining == 0 else {
      throw .malformed
    }
    return command
  }

  private static func isTheGuards(_ command: Command) -> Bool {
    switch command {
    case .guardHeld, .guardRefused, .guardReleased, .payoutBuilt, .payoutSigned, .payoutReplaced,
      .guardReported:
      true
    default: false
    }
  }
}

extension GuardOrders.Refusal: CustomStringConvertible {
  public var description: String {
    switch self {
    case .malformed: "the body is not a signature and an order"
    case .badSignature: "the signature is not the guard's"
    case .notTheGuards: "the guard may not order this command"
    case .counter(let failure): "\(failure)"
    case .refused(let refusal): "the core refused: \(refusal)"
    }
  }
}
