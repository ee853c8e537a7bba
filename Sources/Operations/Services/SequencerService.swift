public import Journal
public import ServiceLifecycle

/// Keeps the journal open while everything else runs, and closes it last, with a snapshot.
public struct SequencerService: Service {
  private let sequencer: Sequencer

  /// Creates the service; the sequencer is open already.
  public init(sequencer: Sequencer) { self.sequencer = sequencer }

  /// Returns when the journal is closed in order.
  ///
  /// - Throws: `JournalError` when the journal cannot be written any more: nothing can be accepted
  ///   then, and the process has to end.
  public func run() async throws {
    let sequencer = sequencer
    try await withGracefulShutdownHandler {
      // Another service that fails cancels this one: the process must end, or nobody starts it anew.
      try await withTaskCancellationHandler {
        try await sequencer.waitUntilStopped()
      } onCancel: {
        Task { await sequencer.shutdown() }
      }
    } onGracefulShutdown: {
      Task { await sequencer.shutdown() }
    }
  }
}
