public import Journal
public import ServiceLifecycle

/// Feeds ``Metrics`` from the sequencer while the server runs.
public struct MetricsCollector: Service {
  private let sequencer: Sequencer
  private let metrics: Metrics

  /// Creates a collector.
  public init(sequencer: Sequencer, metrics: Metrics) {
    self.sequencer = sequencer
    self.metrics = metrics
  }

  public func run() async throws {
    await cancelWhenGracefulShutdown {
      var last = sequencer.head.sequence
      while !Task.isCancelled {
        // A reader that fell behind is ended by the sequencer; what it missed is only counts.
        for await batch in sequencer.subscribe().cancelOnGracefulShutdown()
        where batch.sequence > last {
          metrics.count(batch)
          last = batch.sequence
        }
        try? await Task.sleep(for: .milliseconds(10))
      }
    }
  }
}
