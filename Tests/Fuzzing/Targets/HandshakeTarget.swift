import Cryptography
import Link

/// The signer's end of the line, from the first byte on: whatever arrives, nothing is taken for the
/// guard's that he did not seal, and the connection ends with a reason.
///
/// A first byte below 8 says what arrives behind an honest handshake and request, as bits: 1 the input as it is,
/// 2 the input in a frame with a right checksum, 4 the honest request with the input mixed into
/// its payload.
enum HandshakeTarget: FuzzTarget {
  private static let guards = key(1)
  private static let signers = key(2)

  static var seeds: [[UInt8]] {
    let line = Line()
    var handshakes: [[UInt8]] = [[1], [2, 0], [4, 1], [6, 3, 1, 2], [0]]
    // What an honest guard says first, with nobody who answers.
    _ = Result {
      try AskingConnection(
        over: line, keys: LinkKeys(own: guards, peer: signers.publicKey), timeout: .zero
      ).isWorn
    }
    handshakes.append([1] + line.sent)
    handshakes.append([0] + line.sent)
    return handshakes
  }

  static func check(_ input: [UInt8]) {
    var pieces = Pieces(input)
    let modes = pieces.byte()
    let rest = pieces.remainder()
    alone(rest)
    // Keys in locked memory cost a call of the system each, so not every input is worth a handshake.
    if modes < 8 { conversation(modes, rest) }
  }

  /// The input is all that ever arrives.
  private static func alone(_ input: [UInt8]) {
    let line = Line()
    line.arriving = input
    let signer = Answerer(over: line, LinkKeys(own: signers, peer: guards.publicKey))
    let heard = signer.read()
    require(heard == nil, "without the guard's key nothing is a request")
  }

  /// The input arrives in the middle of an honest conversation.
  private static func conversation(_ modes: UInt8, _ input: [UInt8]) {
    let line = Line()
    let signer = Answerer(over: line, LinkKeys(own: signers, peer: guards.publicKey))
    let asked = LinkMessage(type: 2, payload: [7, 8, 9])
    var heard: LinkMessage?
    line.onSend = { bytes in
      // The guard has sent; the signer works, and its answers arrive here.
      line.onSend = nil
      line.arriving = bytes
      heard = signer.read()
      line.arriving = line.takeSent()
    }
    let keys = LinkKeys(own: guards, peer: signers.publicKey)
    let shaken = accepted { () throws(LinkError) in
      try Asker(AskingConnection(over: line, keys: keys, timeout: .seconds(3600)))
    }
    guard let asker = shaken else { fatalError("does not hold: honest ends shake hands") }
    require(heard == nil, "a handshake is no request")
    var changed = false
    line.onSend = { bytes in
      line.onSend = nil
      let frame = meddled(bytes, modes, input)
      changed = frame != bytes
      line.arriving = frame
      heard = signer.read()
      line.arriving = []
    }
    _ = accepted { () throws(LinkError) in try asker.exchange(asked) }
    require((heard == asked) == !changed, "the signer hears what the guard said, or nothing")
  }

  private static func meddled(_ honest: [UInt8], _ modes: UInt8, _ input: [UInt8]) -> [UInt8] {
    var bytes = honest
    if modes & 4 != 0 {
      var decoder = FrameDecoder()
      if var frame = (try? decoder.receive(honest))?.first {
        for (index, byte) in input.enumerated() where index < frame.payload.count {
          frame.payload[index] ^= byte
        }
        bytes = (try? frame.encoded()) ?? honest
      }
    }
    if modes & 2 != 0 {
      let kinds = Frame.Kind.allCases
      let frame = Frame(
        kind: kinds[input.count % kinds.count], request: UInt32(input.count), payload: input)
      bytes = ((try? frame.encoded()) ?? []) + bytes
    }
    if modes & 1 != 0 { bytes = input + bytes }
    return bytes
  }

  private static func key(_ fill: UInt8) -> X25519.PrivateKey {
    sure("a key is made") { () throws(CryptographyError) in
      try X25519.PrivateKey(SecretBytes(copying: [UInt8](repeating: fill, count: 32)))
    }
  }
}

/// A connection that can be handed about.
private final class Asker {
  private var connection: AskingConnection

  init(_ connection: consuming AskingConnection) { self.connection = connection }

  func exchange(_ message: LinkMessage) throws(LinkError) -> LinkMessage {
    try connection.exchange(message, timeout: .seconds(3600))
  }
}

/// The other end, for the same reason.
private final class Answerer {
  private var connection: AnsweringConnection

  init(over line: Line, _ keys: LinkKeys) {
    connection = AnsweringConnection(over: line, keys: keys)
  }

  /// What is heard next, or `nil` when the connection has ended or nothing more arrives.
  func read() -> LinkMessage? {
    accepted { () throws(LinkError) in try connection.read(before: .now) }
  }
}

/// A line in memory on which nobody waits.
///
/// `@unchecked Sendable` because a fuzzer has one thread.
private final class Line: ByteChannel, @unchecked Sendable {
  var arriving: [UInt8] = []
  var onSend: (([UInt8]) -> Void)?
  private(set) var sent: [UInt8] = []

  func takeSent() -> [UInt8] {
    defer { sent = [] }
    return sent
  }

  func receive(before deadline: ContinuousClock.Instant) throws(LinkError) -> [UInt8] {
    guard !arriving.isEmpty else { throw .timedOut }
    defer { arriving = [] }
    return arriving
  }

  func send(_ bytes: [UInt8], before deadline: ContinuousClock.Instant) throws(LinkError) {
    if let onSend { onSend(bytes) } else { sent += bytes }
  }

  func close() {}
}
