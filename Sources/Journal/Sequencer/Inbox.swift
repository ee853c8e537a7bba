/// What waits for the core's thread, from any number of tasks.
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

  /// Creates a queue that holds elements of at most `limit` weight together.
  init(limit: Int) { self.limit = limit }

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

  /// Takes everything that waits. Sleeps while there is nothing, unless the queue is closed.
  func take() -> Taken {
    state.wait { state in
      guard !state.waiting.isEmpty || state.isClosed else { return nil }
      let taken = Taken(elements: state.waiting, isClosed: state.isClosed)
      state.waiting = []
      state.weight = 0
      return taken
    }
  }
}
