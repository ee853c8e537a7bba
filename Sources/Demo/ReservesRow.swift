/// One asset's line of `holdfast reserves`.
struct ReservesRow: CustomStringConvertible {
  let asset: String
  let owed: String
  let ratio: String
  let isCovered: Bool

  init(_ field: Field) {
    asset = field["asset"].text
    owed = field["owed"].text
    ratio = field["ratio"].text + " %"
    isCovered = field["covered"].flag
  }

  var description: String { "\(asset) owed \(owed), \(ratio)" }
}
