import Cryptography
import Foundation
import Signing
import Testing

@Suite struct PassphraseTests {
  private func withFile(
    _ content: String, mode: Int = 0o600, _ body: (String) throws -> Void
  ) throws {
    let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
    #expect(
      FileManager.default.createFile(
        atPath: path, contents: Data(content.utf8), attributes: [.posixPermissions: mode]))
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  private func text(_ secret: SecretBytes) throws -> String {
    String(decoding: try secret.revealed(), as: UTF8.self)
  }

  @Test(arguments: ["open sesame", "open sesame\n", "open sesame\r\n"])
  func `a passphrase is the only line of its file, without its end`(content: String) throws {
    try withFile(content) { path in
      let passphrase = try Passphrase.read(.file(path))
      #expect(try text(passphrase) == "open sesame")
      #expect(passphrase.isLocked)
    }
  }

  @Test(arguments: [0o640, 0o604, 0o666, 0o620])
  func `a file that others may touch is refused`(mode: Int) throws {
    try withFile("open sesame", mode: mode) { path in
      #expect(throws: PassphraseError.permissionsTooOpen(path, mode: UInt32(mode))) {
        try Passphrase.read(.file(path))
      }
    }
  }

  @Test func `a file with nothing, too much or two lines is refused`() throws {
    for content in ["", "\n", "\r\n"] {
      try withFile(content) { path in
        #expect(throws: PassphraseError.empty(from: path)) { try Passphrase.read(.file(path)) }
      }
    }
    try withFile("one\ntwo\n") { path in
      #expect(throws: PassphraseError.moreThanOneLine(path)) { try Passphrase.read(.file(path)) }
      let lines = try Passphrase.readLines(ofFile: path)
      #expect(try lines.map(text) == ["one", "two"])
    }
    try withFile(String(repeating: "x", count: 1024)) { path in
      let passphrase = try Passphrase.read(.file(path))
      #expect(passphrase.count == 1024)
    }
    try withFile(String(repeating: "x", count: 1025)) { path in
      #expect(throws: PassphraseError.tooLong(from: path)) { try Passphrase.read(.file(path)) }
    }
    #expect(throws: PassphraseError.notAFile("/dev/null")) {
      try Passphrase.read(.file("/dev/null"))
    }
  }

  @Test func `lines of a pipe are read one by one`() throws {
    let pipe = Pipe()
    try pipe.fileHandleForWriting.write(contentsOf: Data("first line\nsecond line\n".utf8))
    try pipe.fileHandleForWriting.close()
    let descriptor = pipe.fileHandleForReading.fileDescriptor
    #expect(try text(Passphrase.read(.descriptor(descriptor))) == "first line")
    #expect(try text(Passphrase.read(.descriptor(descriptor))) == "second line")
    #expect(throws: PassphraseError.empty(from: "descriptor \(descriptor)")) {
      try Passphrase.read(.descriptor(descriptor))
    }
  }

  @Test func `a new key asks for twelve characters`() throws {
    try withFile("elevenchars") { path in
      #expect(throws: PassphraseError.tooShort(minimum: 12)) {
        try Passphrase.readNew(.file(path))
      }
    }
    try withFile("twelve chars") { path in
      let passphrase = try Passphrase.readNew(.file(path))
      #expect(passphrase.count == 12)
    }
  }
}
