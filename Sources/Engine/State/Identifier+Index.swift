import Structures

extension Identifier {
  /// Where the subject is in an array that is numbered from 1; `nil` when `count` does not reach it.
  func index(in count: Int) -> Int? {
    raw >= 1 && raw <= UInt64(count) ? Int(raw) - 1 : nil
  }

  /// The identifier of the subject at `index` of such an array.
  init(index: UInt32) { self.init(UInt64(index) + 1) }
}
