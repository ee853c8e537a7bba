import Matching

/// The books of all symbols.
///
/// Unsafe file. Sound because:
/// 1. `base` is allocated and initialised here once, and freed once, in `deinit`; the list is noncopyable.
/// 2. Every index is checked against `count`.
@safe struct Books: ~Copyable {
  let count: Int
  private let base: UnsafeMutablePointer<Book>

  init(count: Int) {
    self.count = count
    unsafe base = .allocate(capacity: count)
    for index in 0..<count { unsafe (base + index).initialize(to: Book()) }
  }

  deinit {
    unsafe base.deinitialize(count: count)
    unsafe base.deallocate()
  }

  subscript(index: Int) -> Book {
    _read {
      precondition(index >= 0 && index < count, "a symbol names a book")
      yield unsafe base[index]
    }
    _modify {
      precondition(index >= 0 && index < count, "a symbol names a book")
      yield unsafe &base[index]
    }
  }
}
