/// Where an open order stands in its account's list, at the order's slot number: a slot plus one, 0 for
/// none. Apart from the orders, so that taking one out touches its neighbours' links, of which eight lie in a
/// cache line, and not its neighbours.
struct OrderLinks: BitwiseCopyable {
  /// The order before it in time.
  var next: UInt32
  /// The order after it.
  var previous: UInt32

  @inline(__always)
  init(next: UInt32, previous: UInt32) {
    self.next = next
    self.previous = previous
  }
}
