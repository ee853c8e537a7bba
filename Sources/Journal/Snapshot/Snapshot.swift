import Cryptography
import Engine
import Wire

/// The state after one batch, so that a start need not execute the whole journal.
///
/// | bytes | field |
/// |---|---|
/// | 4 | magic `HFS2` |
/// | 2 | version, 2 |
/// | 2 | zero |
/// | 8 | sequence of the batch |
/// | 8 | its term |
/// | 8 | number of its segment |
/// | 8 | where it begins in the segment |
/// | 32 | its hash |
/// | 16 | its digest of events |
/// | 32 | SHA-256 of the state |
/// | 8 | bytes of state |
/// | 4 | zero |
/// | 4 | CRC-32C of all bytes above |
/// | … | the state, as `Exchange.encode()` gives it |
package struct Snapshot: Sendable {
  /// What is wrong with the bytes of a snapshot.
  package enum Problem: String, Error, Sendable {
    case header = "the header does not match its checksum"
    case state = "the state does not match its hash"
    case length = "the file is shorter or longer than its header says"
    case undecodable = "the state is not one that this program reads"
  }

  private static let magic = Array("HFS2".utf8)
  static let headerCount = 136

  let sequence: UInt64
  let term: UInt64
  let segment: Int
  /// Where the batch begins.
  let offset: Int
  let hash: [UInt8]
  let eventsDigest: [UInt8]
  let stateHash: [UInt8]
  /// The canonical state.
  let state: [UInt8]

  /// - Parameter place: Where the last batch that `replica` executed begins.
  init(of replica: Replica, at place: (segment: Int, offset: Int)) {
    sequence = replica.sequence
    term = replica.term
    segment = place.segment
    offset = place.offset
    hash = replica.hash
    eventsDigest = replica.eventsDigest
    let encoded = replica.exchange.encode()
    state = encoded
    stateHash = SHA256.hash(of: encoded.span)
  }

  /// Reads a snapshot, refusing it when any byte is not as it was written.
  init(decoding bytes: [UInt8]) throws(Problem) {
    guard bytes.count >= Self.headerCount else { throw .length }
    let header = Array(bytes.prefix(Self.headerCount))
    var reader = ByteReader(header)
    guard let magic = try? reader.read(fixed: 4), magic == Self.magic,
      let version = try? reader.read(UInt16.self), version == 2,
      let zero = try? reader.read(UInt16.self), zero == 0,
      let sequence = try? reader.read(UInt64.self), let term = try? reader.read(UInt64.self),
      let segment = (try? reader.read(UInt64.self)).flatMap({ Int(exactly: $0) }),
      let offset = (try? reader.read(UInt64.self)).flatMap({ Int(exactly: $0) }),
      let hash = try? reader.read(fixed: 32), let eventsDigest = try? reader.read(fixed: 16),
      let stateHash = try? reader.read(fixed: 32), let count = try? reader.read(UInt64.self),
      let rest = try? reader.read(UInt32.self), rest == 0,
      let checksum = try? reader.read(UInt32.self),
      CRC32C.checksum(header.dropLast(4)) == checksum
    else { throw .header }
    guard count == UInt64(bytes.count - Self.headerCount) else { throw .length }
    let state = Array(bytes[Self.headerCount...])
    guard SHA256.hash(of: state.span) == stateHash else { throw .state }
    self.sequence = sequence
    self.term = term
    self.segment = segment
    self.offset = offset
    self.hash = hash
    self.eventsDigest = eventsDigest
    self.stateHash = stateHash
    self.state = state
  }

  /// Everything before the state.
  var header: [UInt8] {
    var writer = ByteWriter()
    writer.write(fixed: Self.magic)
    writer.write(UInt16(2))
    writer.write(UInt16(0))
    writer.write(sequence)
    writer.write(term)
    writer.write(UInt64(segment))
    writer.write(UInt64(offset))
    writer.write(fixed: hash)
    writer.write(fixed: eventsDigest)
    writer.write(fixed: stateHash)
    writer.write(UInt64(state.count))
    writer.write(UInt32(0))
    writer.write(CRC32C.checksum(writer.bytes))
    return writer.bytes
  }

  /// The replica that goes on from here.
  func replica() throws(Problem) -> Replica {
    guard let exchange = try? Exchange(decoding: state) else { throw .undecodable }
    return Replica(
      exchange: exchange, sequence: sequence, hash: hash, eventsDigest: eventsDigest, term: term)
  }

  /// The batch that the snapshot was taken at, when this journal has it there.
  func batch(in segments: Segments) throws(JournalError) -> BatchFrame? {
    guard let file = try segments.open(segment),
      SegmentHeader(try file.read(at: 0, count: SegmentHeader.count))?.number == segment
    else { return nil }
    var input = SegmentInput(file)
    guard case .batch(let frame) = try input.content(at: offset), frame.sequence == sequence,
      frame.hash == hash
    else { return nil }
    return frame
  }
}
