public import CReferee
import Matching

// MatchingReferee owns the shared library that the public referee for matching engines loads. It
// hands the referee's messages to the book as it is, and refuses to match by itself.
//
// Unsafe file. Sound because the referee's interface has no handle for an engine, so that there is
// one for the process; the referee calls it from one thread, `engine_init` first and
// `engine_shutdown` last, and passes pointers to one message each that live as long as the call.

private nonisolated(unsafe) var engine: UnsafeMutablePointer<RefereeBook>?

@c(engine_init) public func start(
  seed: UInt64, transport: UnsafePointer<referee_transport>, sink: UnsafeMutableRawPointer?
) {
  stop()
  guard let book = RefereeBook(outlet: unsafe ReportOutlet(transport: transport, handle: sink))
  else { return }
  let place = UnsafeMutablePointer<RefereeBook>.allocate(capacity: 1)
  unsafe place.initialize(to: book)
  unsafe engine = place
}

@c(engine_shutdown) public func stop() {
  unsafe engine?.deinitialize(count: 1)
  unsafe engine?.deallocate()
  unsafe engine = nil
}

@c(engine_on_new_order) public func enter(_ order: UnsafePointer<referee_new_order>) {
  unsafe engine?.pointee.enter(order.pointee)
}

@c(engine_on_cancel) public func cancel(_ cancel: UnsafePointer<referee_cancel>) {
  unsafe engine?.pointee.cancel(cancel.pointee)
}

@c(engine_on_modify) public func modify(_ modify: UnsafePointer<referee_modify>) {
  unsafe engine?.pointee.modify(modify.pointee)
}

/// Everything is matched and reported when a call returns.
@c(engine_flush) public func flush() {}

@c(engine_query_best_bid) public func bestBid() -> Int64 {
  unsafe engine?.pointee.best(.bid) ?? .min
}

@c(engine_query_best_ask) public func bestAsk() -> Int64 {
  unsafe engine?.pointee.best(.ask) ?? .max
}

@c(engine_query_depth_at) public func depth(at ticks: Int64, side: UInt8) -> UInt64 {
  unsafe engine?.pointee.depth(Book.Side(referee: side), at: ticks) ?? 0
}
