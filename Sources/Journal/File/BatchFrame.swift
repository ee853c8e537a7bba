import Cryptography
import Wire

/// The fixed first bytes of a batch.
///
/// | bytes | field |
/// |---|---|
/// | 4 | magic `HFJ1` |
/// | 2 | version, 1 |
/// | 2 | zero |
/// | 8 | sequence, from 1 |
/// | 32 | hash of the batch before; zeros for the first |
/// | 4 | number of entries |
/// | 4 | bytes of payload |
/// | 4 | CRC-32C of the 56 bytes above |
///
/// The checksum lets a reader trust the length before it has the rest; the hash behind the payload
/// is what makes the batch evidence.
package struct BatchHeader: Equatable, Sendable {
  package static let magic = Array("HFJ1".utf8)
  package static let count = 60
  /// Upper bound of a payload, in bytes.
  package static let maximumPayload = 1 << 26
  /// What the first batch names as the hash before it, and as the events' digest before it.
  package static let genesis = [UInt8](repeating: 0, count: 32)

  package let sequence: UInt64
  package let previous: [UInt8]
  package let entryCount: UInt32
  package let payloadCount: Int

  package init(sequence: UInt64, previous: [UInt8], entryCount: UInt32, payloadCount: Int) {
    precondition(previous.count == 32 && payloadCount <= Self.maximumPayload)
    self.sequence = sequence
    self.previous = previous
    self.entryCount = entryCount
    self.payloadCount = payloadCount
  }

  /// Reads a header from the first bytes of `bytes`.
  package init(_ bytes: some Collection<UInt8>) throws(BatchProblem) {
    guard bytes.count >= Self.count else { throw .truncated }
    let own = Array(bytes.prefix(Self.count))
    guard own.starts(with: Self.magic) else { throw .noMagic }
    var reader = ByteReader(Array(own.dropFirst(Self.magic.count)))
    guard let version = try? reader.read(UInt16.self), let reserved = try? reader.read(UInt16.self),
      let sequence = try? reader.read(UInt64.self), let previous = try? reader.read(fixed: 32),
      let entryCount = try? reader.read(UInt32.self), let count = try? reader.read(UInt32.self),
      let checksum = try? reader.read(UInt32.self)
    else { throw .truncated }
    guard CRC32C.checksum(own.dropLast(4)) == checksum else { throw .headerChecksum }
    guard version == 1, reserved == 0 else { throw .unknownVersion(version) }
    guard count <= Self.maximumPayload else { throw .payloadTooLong(Int(count)) }
    self.sequence = sequence
    self.previous = previous
    self.entryCount = entryCount
    payloadCount = Int(count)
  }

  /// Bytes of the whole batch: header, payload, digest of the events, hash.
  package var frameCount: Int { Self.count + payloadCount + 64 }

  package var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(fixed: Self.magic)
    writer.write(UInt16(1))
    writer.write(UInt16(0))
    writer.write(sequence)
    writer.write(fixed: previous)
    writer.write(entryCount)
    writer.write(UInt32(payloadCount))
    writer.write(CRC32C.checksum(writer.bytes))
    return writer.bytes
  }
}

/// One whole batch as it stands on disk. Knows where things are, not what the payload means.
package struct BatchFrame: Equatable, Sendable {
  package let header: BatchHeader
  /// Header, payload, digest of the events (32 bytes), hash (32 bytes).
  package let bytes: [UInt8]

  /// Seals a payload. The hash is SHA-256 of everything before it.
  package init(
    sequence: UInt64, previous: [UInt8], entryCount: UInt32, payload: [UInt8],
    eventsDigest: [UInt8]
  ) {
    precondition(eventsDigest.count == 32)
    header = BatchHeader(
      sequence: sequence, previous: previous, entryCount: entryCount, payloadCount: payload.count)
    let sealed = header.bytes + payload + eventsDigest
    bytes = sealed + SHA256.hash(sealed)
  }

  /// Accepts `bytes` only when they are exactly one batch and match their hash.
  package init(_ bytes: [UInt8]) throws(BatchProblem) {
    header = try BatchHeader(bytes)
    guard bytes.count >= header.frameCount else { throw .truncated }
    guard bytes.count == header.frameCount else { throw .trailingBytes }
    guard SHA256.hash(Array(bytes.dropLast(32))) == Array(bytes.suffix(32)) else { throw .hash }
    self.bytes = bytes
  }

  package var sequence: UInt64 { header.sequence }
  package var payload: ArraySlice<UInt8> { bytes[BatchHeader.count..<(bytes.count - 64)] }
  package var eventsDigest: [UInt8] { Array(bytes[(bytes.count - 64)..<(bytes.count - 32)]) }
  package var hash: [UInt8] { Array(bytes.suffix(32)) }
}
