import Matching
import Money

/// An order that passed admission: how large it is after shrinking, what is set aside for it, and
/// how it meets the book.
struct OrderPlan {
  var size: OrderSize
  var hold: Amount
  var taker: Taker
  /// For an order by budget: whether the budget, not the book, is what ends it.
  var budgetEndsIt = false

  init(size: OrderSize, hold: Amount, taker: Taker) {
    self.size = size
    self.hold = hold
    self.taker = taker
  }
}
