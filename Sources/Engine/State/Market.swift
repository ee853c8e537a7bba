import Matching

/// One market: its order book and the scale of its notionals.
struct Market: Sendable {
  var book = Book()
  var scale: NotionalScale

  init(scale: NotionalScale) { self.scale = scale }
}
