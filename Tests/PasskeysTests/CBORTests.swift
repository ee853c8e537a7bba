import Passkeys
import Testing
import Wire

/// Examples of RFC 8949, appendix A, and what CTAP 2.1, section 8, forbids.
@Suite struct CBORTests {
  @Test(arguments: [
    ("00", CBOR.unsigned(0)), ("17", .unsigned(23)), ("1818", .unsigned(24)),
    ("1903e8", .unsigned(1000)), ("1a000f4240", .unsigned(1_000_000)),
    ("1bffffffffffffffff", .unsigned(.max)), ("20", .negative(0)), ("3863", .negative(99)),
    ("3bffffffffffffffff", .negative(.max)), ("4401020304", .bytes([1, 2, 3, 4])),
    ("60", .text("")), ("62c3bc", .text("ü")), ("f4", .bool(false)), ("f5", .bool(true)),
    ("f6", .null), ("80", .array([])),
    ("83010203", .array([.unsigned(1), .unsigned(2), .unsigned(3)])),
    ("a10102", .map([CBOR.Pair(.unsigned(1), .unsigned(2))])),
  ])
  func `a value is read and written in its one form`(hex: String, value: CBOR) throws {
    let bytes = try #require(Hex.bytes(hex))
    #expect(try CBOR(parsing: bytes) == value)
    #expect(value.encoded == bytes)
  }

  @Test(arguments: [
    ("", "ends where"), ("1817", "shortest"), ("190018", "shortest"), ("1a0000ffff", "shortest"),
    ("1b00000000ffffffff", "shortest"), ("5817" + String(repeating: "00", count: 23), "shortest"),
    ("5f41ff", "definite"), ("9fff", "definite"), ("bfff", "definite"), ("1c", "definite"),
    ("c000", "tag"), ("f93c00", "float"), ("fb3ff0000000000000", "float"), ("f7", "another value"),
    ("ff", "another value"), ("4401", "ends inside"), ("82", "ends inside"), ("8201", "ends"),
    ("61ff", "UTF-8"), ("a201020103", "twice"), ("0000", "behind"),
    ("818181818181", "deeper"), ("9bffffffffffffffff", "ends inside"),
    ("5bffffffffffffffff", "ends inside"),
  ])
  func `every other form is refused with the reason`(hex: String, reason: String) throws {
    let bytes = try #require(Hex.bytes(hex))
    do {
      let value = try CBOR(parsing: bytes)
      Issue.record("\(hex) was read as \(value)")
    } catch {
      #expect("\(error)".contains(reason), "\(hex): \(error)")
    }
  }
}
