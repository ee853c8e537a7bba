import Dispatch
import Foundation
import Synchronization

/// The wish of a person (Ctrl-C) or a supervisor (SIGTERM) that the demo ends.
final class Interruption: Sendable {
  private let flag = Mutex(false)
  private let sources: [any DispatchSourceSignal]

  init() {
    var sources: [any DispatchSourceSignal] = []
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      sources.append(DispatchSource.makeSignalSource(signal: number, queue: .global()))
    }
    self.sources = sources
    for source in sources {
      source.setEventHandler { [weak self] in self?.flag.withLock { $0 = true } }
      source.resume()
    }
  }

  var happened: Bool { flag.withLock { $0 } }
}
