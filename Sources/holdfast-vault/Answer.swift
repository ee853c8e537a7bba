import ArgumentParser
import FoundationEssentials
import Glibc

/// How a command answers.
struct AnswerOptions: ParsableArguments {
  @Flag(help: "Answer in JSON.")
  var json = false

  /// Prints `value` as JSON, or else `text`.
  func give(_ value: some Encodable, text: @autoclosure () -> String) throws {
    print(json ? try AnswerOptions.jsonText(value) : text())
  }

  static func jsonText(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

/// Tells the person what is going on, beside the answer.
func report(_ line: String) {
  let bytes = Array("\(line)\n".utf8)
  _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
}
