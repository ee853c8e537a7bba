/// One way to give an expression its arguments, and how it compares with others. See BIP-379,
/// "Satisfaction" and "Malleability".
struct MiniscriptWitness {
  /// Bottom of the stack first.
  var items: [[UInt8]]
  /// Bytes in the witness, each item with its length.
  var byteCount: Int
  /// Whether it holds a signature: only then nobody else can make it.
  var hasSignature = false
  /// Whether somebody else can turn it into another valid one.
  var isMalleable = false

  init(_ items: [[UInt8]]) {
    self.items = items
    byteCount = items.reduce(0) { $0 + $1.count + ($1.count < 0xFD ? 1 : 3) }
  }

  static let empty = MiniscriptWitness([])
  /// One empty item: false, and no signature.
  static let zero = MiniscriptWitness([[]])
  static let one = MiniscriptWitness([[1]])
  /// Thirty-two zeros: no preimage of anything that anybody uses.
  static let wrongPreimage = MiniscriptWitness([[UInt8](repeating: 0, count: 32)])

  static func signature(_ bytes: [UInt8]?) -> MiniscriptWitness? {
    guard let bytes else { return nil }
    var witness = MiniscriptWitness([bytes])
    witness.hasSignature = true
    return witness
  }

  var malleable: MiniscriptWitness {
    var copy = self
    copy.isMalleable = true
    return copy
  }
}

/// The arguments of two expressions; the first of the script is the last of the witness, so the
/// caller says the later expression first.
func + (a: MiniscriptWitness?, b: MiniscriptWitness?) -> MiniscriptWitness? {
  guard var sum = a, let b else { return nil }
  sum.items += b.items
  sum.byteCount += b.byteCount
  sum.hasSignature = sum.hasSignature || b.hasSignature
  sum.isMalleable = sum.isMalleable || b.isMalleable
  return sum
}

/// The better of two ways. One without a signature must win, because anybody could put it in the
/// other's place; then what cannot be changed, then what is shorter.
func | (a: MiniscriptWitness?, b: MiniscriptWitness?) -> MiniscriptWitness? {
  guard var a else { return b }
  guard var b else { return a }
  if a.hasSignature != b.hasSignature { return a.hasSignature ? b : a }
  if !a.hasSignature {
    a.isMalleable = true
    b.isMalleable = true
  } else if a.isMalleable != b.isMalleable {
    return a.isMalleable ? b : a
  }
  return a.byteCount <= b.byteCount ? a : b
}
