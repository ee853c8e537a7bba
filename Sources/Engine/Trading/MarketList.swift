import Matching
import Structures

/// One market: its rules and its order book.
struct Market: ~Copyable {
  var rules: MarketRules
  var book: Book

  init(rules: MarketRules, book: consuming Book) {
    self.rules = rules
    self.book = book
  }
}

extension Market {
  /// Lets `taker`, whose limit has the rank `worst`, meet the next order of the other side.
  @inline(__always)
  mutating func step(
    _ taker: inout Taker, within worst: UInt64, in orders: inout OrderSlots
  ) -> Meeting {
    book.step(&taker, within: worst, scale: rules.scale, in: &orders)
  }
}

/// The markets in the order in which they were listed. An array, which copies, cannot hold books.
///
/// Unsafe file. Sound because:
/// 1. `base` is allocated and freed here only, and the list is noncopyable.
/// 2. The first `count` places are initialised and no others: `append` initialises the next one,
///    growing moves them, `deinit` ends them.
/// 3. Every index is checked against `count`.
@safe struct MarketList: ~Copyable, @unchecked Sendable {
  // Sendable: the one owner may be on any thread, and there is never a second owner.

  private(set) var count: UInt32 = 0
  private var capacity = 8
  private var base: UnsafeMutablePointer<Market>

  init() { unsafe base = .allocate(capacity: capacity) }

  deinit {
    unsafe base.deinitialize(count: Int(count))
    unsafe base.deallocate()
  }

  subscript(index: UInt32) -> Market {
    @inline(__always) _read { yield unsafe base[checked(index)] }
    @inline(__always) _modify { yield unsafe &base[checked(index)] }
  }

  /// The place of the market at `index`; valid until one is listed.
  @inline(__always)
  func place(of index: UInt32) -> Place<Market> { unsafe Place(base + checked(index)) }

  /// The place of the market with an id, which counts from 1; `nil` when there is none.
  @inline(__always)
  func place(ifListed id: UInt64) -> Place<Market>? {
    guard id &- 1 < UInt64(count) else { return nil }
    return unsafe Place(base + Int(truncatingIfNeeded: id &- 1))
  }

  mutating func append(_ market: consuming Market) {
    if Int(count) == capacity {
      let larger = UnsafeMutablePointer<Market>.allocate(capacity: capacity * 2)
      unsafe larger.moveInitialize(from: base, count: Int(count))
      unsafe base.deallocate()
      unsafe base = larger
      capacity *= 2
    }
    unsafe (base + Int(count)).initialize(to: market)
    count += 1
  }

  func copy() -> MarketList {
    var copy = MarketList()
    for index in 0..<count {
      copy.append(Market(rules: self[index].rules, book: self[index].book.copy()))
    }
    return copy
  }

  @inline(__always)
  private func checked(_ index: UInt32) -> Int {
    precondition(index < count, "a market that is not listed")
    return Int(index)
  }
}
