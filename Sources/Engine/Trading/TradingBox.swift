import Structures

/// The one reference of an exchange: to the state that trading changes, which is too large to copy
/// with each copy of the value.
///
/// Unsafe file. Sound because:
/// 1. `pointer` is allocated and initialised once and ended once, in `deinit`; nobody else has it.
/// 2. Whoever changes what is inside is a mutating method of the one ``Exchange`` that holds the box,
///    made sure of by ``Exchange/unshare()``, so that the compiler's own rule of exclusive access to
///    that exchange covers it. The run-time check of a class's property, which this takes the place
///    of, cost 130 instructions a command.
/// 3. `@unchecked Sendable`: a box that is shared is only read.
@safe final class TradingBox: @unchecked Sendable {
  private let pointer: UnsafeMutablePointer<Trading>

  init(_ trading: consuming Trading) {
    unsafe pointer = .allocate(capacity: 1)
    unsafe pointer.initialize(to: trading)
  }

  deinit {
    unsafe pointer.deinitialize(count: 1)
    unsafe pointer.deallocate()
  }

  /// Where the state is, as long as the exchange keeps this box: for one command, or for those of a batch
  /// that cannot replace it.
  @inline(__always)
  var place: Place<Trading> { unsafe Place(pointer) }

  var trading: Trading {
    @inline(__always) _read { yield unsafe pointer.pointee }
    @inline(__always) _modify { yield unsafe &pointer.pointee }
  }
}

extension Exchange {
  /// Makes sure that no other value sees what is changed from here on.
  @inline(__always)
  mutating func unshare() {
    if !isKnownUniquelyReferenced(&box) { copyBox() }
  }

  /// Out of the way of commands.
  @inline(never)
  private mutating func copyBox() { box = TradingBox(box.trading.copy()) }
}

extension ExchangeCapacity {
  /// For an exchange that is not configured yet.
  static var none: ExchangeCapacity {
    ExchangeCapacity(orders: 1, accounts: 1, balances: 1, algos: 1)
  }
}
