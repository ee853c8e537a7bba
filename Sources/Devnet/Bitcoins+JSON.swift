import Bitcoin
import JSON

extension Bitcoins {
  /// A JSON number of bitcoin with all eight decimal places.
  static func json(_ satoshis: Int64) -> JSON { .number(fixed(satoshis)) }
}
