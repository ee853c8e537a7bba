import Synchronization

/// What waits for the core's thread, from any number of tasks; and whether the disk waits as well.
final class Inbox<Element: Sendable>: Sendable {
  enum Delivery { case accepted, full, closed }

  /// What the core's thread finds when it wakes up.
  struct Taken {
    var elements: [Element]
    var isClosed: Bool
  }

  private struct State {
    var waiting: [Element] = []
    var weight = 0
    var isClosed = false
  }

  private let state = Signal(State())
  private let limit: Int
  private let isDiskFreeFlag = Atomic(true)

  /// Creates a queue that holds elements of at most `limit` weight together.
  init(limit: Int) { self.limit = limit }

  /// Whether the journal's thread has nothing to do.
  var isDiskFree: Bool { isDiskFreeFlag.load(ordering: .acquiring) }

  /// Appends an element, unless the queue is full or closed.
  func put(_ element: Element, weight added: Int) -> Delivery {
    state.change { state in
      if state.isClosed { return (.closed, false) }
      // An element above the limit by itself passes when the queue is empty.
      if state.weight > 0, state.weight + added > limit { return (.full, false) }
      state.waiting.append(element)
      state.weight += added
      return (.accepted, state.waiting.count == 1)
    }
  }

  /// Refuses everything from now on; what is waiting is still taken.
  func close() {
    state.change { state in
      state.isClosed = true
      return ((), true)
    }
  }

  /// Says that the journal's thread has nothing to do.
  func freeDisk() {
    isDiskFreeFlag.store(true, ordering: .releasing)
    state.change { _ in ((), true) }
  }

  /// Says that the journal's thread was given something.
  func occupyDisk() { isDiskFreeFlag.store(false, ordering: .releasing) }

  /// Takes everything that waits. Sleeps while there is nothing, unless the queue is closed, or the
  /// disk is free and `wantsDisk` says that there is something for it.
  func take(wantsDisk: Bool) -> Taken {
    state.wait { state in
      guard !state.waiting.isEmpty || state.isClosed || wantsDisk && isDiskFree else { return nil }
      let taken = Taken(elements: state.waiting, isClosed: state.isClosed)
      state.waiting = []
      state.weight = 0
      return taken
    }
  }
}
