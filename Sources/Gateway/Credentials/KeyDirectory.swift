import Engine
import Journal
import Synchronization

/// The API keys seen lately, so that a request does not have to ask the core who sent it. It holds
/// their sealed form: secrets are opened for one check at a time.
final class KeyDirectory: Sendable {
  private let sequencer: Sequencer
  private let known = Mutex<[String: APIKey]>([:])

  init(sequencer: Sequencer) { self.sequencer = sequencer }

  /// Returns the key that clients call `text`, or `nil`.
  func key(_ text: String) async throws(SequencerError) -> APIKey? {
    if let key = known.withLock({ $0[text] }) { return key }
    guard let key = try await sequencer.read({ $0.apiKey(text) }) else { return nil }
    known.withLock { $0[text] = key }
    return key
  }

  /// Forgets a key that was taken back.
  func forget(_ text: String) { known.withLock { $0[text] = nil } }

  /// Forgets everything, when events may have been missed.
  func forgetAll() { known.withLock { $0 = [:] } }
}
