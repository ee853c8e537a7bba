/// Bare scripts of `OP_CHECKMULTISIG`. See BIP-11 and BIP-67.
package enum Multisig {
  /// Keys that one `OP_CHECKMULTISIG` can check.
  package static let keyLimit = 20

  /// Returns the script that any `threshold` of `keys` can satisfy, in the order given.
  ///
  /// - Parameters:
  ///   - threshold: 1 to the number of keys.
  ///   - keys: At most 20, of 33 or 65 bytes.
  package static func script(threshold: Int, keys: [[UInt8]]) -> [UInt8] {
    precondition((1...keys.count).contains(threshold) && keys.count <= keyLimit)
    return number(threshold) + keys.flatMap { [UInt8($0.count)] + $0 } + number(keys.count) + [0xAE]
  }

  /// Returns whether `a` stands before `b` in a sorted multisig: by bytes. See BIP-67.
  package static func precedes(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    a.lexicographicallyPrecedes(b)
  }

  /// A number from 1 to 20: an opcode up to 16, a push of one byte above.
  private static func number(_ value: Int) -> [UInt8] {
    value <= 16 ? [0x50 + UInt8(value)] : [1, UInt8(value)]
  }
}
