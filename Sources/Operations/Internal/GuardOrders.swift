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

  /// The most orders in one list.
  public static let listLimit = 1000

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
    guard let committed = try await submit([body]).first else { throw SequencerError.stopped }
    if let refusal = committed.refusal { throw Refusal.refused(refusal) }
    return committed
  }

  /// Submits the orders in `body`, which take effect one right after the other.
  ///
  /// - Parameter body: Orders as in ``take(_:)``, each behind its length as 32 bits little-endian, at
  ///   most ``listLimit``.
  /// - Returns: Why the core refused an order, or `nil`, in the order of the list.
  /// - Throws: ``Refusal`` of the first that may not be given at all: then none is taken; or
  ///   `SequencerError`.
  public func take(list body: [UInt8]) async throws -> [Engine.Refusal?] {
    var reader = ByteReader(body)
    var orders: [[UInt8]] = []
    while reader.remaining > 0 {
      guard orders.count < Self.listLimit,
        let order = try? reader.read([UInt8].self, limit: body.count)
      else { throw Refusal.malformed }
      orders.append(order)
    }
    guard !orders.isEmpty else { throw Refusal.malformed }
    return try await submit(orders).map(\.refusal)
  }

  private func submit(_ orders: [[UInt8]]) async throws -> [Committed] {
    let key = try await sequencer.read { $0.configuration?.guardKey ?? [] }
    var counters: [UInt64] = []
    var commands: [Command] = []
    for body in orders {
      guard let order = try? Signed<GuardOrder>(bytes: body) else { throw Refusal.malformed }
      guard order.isSigned(by: key) else { throw Refusal.badSignature }
      let command = try Self.command(order.statement.command)
      guard Self.isTheGuards(command) else { throw Refusal.notTheGuards }
      counters.append(order.statement.counter)
      commands.append(command)
    }
    do throws(GuardCounter.Failure) {
      try counter.take(counters)
    } catch {
      throw Refusal.counter(error)
    }
    return try await sequencer.submit(commands)
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
      .payoutLost, .guardReported, .planFloat, .keyHoldersReported, .reopeningChecked,
      .noticeGiven, .cancelChange:
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
