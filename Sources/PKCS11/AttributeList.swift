// Unsafe file. Sound because the template handed to `body` points into one array that lives through the
// call and is not changed meanwhile, with the offsets and counts that were noted when it was filled.
import CPKCS11

/// Attributes of an object, as PKCS#11 takes them.
package struct AttributeList {
  package init() {}

  private var bytes: [UInt8] = []
  private var fields: [(type: CK_ATTRIBUTE_TYPE, range: Range<Int>)] = []

  package mutating func add(_ type: UInt, _ value: [UInt8]) {
    fields.append((CK_ATTRIBUTE_TYPE(type), bytes.count..<bytes.count + value.count))
    bytes += value
  }

  package mutating func add(_ type: UInt, _ value: String) { add(type, Array(value.utf8)) }

  package mutating func add(_ type: UInt, _ value: Bool) { add(type, [value ? 1 : 0]) }

  /// A CK_ULONG, as this machine writes it.
  package mutating func add(_ type: UInt, number: UInt) {
    add(type, Self.bytes(of: number))
  }

  /// A CK_ULONG as it lies in memory.
  static func bytes(of number: UInt) -> [UInt8] {
    unsafe withUnsafeBytes(of: CK_ULONG(number)) { unsafe Array($0) }
  }

  /// Calls `body` with the template and the number of its attributes.
  mutating func withTemplate<Result>(
    _ body: (UnsafeMutablePointer<CK_ATTRIBUTE>?, CK_ULONG) -> Result
  ) -> Result {
    let fields = fields
    return unsafe bytes.withUnsafeMutableBytes { buffer in
      var template = unsafe fields.map { field in
        unsafe CK_ATTRIBUTE(
          type: field.type, pValue: buffer.baseAddress?.advanced(by: field.range.lowerBound),
          ulValueLen: CK_ULONG(field.range.count))
      }
      return unsafe template.withUnsafeMutableBufferPointer { template in
        unsafe body(template.baseAddress, CK_ULONG(template.count))
      }
    }
  }
}
