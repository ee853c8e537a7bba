// Unsafe file. Sound because both secrets are checked to have the length of the buffer that is
// written, and every index is below that length.
public import Cryptography
import Wire

/// Where the seeds of new keys come from.
///
/// A seed is the exclusive or of two hashes: one of the system's randomness, one of dice that
/// people rolled. Whoever controls one of the two sources learns nothing about the seed. Two
/// independent sources are what CCSS asks for (CryptoCurrency Security Standard, 1.01.2).
public enum CeremonyEntropy {
  /// Rolls that one key needs: 99 fair dice carry 255.9 bits.
  public static let minimumRolls = 99

  /// Returns a new seed of 32 bytes in locked memory.
  ///
  /// - Parameters:
  ///   - dice: Digits 1 to 6, at least 99 of them, blanks between them ignored; or `nil`.
  ///   - label: Separates keys that are made from the same rolls.
  /// - Throws: ``CeremonyError/badDice(_:)`` or ``CeremonyError/cryptography(_:)``.
  public static func seed(dice: SecretBytes?, label: String) throws(CeremonyError) -> SecretBytes {
    if let dice { try checkDice(dice) }
    do {
      let system = try HMACSHA512.authenticateSecret(
        key: Array("holdfast/seed/system/v1".utf8), prefix: [],
        secret: try SecureRandom.secret(64), suffix: []
      ).part(0..<32)
      guard let dice else { return system }
      var name = ByteWriter()
      name.write(label)
      let rolled = try HMACSHA512.authenticateSecret(
        key: Array("holdfast/seed/dice/v1".utf8), prefix: name.bytes, secret: dice, suffix: []
      ).part(0..<32)
      return try mixed(system, rolled)
    } catch {
      throw .cryptography(error)
    }
  }

  /// Refuses rolls that are no dice, too few, or too regular to be rolled.
  static func checkDice(_ dice: SecretBytes) throws(CeremonyError) {
    let counts: [Int]
    do {
      counts = try unsafe dice.withUnsafeBytes { bytes in
        var counts = [Int](repeating: 0, count: 7)
        for index in 0..<bytes.count {
          switch unsafe bytes[index] {
          case UInt8(ascii: "1")...UInt8(ascii: "6"):
            counts[Int(unsafe bytes[index] - UInt8(ascii: "1"))] += 1
          case UInt8(ascii: " "), UInt8(ascii: "\t"): break
          default: counts[6] += 1
          }
        }
        return counts
      }
    } catch {
      throw .cryptography(error)
    }
    guard counts[6] == 0 else { throw .badDice("something other than the digits 1 to 6") }
    let rolls = counts.reduce(0, +)
    guard rolls >= minimumRolls else {
      throw .badDice("\(rolls) rolls; at least \(minimumRolls) are needed for one key")
    }
    guard counts[..<6].allSatisfy({ $0 > 0 && $0 * 2 < rolls }) else {
      throw .badDice("one side never or far too often, so these were not rolled")
    }
  }

  static func mixed(_ a: SecretBytes, _ b: SecretBytes) throws(CryptographyError) -> SecretBytes {
    precondition(a.count == b.count, "both sources give the same number of bytes")
    return try unsafe SecretBytes(count: a.count) { sum throws(CryptographyError) in
      try unsafe a.withUnsafeBytes { a in unsafe sum.copyMemory(from: a) }
      try unsafe b.withUnsafeBytes { b in
        for index in 0..<b.count { unsafe sum[index] ^= b[index] }
      }
    }
  }
}
