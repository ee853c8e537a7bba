/// What waits to be carried out, from any number of tasks.
final class Inbox<Element: Sendable>: Sendable {
  /// What becomes of an element. One that was accepted without waking the core's thread is for whoever
  /// looks first.
  enum Delivery { case accepted(wokeCore: Bool), full, closed }

  private struct State {
    var waiting: [Element] = []
    var weight = 0
    var isClosed = false
    /// Whether the core's thread sleeps.
    var isCoreAsleep = false
  }

  private let state = Signal(State())
  private let limit: Int
  private let enough: Int

  /// Creates a queue that holds elements of at most `limit` weight together.
  ///
  /// - Parameter enough: The weight that wakes the core's thread, whatever the disk does.
  init(limit: Int, enough: Int) {
    self.limit = limit
    self.enough = enough
  }

  /// Appends an element, unless the queue is full or closed.
  func put(_ element: Element, weight added: Int) -> Delivery {
    state.change { state in
      if state.isClosed { return (.closed, false) }
      // An element above the limit by itself passes when the queue is empty.
      if state.weight > 0, state.weight + added > limit { return (.full, false) }
      state.waiting.append(element)
      state.weight += added
      guard state.isCoreAsleep else { return (.accepted(wokeCore: true), false) }
      let wakes = state.weight >= enough
      if wakes { state.isCoreAsleep = false }
      return (.accepted(wokeCore: wakes), wakes)
    }
  }

  /// Refuses everything from now on; what is waiting is still taken.
  func close() {
    state.change { state in
      state.isClosed = true
      return ((), true)
    }
  }

  /// Replaces `elements` by everything that waits.
  func take(into elements: inout [Element]) {
    elements.removeAll(keepingCapacity: true)
    state.change { state in
      swap(&state.waiting, &elements)
      state.weight = 0
      return ((), false)
    }
  }

  /// Sleeps until enough waits, or anything that nobody else looks at, or the queue is closed. The core's
  /// thread calls it.
  ///
  /// - Parameter isMine: Whether nobody else is going to look.
  /// - Returns: Whether the queue is closed.
  func sleep(unless isMine: () -> Bool) -> Bool {
    var slept = false
    return state.wait { state in
      // Who was woken works, even if somebody was quicker: that one may have left some.
      let isWanted =
        slept && !state.isCoreAsleep || state.weight >= enough
        || !state.waiting.isEmpty && isMine()
      state.isCoreAsleep = !isWanted && !state.isClosed
      slept = state.isCoreAsleep
      return slept ? nil : state.isClosed
    }
  }
}
