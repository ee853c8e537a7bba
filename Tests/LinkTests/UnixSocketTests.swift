import Foundation
import Glibc
import Link
import Testing

@Suite struct UnixSocketTests {
  /// A directory of its own for one test, removed at the end.
  final class Folder {
    let path: String

    init() throws {
      path = FileManager.default.temporaryDirectory.path + "/link-" + UUID().uuidString.prefix(8)
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  static var soon: ContinuousClock.Instant { .now.advanced(by: .seconds(300)) }

  @Test func `a request is answered over the socket`() throws {
    let folder = try Folder()
    let listener = try UnixSocketListener(path: folder.path + "/s")
    let server = Thread {
      guard let channel = try? listener.accept(before: Self.soon) else { return }
      _ = SecureLinkTests.serve(channel)
    }
    server.start()
    var client = try SecureLinkTests.connect(try UnixSocket.connect(to: listener.path))
    let payload = (0..<700_000).map { UInt8(truncatingIfNeeded: $0) }
    for _ in 0..<3 {
      let answer = try client.exchange(
        LinkMessage(type: 2, payload: payload), timeout: .seconds(300))
      #expect(answer.type == 0x82)
      #expect(answer.payload == payload.reversed())
    }
    client.close()
  }

  @Test func `a silent peer ends in a timeout, a closed one in closed`() throws {
    let folder = try Folder()
    let listener = try UnixSocketListener(path: folder.path + "/s")
    let silent = try UnixSocket.connect(to: listener.path)
    #expect(throws: LinkError.timedOut) {
      _ = try SecureLinkTests.connect(silent, timeout: .milliseconds(30)).isWorn
    }
    try listener.accept(before: Self.soon).close()
    let closed = try UnixSocket.connect(to: listener.path)
    try listener.accept(before: Self.soon).close()
    #expect(throws: LinkError.closed) { _ = try SecureLinkTests.connect(closed).isWorn }
  }

  @Test func `the socket is for its owner only and its directory not for everyone`() throws {
    let folder = try Folder()
    let path = folder.path + "/s"
    let listener = try UnixSocketListener(path: path)
    let mode = try #require(
      FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    #expect(mode == 0o600)
    #expect(throws: LinkError.self, "the path is in use") { try UnixSocketListener(path: path) }
    withExtendedLifetime(listener) {}
    unsafe chmod(folder.path, 0o777)
    #expect(throws: LinkError.self) { try UnixSocketListener(path: folder.path + "/t") }
  }

  @Test func `a leftover socket is replaced and a file is left alone`() throws {
    let folder = try Folder()
    let file = folder.path + "/file"
    try Data([1]).write(to: URL(fileURLWithPath: file))
    #expect(throws: LinkError.self) { try UnixSocketListener(path: file) }
    #expect(FileManager.default.contents(atPath: file) == Data([1]))
    #expect(throws: LinkError.self) { try UnixSocket.connect(to: folder.path + "/none") }
    #expect(throws: LinkError.self) {
      try UnixSocketListener(path: folder.path + "/" + String(repeating: "x", count: 200))
    }
  }

  @Test func `bytes pass a serial line unchanged`() throws {
    let master = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY)
    try #require(master >= 0)
    defer { close(master) }
    var unlocked: Int32 = 0
    var number: Int32 = -1
    // TIOCSPTLCK and TIOCGPTN: unlock the other end and ask for its number. See ioctl_tty(2).
    try #require(unsafe ioctl(master, 0x4004_5431, &unlocked) == 0)
    try #require(unsafe ioctl(master, 0x8004_5430, &number) == 0)
    let device = "/dev/pts/\(number)"
    let line = try SerialLine.open(device: device)
    let bytes = [UInt8](0...255)
    try line.send(bytes, before: Self.soon)
    var received: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 512)
    while received.count < bytes.count {
      let count = unsafe read(master, &buffer, buffer.count)
      try #require(count > 0)
      received += buffer[..<count]
    }
    #expect(received == bytes)
    #expect(unsafe write(master, bytes, bytes.count) == bytes.count)
    var echoed: [UInt8] = []
    while echoed.count < bytes.count { echoed += try line.receive(before: Self.soon) }
    #expect(echoed == bytes)
    #expect(throws: LinkError.self) { try SerialLine.open(device: device, baud: 7) }
    #expect(throws: LinkError.self) { try SerialLine.open(device: "/dev/null") }
  }
}
