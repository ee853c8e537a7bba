import Wire

/// Messages on the socket.
///
/// | bytes | field |
/// |---|---|
/// | 4 | magic `HFR1` |
/// | 1 | type |
/// | 3 | zero |
/// | 4 | bytes of payload |
/// | 4 | CRC-32C of the 12 bytes above |
/// | … | payload, canonical |
///
/// The checksum protects the length, on which everything after it depends. The payload needs none: what
/// is worth protecting in it are batches, and each carries its own hash.
extension ReplicationMessage {
  package static let magic = Array("HFR1".utf8)
  package static let headerCount = 16
  /// Longest payload in bytes: one batch of the greatest size a journal takes, with room.
  package static let payloadLimit = (1 << 26) + (1 << 20)
  static let nameLimit = 64
  static let pathLimit = 4096
  static let batchCountLimit = 1 << 16

  private enum Kind: UInt8 {
    case hello = 1
    case welcome, refusal, batches, progress, heartbeat, checkpoint
  }

  /// The message as it goes over the socket.
  package var bytes: [UInt8] {
    let payload = payload
    precondition(payload.count <= Self.payloadLimit, "a message longer than any other side takes")
    var writer = ByteWriter()
    writer.write(fixed: Self.magic)
    writer.write(kind.rawValue)
    writer.write(fixed: [0, 0, 0])
    writer.write(UInt32(payload.count))
    writer.write(CRC32C.checksum(writer.bytes))
    writer.write(fixed: payload)
    return writer.bytes
  }

  private var kind: Kind {
    switch self {
    case .hello: .hello
    case .welcome: .welcome
    case .refusal: .refusal
    case .batches: .batches
    case .progress: .progress
    case .heartbeat: .heartbeat
    case .checkpoint: .checkpoint
    }
  }

  private var payload: [UInt8] {
    var writer = ByteWriter()
    switch self {
    case .hello(let hello):
      writer.write(hello.version)
      writer.write(hello.role.rawValue)
      writer.write(fixed: hello.identity)
      writer.write(hello.sequence)
      writer.write(fixed: hello.hash)
      writer.write(hello.term)
      writer.write(hello.credit)
      writer.write(hello.name)
    case .welcome(let welcome):
      writer.write(fixed: welcome.identity)
      writer.write(welcome.head)
      writer.write(welcome.term)
      writer.write(welcome.heartbeatMilliseconds)
      writer.write(welcome.fence)
    case .refusal(let refusal): refusal.encode(into: &writer)
    case .batches(let batches):
      writer.write(list: batches) { (writer: inout ByteWriter, batch: [UInt8]) in
        writer.write(batch)
      }
    case .progress(let progress):
      writer.write(progress.sequence)
      writer.write(progress.credit)
    case .heartbeat(let heartbeat):
      writer.write(heartbeat.head)
      writer.write(heartbeat.term)
    case .checkpoint(let checkpoint):
      writer.write(checkpoint.sequence)
      writer.write(fixed: checkpoint.stateHash)
    }
    return writer.bytes
  }

  /// Reads the payload of a message of type `type`.
  init(type: UInt8, payload: [UInt8]) throws(ReplicationProblem) {
    guard let kind = Kind(rawValue: type) else { throw .unknownType(type) }
    var reader = ByteReader(payload)
    do throws(WireError) {
      self = try Self.read(kind, &reader)
      try reader.finish()
    } catch {
      throw .malformed(type: type)
    }
    guard isInRange else { throw .malformed(type: type) }
  }

  private static func read(
    _ kind: Kind, _ reader: inout ByteReader
  ) throws(WireError) -> ReplicationMessage {
    switch kind {
    case .hello: return .hello(try Hello(from: &reader))
    case .welcome:
      return .welcome(
        Welcome(
          identity: try reader.read(fixed: 32), head: try reader.read(), term: try reader.read(),
          heartbeatMilliseconds: try reader.read(),
          fence: try reader.read(String.self, limit: pathLimit)))
    case .refusal: return .refusal(try FollowerRefusal(from: &reader))
    case .batches:
      return .batches(
        try reader.readList(limit: batchCountLimit) { (reader) throws(WireError) in
          try reader.read([UInt8].self, limit: payloadLimit)
        })
    case .progress:
      return .progress(Progress(sequence: try reader.read(), credit: try reader.read()))
    case .heartbeat:
      return .heartbeat(Heartbeat(head: try reader.read(), term: try reader.read()))
    case .checkpoint:
      return .checkpoint(
        StateCheckpoint(sequence: try reader.read(), stateHash: try reader.read(fixed: 32)))
    }
  }

  /// Whether the numbers mean something.
  private var isInRange: Bool {
    switch self {
    case .hello(let hello): hello.credit > 0
    case .welcome(let welcome): welcome.heartbeatMilliseconds > 0
    case .batches(let batches): !batches.isEmpty
    case .refusal, .progress, .heartbeat, .checkpoint: true
    }
  }
}

extension ReplicationMessage.Hello {
  fileprivate init(from reader: inout ByteReader) throws(WireError) {
    version = try reader.read()
    let at = reader.offset
    guard let role = FollowerRole(rawValue: try reader.read()) else { throw .malformed(at: at) }
    self.role = role
    identity = try reader.read(fixed: 32)
    sequence = try reader.read()
    hash = try reader.read(fixed: 32)
    term = try reader.read()
    credit = try reader.read()
    name = try reader.read(String.self, limit: ReplicationMessage.nameLimit)
  }
}

extension FollowerRefusal {
  fileprivate func encode(into writer: inout ByteWriter) {
    let (code, first, second): (UInt8, UInt64, UInt64) =
      switch self {
      case .unknownVersion(let spoken): (1, UInt64(spoken), 0)
      case .otherJournal: (2, 0, 0)
      case .ahead(let follower, let head): (3, follower, head)
      case .forked(let at): (4, at, 0)
      case .higherTerm(let follower, let own): (5, follower, own)
      case .tooManyFollowers(let limit): (6, limit, 0)
      case .pruned(let after): (7, after, 0)
      case .unreadable(let at): (8, at, 0)
      case .ending: (9, 0, 0)
      }
    writer.write(code)
    writer.write(first)
    writer.write(second)
  }

  fileprivate init(from reader: inout ByteReader) throws(WireError) {
    let at = reader.offset
    let code: UInt8 = try reader.read()
    let first: UInt64 = try reader.read()
    let second: UInt64 = try reader.read()
    switch (code, second) {
    case (1, 0) where first <= UInt64(UInt16.max): self = .unknownVersion(spoken: UInt16(first))
    case (2, 0) where first == 0: self = .otherJournal
    case (3, _): self = .ahead(follower: first, head: second)
    case (4, 0): self = .forked(at: first)
    case (5, _): self = .higherTerm(follower: first, own: second)
    case (6, 0): self = .tooManyFollowers(limit: first)
    case (7, 0): self = .pruned(after: first)
    case (8, 0): self = .unreadable(at: first)
    case (9, 0) where first == 0: self = .ending
    default: throw .malformed(at: at)
    }
  }
}
