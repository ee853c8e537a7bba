import Engine
import Journal

/// Somebody who rebuilds the exchange from the batches he is sent: the guard, a standby.
///
/// The connection may be cut, lag, repeat itself or swap what it carries; he never trusts it.
struct SimulatedFollower {
  /// Batches that may wait for him before he is cut off.
  static let lagLimit = 6

  private(set) var replica = Replica()
  /// On their way to him; `nil` while the connection is cut.
  var link: [[UInt8]]? = nil

  /// Sends him a batch, or cuts him off when too many wait.
  mutating func send(_ batch: [UInt8]) {
    guard let waiting = link else { return }
    link = waiting.count < Self.lagLimit ? waiting + [batch] : nil
  }

  /// Takes a batch that arrived.
  ///
  /// - Returns: Whether it was the next one. Another is no harm: he asks for what he lacks.
  mutating func take(_ bytes: [UInt8]) throws(Violation) -> Bool {
    let batch: JournalBatch
    do throws(BatchProblem) {
      batch = try JournalBatch(decoding: bytes)
    } catch {
      throw Violation("a follower was sent a batch that is none: \(error)")
    }
    do throws(ReplicaError) {
      _ = try replica.apply(batch)
      return true
    } catch {
      guard case .sequence = error else {
        throw Violation("a follower cannot go on: \(error)")
      }
      return false
    }
  }

  /// Forgets everything, as a process that is started anew.
  mutating func restart() {
    replica = Replica()
    link = nil
  }
}
