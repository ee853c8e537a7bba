/// Why bytes are not a filter of a block.
public enum BlockFilterError: Error, Hashable, Sendable {
  /// The count in front is no count.
  case count(BitcoinError)
  /// More elements than the bytes behind the count have room for.
  case tooManyElements(UInt64, limit: Int)
  /// The element at this place, from 0, is cut off or above the range of the filter.
  case badElement(at: Int, of: Int)
  /// Bits behind the last element: whole bytes, or a last byte that is not filled up with zeros.
  case trailingBits(Int)
}

extension BlockFilterError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .count(let error): "the number of elements: \(error)"
    case .tooManyElements(let count, let limit):
      "the filter counts \(count) elements and has room for \(limit)"
    case .badElement(let place, let count):
      "element \(place) of \(count) is cut off or out of range"
    case .trailingBits(let count): "\(count) bits are left over that are no filling"
    }
  }
}
