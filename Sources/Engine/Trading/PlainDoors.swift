import Money
import Structures

// One function for each kind of plain command, with all that is plain about it written into it. None throws,
// and none goes on with what is unusual: what it has to remember takes registers. They take a place, since
// of a method's own value the compiler remembers what it has read, for which it has no registers either.

extension Place<Trading> {
  /// Places an order that may rest and has a client's id, as nearly all do.
  @inline(never)
  func placeNamed(
    _ order: PlainPlacement, at time: Timestamp, into events: inout EventBuffer
  ) -> PlainOutcome {
    value.place(order, mayRest: true, isNamed: true, at: time, into: &events)
  }

  /// Places an order that may rest and has no client's id.
  @inline(never)
  func placeNameless(
    _ order: PlainPlacement, at time: Timestamp, into events: inout EventBuffer
  ) -> PlainOutcome {
    value.place(order, mayRest: true, isNamed: false, at: time, into: &events)
  }

  /// Places an order that trades at once or not at all.
  @inline(never)
  func placeAtOnce(
    _ order: PlainPlacement, at time: Timestamp, into events: inout EventBuffer
  ) -> PlainOutcome {
    value.place(
      order, mayRest: false, isNamed: order.hasClientOrderID, at: time, into: &events)
  }

  /// Cancels an order by the exchange's id.
  @inline(never)
  func cancel(
    _ command: PlainCancellation, at time: Timestamp, into events: inout EventBuffer
  ) -> PlainOutcome {
    value.cancel(plain: command, at: time, into: &events)
  }

  /// Moves an order to another price.
  @inline(never)
  func move(
    _ command: PlainMove, at time: Timestamp, into events: inout EventBuffer
  ) -> PlainOutcome {
    value.move(plain: command, at: time, into: &events)
  }
}
