// What names, labels and ids may look like before they enter the state.

extension String {
  /// Refuses a text whose UTF-8 length is outside `bytes`.
  func require(_ bytes: ClosedRange<Int>, bytesFor field: String) throws(Refusal) {
    guard bytes.contains(utf8.count) else {
      throw .malformed(
        field: field,
        problem: "has \(utf8.count) bytes; allowed \(bytes.lowerBound) to \(bytes.upperBound)")
    }
  }

  /// Refuses a text with anything but ASCII letters and digits, or longer than `limit`.
  func requireAlphanumeric(upTo limit: Int, field: String) throws(Refusal) {
    let allowed = utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "a")...UInt8(ascii: "z"):
        true
      default: false
      }
    }
    guard allowed, utf8.count <= limit else {
      throw .malformed(
        field: field, problem: "allowed are up to \(limit) letters and digits")
    }
  }
}

extension [UInt8] {
  /// Refuses bytes whose count is outside `allowed`.
  func require(_ allowed: ClosedRange<Int>, bytesFor field: String) throws(Refusal) {
    guard allowed.contains(count) else {
      throw .malformed(
        field: field,
        problem: "has \(count) bytes; allowed \(allowed.lowerBound) to \(allowed.upperBound)")
    }
  }
}
