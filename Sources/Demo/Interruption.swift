import Synchronization
import UnixSignals

/// The wish of a person (Ctrl-C) or a supervisor (SIGTERM) that the demo ends.
final class Interruption: Sendable {
  private let flag = Mutex(false)

  /// Traps the signals from here on, so that the programs can be ended in order.
  init() async {
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    Task { for await _ in signals { flag.withLock { $0 = true } } }
  }

  var happened: Bool { flag.withLock { $0 } }
}
