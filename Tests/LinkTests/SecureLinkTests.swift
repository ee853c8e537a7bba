import Cryptography
import Foundation
@testable import Link
import Structures
import Testing
import Wire

/// A guard and a signer on a line that somebody else has his hands on.
@Suite struct SecureLinkTests {
  static let guardKey = try! X25519.PrivateKey.random()
  static let signerKey = try! X25519.PrivateKey.random()
  static var soon: ContinuousClock.Instant { .now.advanced(by: .seconds(300)) }
  static let patience: Duration = .seconds(300)

  static var guards: LinkKeys { LinkKeys(own: guardKey, peer: signerKey.publicKey) }
  static var signers: LinkKeys { LinkKeys(own: signerKey, peer: guardKey.publicKey) }

  /// Answers each request with itself, reversed; returns why the connection ended.
  static func serve(
    _ channel: any ByteChannel, keys: LinkKeys = signers
  ) -> Task<LinkError, Never> {
    let (stream, continuation) = AsyncStream.makeStream(of: LinkError.self)
    Thread.detachNewThread {
      var connection = AnsweringConnection(over: channel, keys: keys)
      do throws(LinkError) {
        while true {
          let message = try connection.read(before: soon)
          try connection.answer(
            LinkMessage(type: message.type | 0x80, payload: message.payload.reversed()),
            before: soon)
        }
      } catch {
        connection.close()
        continuation.yield(error)
        continuation.finish()
      }
    }
    return Task {
      for await error in stream { return error }
      return .timedOut
    }
  }

  static func connect(
    _ channel: any ByteChannel, keys: LinkKeys = guards, timeout: Duration = patience
  ) throws(LinkError) -> AskingConnection {
    try AskingConnection(over: channel, keys: keys, timeout: timeout)
  }

  @Test func `messages of every length come back, in sessions that follow each other`() async throws
  {
    let (near, far) = MemoryChannel.pair()
    let end = Self.serve(far)
    // The second and third begin where the last one ended, as on a serial line.
    for _ in 0..<3 {
      var connection = try Self.connect(near)
      for count in [0, 1, 65_510, 65_511, 131_029, LinkMessage.payloadLimit] {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let answer = try connection.exchange(
          LinkMessage(type: 2, payload: payload), timeout: Self.patience)
        #expect(answer == LinkMessage(type: 0x82, payload: payload.reversed()))
      }
    }
    near.close()
    #expect(await end.value == .closed)
  }

  @Test func `a message above the limit is refused before it is sent`() throws {
    let (near, far) = MemoryChannel.pair()
    _ = Self.serve(far)
    var connection = try Self.connect(near)
    let payload = [UInt8](repeating: 0, count: LinkMessage.payloadLimit + 1)
    #expect(throws: LinkError.self) {
      try connection.exchange(LinkMessage(type: 1, payload: payload), timeout: Self.patience)
    }
  }

  @Test func `nothing of a message can be seen on the line`() throws {
    let (near, far) = MemoryChannel.pair()
    _ = Self.serve(far)
    var connection = try Self.connect(near)
    let secret = Array("withdrawal 77 pays bcrt1qexample".utf8)
    _ = try connection.exchange(LinkMessage(type: 2, payload: secret), timeout: Self.patience)
    for stream in [near.sent, far.sent] {
      #expect(!Data(stream).contains(Data(secret)))
      #expect(!Data(stream).contains(Data(secret.reversed())))
    }
  }

  @Test func `a stranger and a foreign signer get no session`() async throws {
    let stranger = try X25519.PrivateKey.random()
    for (asking, answering) in [
      (LinkKeys(own: stranger, peer: Self.signerKey.publicKey), Self.signers),
      (Self.guards, LinkKeys(own: stranger, peer: Self.guardKey.publicKey)),
      (Self.guards, LinkKeys(own: Self.signerKey, peer: stranger.publicKey)),
    ] {
      let (near, far) = MemoryChannel.pair()
      let end = Self.serve(far, keys: answering)
      #expect(throws: LinkError.closed) { _ = try Self.connect(near, keys: asking).isWorn }
      #expect(await end.value == .wrongPeer)
    }
  }

  @Test func `a request without a handshake ends the connection`() async throws {
    let (near, far) = MemoryChannel.pair()
    let end = Self.serve(far)
    let plain = Frame(kind: .request, request: 1, payload: [1, 1, 0, 0, 0, 0, 0, 0, 0])
    try near.send(try plain.encoded(), before: Self.soon)
    #expect(await end.value == .noSession)
  }

  /// What somebody with his hands on the line may do to the guard's second request.
  enum Meddling: CaseIterable {
    case replayed, reordered, truncated, bitFlipped, numbered, doubled, handshakeReplayed
    case answered
  }

  @Test(arguments: Meddling.allCases)
  func `whatever is done to a frame ends the connection with its reason`(
    meddling: Meddling
  ) async throws {
    let (near, far) = MemoryChannel.pair()
    let end = Self.serve(far)
    var connection = try Self.connect(near)
    let handshake = near.sent
    _ = try connection.exchange(LinkMessage(type: 1, payload: [1]), timeout: Self.patience)
    let first = Array(near.sent.dropFirst(handshake.count))
    var decoder = FrameDecoder()
    let frame = try #require(try decoder.receive(first).first)
    var expected = LinkError.notAuthentic
    switch meddling {
    case .replayed:
      try near.send(first, before: Self.soon)
    case .reordered:
      // A guard that shakes hands again and sends its second request before the first.
      try near.send(handshake, before: Self.soon)
      _ = try near.receive(before: Self.soon)
      var session = try Self.session(over: near)
      _ = try session.seal(try LinkMessage(type: 1, payload: [1]).plain(1))
      let second = try session.seal(try LinkMessage(type: 1, payload: [2]).plain(2))
      try near.send(
        try Frame(kind: .request, request: 2, payload: second).encoded(), before: Self.soon)
    case .truncated:
      var cut = frame
      cut.payload.removeLast(3)
      try near.send(try cut.encoded(), before: Self.soon)
    case .bitFlipped:
      var changed = first
      changed[20] ^= 4
      try near.send(changed, before: Self.soon)
      expected = .badChecksum
    case .numbered:
      var other = frame
      other.request += 1
      try near.send(try other.encoded(), before: Self.soon)
    case .doubled:
      try near.send(first + first, before: Self.soon)
      expected = .severalInFlight
    case .handshakeReplayed:
      // It is answered with a key that he does not know; what he then replays does not open.
      try near.send(handshake, before: Self.soon)
      _ = try near.receive(before: Self.soon)
      try near.send(first, before: Self.soon)
    case .answered:
      try near.send(
        try Frame(kind: .answer, request: 3, payload: []).encoded(), before: Self.soon)
      expected = .unexpectedFrame(kind: .answer, request: 3)
    }
    #expect(await end.value == expected)
  }

  @Test(arguments: UInt64(0)..<200)
  func `any byte changed in a sealed request is noticed, with a right checksum as well`(
    seed: UInt64
  ) async throws {
    var random = SplitMix64(seed: seed)
    let (near, far) = MemoryChannel.pair()
    let end = Self.serve(far)
    var connection = try Self.connect(near)
    let noise = (
      at: Int.random(in: 0..<4096, using: &random), by: UInt8.random(in: 1...255, using: &random)
    )
    near.tamper { bytes in
      var decoder = FrameDecoder()
      guard var frame = try? decoder.receive(bytes).first else { return bytes }
      frame.payload[noise.at % frame.payload.count] ^= noise.by
      return (try? frame.encoded()) ?? bytes
    }
    #expect(throws: LinkError.closed) {
      try connection.exchange(
        LinkMessage(type: 1, payload: [UInt8](repeating: 7, count: 100)), timeout: Self.patience)
    }
    #expect(await end.value == .notAuthentic)
  }

  /// A session made by hand, to say what no honest guard says.
  private static func session(over near: MemoryChannel) throws -> NoiseSession {
    var handshake = try guards.handshake(.initiator)
    try near.send(
      try Frame(kind: .handshake, request: 9, payload: try handshake.write([])).encoded(),
      before: soon)
    var decoder = FrameDecoder()
    let answer = try #require(try decoder.receive(try near.receive(before: soon)).first)
    _ = try handshake.read(answer.payload)
    return try handshake.split()
  }

  @Test func `an answer that was changed or belongs to another request is refused`() throws {
    for flips in [true, false] {
      let (near, far) = MemoryChannel.pair()
      _ = Self.serve(far)
      var connection = try Self.connect(near)
      far.tamper { bytes in
        var decoder = FrameDecoder()
        guard var frame = try? decoder.receive(bytes).first, frame.kind == .answer else {
          return bytes
        }
        if flips { frame.payload[3] ^= 1 } else { frame.request &+= 1 }
        return (try? frame.encoded()) ?? bytes
      }
      #expect(throws: LinkError.self) {
        try connection.exchange(LinkMessage(type: 1, payload: []), timeout: Self.patience)
      }
      #expect(throws: LinkError.closed, "and nothing more is asked") {
        try connection.exchange(LinkMessage(type: 1, payload: []), timeout: Self.patience)
      }
    }
  }
}
