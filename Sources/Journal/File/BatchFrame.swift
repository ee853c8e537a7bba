import Cryptography
import Wire

/// The fixed first bytes of a batch.
///
/// | bytes | field |
/// |---|---|
/// | 4 | magic `HFJ2` |
/// | 2 | version, 2 |
/// | 2 | zero |
/// | 8 | sequence, from 1 |
/// | 8 | term: the writer's fencing token, never below that of the batch before |
/// | 32 | hash of the batch before; zeros for the first |
/// | 4 | number of entries |
/// | 4 | bytes of payload, a multiple of 8 |
/// | 4 | zero |
/// | 4 | CRC-32C of the 68 bytes above |
///
/// The checksum lets a reader trust the length before it has the rest; the hash behind the payload
/// is what makes the batch evidence.
package struct BatchHeader: Equatable, Sendable {
  package static let magic = Array("HFJ2".utf8)
  package static let count = 72
  /// Upper bound of a payload, in bytes.
  package static let maximumPayload = 1 << 26
  /// What the first batch names as the hash before it.
  package static let genesis = [UInt8](repeating: 0, count: 32)

  package let sequence: UInt64
  package let term: UInt64
  package let previous: [UInt8]
  package let entryCount: UInt32
  package let payloadCount: Int

  package init(
    sequence: UInt64, term: UInt64, previous: [UInt8], entryCount: UInt32, payloadCount: Int
  ) {
    precondition(previous.count == 32 && payloadCount <= Self.maximumPayload)
    precondition(payloadCount.isMultiple(of: 8))
    self.sequence = sequence
    self.term = term
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
      let sequence = try? reader.read(UInt64.self), let term = try? reader.read(UInt64.self),
      let previous = try? reader.read(fixed: 32), let entryCount = try? reader.read(UInt32.self),
      let count = try? reader.read(UInt32.self), let zero = try? reader.read(UInt32.self),
      let checksum = try? reader.read(UInt32.self)
    else { throw .truncated }
    guard CRC32C.checksum(own.dropLast(4)) == checksum else { throw .headerChecksum }
    guard version == 2, reserved == 0, zero == 0 else { throw .unknownVersion(version) }
    guard count <= Self.maximumPayload else { throw .payloadTooLong(Int(count)) }
    guard count.isMultiple(of: 8) else { throw .headerChecksum }
    self.sequence = sequence
    self.term = term
    self.previous = previous
    self.entryCount = entryCount
    payloadCount = Int(count)
  }

  /// Bytes of the whole batch: header, payload, trailer.
  package var frameCount: Int { Self.count + payloadCount + BatchFrame.trailerCount }

  package var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(fixed: Self.magic)
    writer.write(UInt16(2))
    writer.write(UInt16(0))
    writer.write(sequence)
    writer.write(term)
    writer.write(fixed: previous)
    writer.write(entryCount)
    writer.write(UInt32(payloadCount))
    writer.write(UInt32(0))
    writer.write(CRC32C.checksum(writer.bytes))
    return writer.bytes
  }
}

/// One whole batch as it stands on disk. Knows where things are, not what the payload means.
///
/// Behind the header and the payload:
///
/// | bytes | field |
/// |---|---|
/// | 16 | digest of the events |
/// | 32 | hash: SHA-256 of everything above, header included |
/// | 4 | CRC-32C of the digest |
/// | 4 | CRC-32C of the hash |
/// | 8 | end mark `HFJ2-END`: its last byte tells a batch that was written to its end from a torn one |
///
/// The two checksums add nothing to the hash but the answer to which part is damaged.
package struct BatchFrame: Equatable, Sendable {
  package static let trailerCount = 64
  package static let digestCount = 16
  private static let endMark = Array("HFJ2-END".utf8)

  package let header: BatchHeader
  /// Header, payload, trailer.
  package let bytes: [UInt8]

  /// Seals a payload.
  package init(
    sequence: UInt64, term: UInt64 = 0, previous: [UInt8], entryCount: UInt32, payload: [UInt8],
    eventsDigest: [UInt8]
  ) {
    let header = BatchHeader(
      sequence: sequence, term: term, previous: previous, entryCount: entryCount,
      payloadCount: payload.count)
    var bytes = [UInt8](repeating: 0, count: BatchHeader.count)
    bytes += payload
    _ = Self.seal(&bytes, header, eventsDigest: eventsDigest)
    self.header = header
    self.bytes = bytes
  }

  /// Completes a batch in place: `bytes` holds room for the header and then the payload.
  ///
  /// - Returns: The hash.
  static func seal(
    _ bytes: inout [UInt8], _ header: BatchHeader, eventsDigest: [UInt8]
  ) -> [UInt8] {
    precondition(eventsDigest.count == digestCount)
    precondition(bytes.count == BatchHeader.count + header.payloadCount)
    bytes.replaceSubrange(0..<BatchHeader.count, with: header.bytes)
    bytes += eventsDigest
    let hash = SHA256.hash(bytes)
    var trailer = ByteWriter()
    trailer.write(fixed: hash)
    trailer.write(CRC32C.checksum(eventsDigest))
    trailer.write(CRC32C.checksum(hash))
    trailer.write(fixed: endMark)
    bytes += trailer.bytes
    return hash
  }

  /// Accepts `bytes` only when they are exactly one batch and match their hash.
  package init(_ bytes: [UInt8]) throws(BatchProblem) {
    header = try BatchHeader(bytes)
    guard bytes.count >= header.frameCount else { throw .truncated }
    guard bytes.count == header.frameCount else { throw .trailingBytes }
    self.bytes = bytes
    let sealed = bytes.count - Self.trailerCount + Self.digestCount
    let expected = SHA256.hash(of: bytes.span.extracting(0..<sealed))
    let isWhole =
      expected.elementsEqual(hash) && bytes[(sealed + 40)...] == Self.endMark[...]
      && checksum(at: sealed + 32) == CRC32C.checksum(eventsDigest)
      && checksum(at: sealed + 36) == CRC32C.checksum(hash)
    guard isWhole else { throw damagedPart(expecting: expected) }
  }

  package var sequence: UInt64 { header.sequence }
  package var payload: Range<Int> { BatchHeader.count..<(bytes.count - Self.trailerCount) }
  package var eventsDigest: [UInt8] {
    let start = bytes.count - Self.trailerCount
    return Array(bytes[start..<(start + Self.digestCount)])
  }
  package var hash: [UInt8] {
    let start = bytes.count - Self.trailerCount + Self.digestCount
    return Array(bytes[start..<(start + 32)])
  }

  private func checksum(at offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << (8 * UInt32($1)) }
  }

  /// Which part of the batch was changed.
  private func damagedPart(expecting expected: [UInt8]) -> BatchProblem {
    let checksums = bytes.count - 16
    guard checksum(at: checksums) == CRC32C.checksum(eventsDigest) else {
      // Where the hash still fits, it is the checksum that was changed.
      return expected == hash ? .endMark : .eventsDigest
    }
    guard checksum(at: checksums + 4) == CRC32C.checksum(hash) else {
      return expected == hash ? .endMark : .hash
    }
    return expected == hash ? .endMark : .payload
  }
}
