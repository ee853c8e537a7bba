public import Cryptography
import Wire

/// How a holder tells the monitor, under the eyes of whoever forces him, that he is not free.
///
/// Each holder shares two keys with the monitor. His device opens one of them with his ordinary
/// passphrase and the other with his duress passphrase, and marks each beat with the one it opened.
/// A mark is HMAC-SHA256 over the beat: to everybody without the keys both look like chance, and the
/// signature around them is the same.
public struct HeartbeatMarkKeys: Sendable {
  public enum Finding: Equatable, Sendable {
    case free
    case duress
    /// Made with neither key: not by this holder's device, or damaged.
    case unknown
  }

  public let free: SecretBytes
  public let duress: SecretBytes

  /// Both keys have 32 bytes.
  public init(free: SecretBytes, duress: SecretBytes) {
    self.free = free
    self.duress = duress
  }

  /// Both keys from the one secret that holder and monitor share, 32 bytes.
  public init(secret: SecretBytes) throws(CryptographyError) {
    func key(_ name: String) throws(CryptographyError) -> SecretBytes {
      try HMACSHA256.authenticateSecret(
        key: secret, SecretBytes(copying: Array("holdfast/heartbeat-mark/\(name)".utf8)))
    }
    self.init(free: try key("free"), duress: try key("duress"))
  }

  /// The mark of `beat` under one of the two keys.
  public static func mark(
    _ beat: Heartbeat, with key: SecretBytes
  ) throws(CryptographyError) -> [UInt8] {
    var writer = ByteWriter()
    writer.write("holdfast/heartbeat-mark/v1")
    beat.encodeUnmarked(into: &writer)
    return try HMACSHA256.authenticateSecret(key: key, SecretBytes(copying: writer.bytes))
      .revealed()
  }

  /// Whose mark `beat` carries. Both are always computed, so the time it takes says nothing.
  public func finding(for beat: Heartbeat) throws(CryptographyError) -> Finding {
    let isFree = ConstantTime.equal(try Self.mark(beat, with: free), beat.mark)
    let isDuress = ConstantTime.equal(try Self.mark(beat, with: duress), beat.mark)
    return isDuress ? .duress : isFree ? .free : .unknown
  }
}
