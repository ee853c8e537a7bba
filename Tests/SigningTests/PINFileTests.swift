import Cryptography
import Signing
import Structures
import Testing

/// A token's PIN, sealed for the shares of several people.
@Suite struct PINFileTests {
  private static func secret(_ shares: [SecretBytes]) throws -> SecretBytes {
    var collection = ShareCollection()
    for share in shares { try collection.add(share) }
    return try collection.secret()
  }

  @Test(arguments: [1, 4, 33, 255])
  func `any two of three people open a PIN of any length, and the file does not tell it`(count: Int)
    throws
  {
    let pin = try SecretBytes(copying: (0..<count).map { UInt8($0 % 90 + 33) })
    let shared = try Unsealing.share(pin: pin, label: "holder-3", threshold: 2, people: 3)
    let file = try PINFile(parsing: shared.file.bytes)
    #expect(file == shared.file && file.label == "holder-3")
    #expect(file.bytes.count == 12 + 2 + 4 + 8 + 24 + 256 + 16 + 32)
    for pair in [[0, 1], [1, 2], [2, 0]] {
      let opened = try file.open(with: try Self.secret(pair.map { shared.phrases[$0] }))
      #expect(opened.isLocked)
      #expect(try opened.revealed() == (try pin.revealed()))
    }
    #expect(throws: UnsealingError.self) { try Self.secret([shared.phrases[0]]) }
    let other = try Unsealing.share(pin: pin, label: "holder-3", threshold: 2, people: 3)
    #expect(throws: PINFileError.wrongShares) {
      _ = try file.open(with: try Self.secret(Array(other.phrases.prefix(2))))
    }
  }

  @Test func `a damaged, cut, lengthened or foreign file is refused`() throws {
    let pin = try SecretBytes(copying: Array("4711".utf8))
    let bytes = try Unsealing.share(pin: pin, label: "dave", threshold: 2, people: 2).file.bytes
    var random = SplitMix64(seed: 5)
    for place in bytes.indices {
      var changed = bytes
      changed[place] ^= UInt8.random(in: 1...255, using: &random)
      #expect(throws: PINFileError.self) { try PINFile(parsing: changed) }
      #expect(throws: PINFileError.self) { try PINFile(parsing: Array(bytes[..<place])) }
    }
    #expect(throws: PINFileError.altered) { try PINFile(parsing: bytes + [0]) }
    #expect(throws: PINFileError.notAPINFile) { try PINFile(parsing: []) }
    // With a digest of its own, but another content.
    func sealed(_ body: [UInt8]) -> [UInt8] { body + SHA256.hash(body) }
    let body = Array(bytes.dropLast(32))
    #expect(throws: PINFileError.malformed) { try PINFile(parsing: sealed(body + [0])) }
    var newer = body
    newer[12] = 2
    #expect(throws: PINFileError.otherVersion(2)) { try PINFile(parsing: sealed(newer)) }
    let long = try SecretBytes(copying: [UInt8](repeating: 7, count: 256))
    #expect(throws: UnsealingError.pinFile(.pinTooLong(limit: 255))) {
      try Unsealing.share(pin: long, label: "dave", threshold: 2, people: 2)
    }
  }
}
