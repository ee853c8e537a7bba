import Link
import Structures
import Testing
import Wire

@Suite struct FrameDecoderTests {
  static let frames = [
    Frame(kind: .handshake, request: 1, payload: []),
    Frame(kind: .request, request: 77, payload: [UInt8](0...255)),
    Frame(kind: .answer, request: .max, payload: [UInt8](repeating: 0x48, count: 3000)),
  ]

  @Test(arguments: UInt64(0)..<64)
  func `frames survive any cutting of the stream`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var stream = try Self.frames.flatMap { try $0.encoded() }[...]
    var decoder = FrameDecoder()
    var found: [Frame] = []
    while !stream.isEmpty {
      let count = Int.random(in: 1...900, using: &random)
      found += try decoder.receive(Array(stream.prefix(count)))
      stream = stream.dropFirst(count)
    }
    #expect(found == Self.frames)
    #expect(!decoder.isInsideFrame)
  }

  @Test(arguments: UInt64(0)..<2000)
  func `a mutated stream gives whole frames or an error and never traps`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var stream = try Self.frames.flatMap { try $0.encoded() }
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let at = Int.random(in: 0..<stream.count, using: &random)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: stream[at] ^= UInt8.random(in: 1...255, using: &random)
      case 1: stream.remove(at: at)
      default: stream.insert(.random(in: 0...255, using: &random), at: at)
      }
    }
    var decoder = FrameDecoder()
    var found: [Frame] = []
    do {
      for start in stride(from: 0, to: stream.count, by: 501) {
        found += try decoder.receive(Array(stream[start..<min(start + 501, stream.count)]))
      }
    } catch {
      #expect(throws: error) { try decoder.receive([]) }
    }
    #expect(found.allSatisfy(Self.frames.contains), "a damaged frame passed the checksum")
  }

  @Test func `an over-long frame is refused from its header alone`() throws {
    var writer = ByteWriter()
    writer.write(fixed: Frame.magic)
    writer.write(Frame.version)
    writer.write(Frame.Kind.request.rawValue)
    writer.write(UInt32(1))
    writer.write(UInt32(Frame.payloadLimit + 1))
    var decoder = FrameDecoder()
    #expect(
      throws: LinkError.frameTooLong(bytes: Frame.payloadLimit + 1, limit: Frame.payloadLimit)
    ) {
      try decoder.receive(writer.bytes)
    }
    let frame = Frame(
      kind: .request, request: 1, payload: [UInt8](repeating: 0, count: Frame.payloadLimit + 1))
    #expect(throws: LinkError.self) { try frame.encoded() }
  }

  @Test func `the longest frame passes`() throws {
    let frame = Frame(
      kind: .request, request: 1, payload: [UInt8](repeating: 7, count: Frame.payloadLimit))
    var decoder = FrameDecoder()
    #expect(try decoder.receive(try frame.encoded()) == [frame])
  }

  @Test func `a wrong first byte is refused at once`() {
    var decoder = FrameDecoder()
    #expect(throws: LinkError.badMagic) { try decoder.receive([0x47]) }
  }

  @Test func `another version and a kind that there is not are refused from the first bytes`() {
    var old = FrameDecoder()
    #expect(throws: LinkError.badVersion(1)) { try old.receive(Frame.magic + [1]) }
    for kind in [UInt8(0), 5, 0xFF] {
      var decoder = FrameDecoder()
      #expect(throws: LinkError.badKind(kind)) {
        try decoder.receive(Frame.magic + [Frame.version, kind])
      }
    }
  }
}
