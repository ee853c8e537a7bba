import Airgap
import Bitcoin
import ColdStorage
import Descriptors
import Foundation
import Testing

/// Frames and registered policies, as a person would use them.
@Suite struct FrameCommandTests {
  private struct Run {
    let code: Int32
    let output: String
    let errors: String
  }

  private func vault(_ arguments: String...) throws -> Run {
    let folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    let process = Process()
    process.executableURL = folder.appending(path: "holdfast-vault")
    process.arguments = arguments
    let (outward, errors) = (Pipe(), Pipe())
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = outward
    process.standardError = errors
    try process.run()
    let output = try outward.fileHandleForReading.readToEnd() ?? Data()
    let complaint = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Run(
      code: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
      errors: String(decoding: complaint, as: UTF8.self))
  }

  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "holdfast-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  private static let text = (0..<80).map { "line \($0 * $0 * 7919)\n" }.joined()

  @Test(arguments: Carrier.allCases)
  func `a file comes back from its pictures under the same words, some of them lost`(
    carrier: Carrier
  ) throws {
    try withFolder { folder in
      let source = "\(folder)/note"
      try Data(Self.text.utf8).write(to: URL(filePath: source))
      let shown = try vault(
        "show", source, "--kind", "text", "--carrier", carrier.rawValue, "--qr-version", "6",
        "--png", "\(folder)/frames")
      #expect(shown.code == 0, "\(shown.errors)")
      let words = CheckWords(of: Array(Self.text.utf8)).description
      #expect(shown.output.contains(words))
      let pictures = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/frames")
      #expect(pictures.count > 3)
      // Of a fountain any parts do; of BBQr each is needed.
      try FileManager.default.removeItem(atPath: "\(folder)/frames/frame-0002.png")
      let read = try vault("read", "--frames", "\(folder)/frames", "--out", "\(folder)/copy")
      if carrier == .bbqr {
        #expect(read.code == 1 && read.errors.contains("1 of \(pictures.count) parts are missing"))
        return
      }
      #expect(read.code == 0 && read.output.contains(words), "\(read.errors)")
      #expect(try String(contentsOfFile: "\(folder)/copy", encoding: .utf8) == Self.text)
      let again = try vault("read", "--frames", "\(folder)/frames", "--out", "\(folder)/copy")
      #expect(again.code == 1 && again.errors.contains("never overwritten"))
    }
  }

  @Test func `the terminal shows every frame of a round, and its text is read as lines`() throws {
    try withFolder { folder in
      let source = "\(folder)/note"
      try Data(Self.text.utf8).write(to: URL(filePath: source))
      let shown = try vault(
        "show", source, "--kind", "text", "--qr-version", "6", "--rounds", "1", "--milliseconds",
        "50", "--plain")
      #expect(shown.code == 0, "\(shown.errors)")
      // What a camera sees of each frame, in pixels, and what a reader makes of it.
      var lines: [String] = []
      for frame in shown.output.components(separatedBy: "\u{1B}[H").dropFirst() {
        let rows = frame.split(separator: "\n").filter { $0.contains("█") }
          .map { Array($0.replacing("\u{1B}[2J", with: "")) }
        let width = rows[0].count
        let pixels = rows.flatMap { row in
          ["█▀", "█▄"].flatMap { light in
            let line = row.flatMap { character -> [UInt8] in
              .init(repeating: light.contains(character) ? 255 : 0, count: 3)
            }
            return line + line + line
          }
        }
        let picture = GreyImage(width: width * 3, height: rows.count * 6, pixels: pixels)
        lines += try picture.symbolTexts()
      }
      try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: "\(folder)/lines"))
      let read = try vault("read", "--lines", "\(folder)/lines", "--out", "\(folder)/copy")
      #expect(read.code == 0, "\(read.errors)")
      #expect(try String(contentsOfFile: "\(folder)/copy", encoding: .utf8) == Self.text)
    }
  }

  @Test func `a policy is registered only under its own words`() throws {
    try withFolder { folder in
      let key =
        "tpubD6NzVbkrYhZ4WaWSyoBvQwbpLkojyoTZPRsgXELWz3Popb3qkjcJyJUGLnL4qHHoQvao8ESaAstxYSnhyswJ76uZPStJRJCTKvosUCJZL5B"
      let descriptor = try Descriptor(parsing: "wpkh(\(key)/<0;1>/*)", network: .regtest)
      let file = "\(folder)/wallet.descriptor"
      try Data(DescriptorFile(descriptor).text.utf8).write(to: URL(filePath: file))
      let policy = try RegisteredPolicy(name: "cold-1", role: .cold, descriptor: descriptor)
      let first = try vault(
        "register", "--descriptor", file, "--name", "cold-1", "--role", "cold", "--policies",
        "\(folder)/policies")
      #expect(first.code == 0 && first.output.contains(policy.words.description))
      #expect(!FileManager.default.fileExists(atPath: "\(folder)/policies"))
      let wrong = try vault(
        "register", "--descriptor", file, "--name", "cold-1", "--role", "cold", "--policies",
        "\(folder)/policies", "--words", "army van defense carry")
      #expect(wrong.code != 0 && !FileManager.default.fileExists(atPath: "\(folder)/policies"))
      let right = try vault(
        "register", "--descriptor", file, "--name", "cold-1", "--role", "cold", "--policies",
        "\(folder)/policies", "--words", policy.words.description)
      #expect(right.code == 0, "\(right.errors)")
      let twice = try vault(
        "register", "--descriptor", file, "--name", "cold-2", "--role", "hot", "--policies",
        "\(folder)/policies", "--words", policy.words.description)
      #expect(twice.code == 1 && twice.errors.contains("registered already"))
      let address = try #require(
        Address.text(
          for: try descriptor.script(branch: 1, index: 7).scriptPubKey, network: .regtest))
      let found = try vault("find-address", address, "--policies", "\(folder)/policies")
      #expect(found.output == "cold wallet, cold-1 1/7\n")
      let foreign = try vault(
        "find-address", "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", "--policies",
        "\(folder)/policies", "--limit", "20")
      #expect(foreign.code == 1)
    }
  }
}
