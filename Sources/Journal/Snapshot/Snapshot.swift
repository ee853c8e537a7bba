import Cryptography
import Engine
import Wire

/// The state after one batch, so that a start need not execute the whole journal.
///
/// | bytes | field |
/// |---|---|
/// | 4 | magic `HFS1` |
/// | 2 | version, 1 |
/// | 8 | sequence of the batch |
/// | 32 | its hash |
/// | 32 | its digest of events |
/// | 32 | SHA-256 of the state |
/// | 8 | bytes of state |
/// | … | the state, as `Exchange.encode()` gives it |
/// | 4 | CRC-32C of all bytes above |
struct Snapshot: Sendable {
  private static let magic = Array("HFS1".utf8)

  let sequence: UInt64
  let hash: [UInt8]
  let eventsDigest: [UInt8]
  /// The canonical state.
  let state: [UInt8]

  init(of replica: Replica) {
    sequence = replica.sequence
    hash = replica.hash
    eventsDigest = replica.eventsDigest
    state = replica.exchange.encode()
  }

  /// Reads a snapshot; `nil` when any byte of it is not as it was written.
  init?(decoding bytes: [UInt8]) {
    guard bytes.count >= 4 else { return nil }
    var trailer = ByteReader(Array(bytes.suffix(4)))
    guard let checksum = try? trailer.read(UInt32.self),
      CRC32C.checksum(bytes.dropLast(4)) == checksum
    else { return nil }
    var reader = ByteReader(bytes)
    guard let magic = try? reader.read(fixed: 4), magic == Self.magic,
      let version = try? reader.read(UInt16.self), version == 1,
      let sequence = try? reader.read(UInt64.self), let hash = try? reader.read(fixed: 32),
      let eventsDigest = try? reader.read(fixed: 32), let stateHash = try? reader.read(fixed: 32),
      let count = try? reader.read(UInt64.self), count == UInt64(reader.remaining - 4),
      let state = try? reader.read(fixed: reader.remaining - 4), SHA256.hash(state) == stateHash
    else { return nil }
    self.sequence = sequence
    self.hash = hash
    self.eventsDigest = eventsDigest
    self.state = state
  }

  var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(fixed: Self.magic)
    writer.write(UInt16(1))
    writer.write(sequence)
    writer.write(fixed: hash)
    writer.write(fixed: eventsDigest)
    writer.write(fixed: SHA256.hash(state))
    writer.write(UInt64(state.count))
    writer.write(fixed: state)
    writer.write(CRC32C.checksum(writer.bytes))
    return writer.bytes
  }

  /// The replica that goes on from here, or `nil` when the state is not one this program reads.
  func replica() -> Replica? {
    guard let exchange = try? Exchange(decoding: state) else { return nil }
    return Replica(
      exchange: exchange, sequence: sequence, hash: hash, eventsDigest: eventsDigest)
  }
}
