import Foundation
import Logging
import Statements

/// Answers to notices, each a file that the mail system delivered. The code stands in the address that
/// the answer went to, so that its text does not matter.
struct AnswerFolder {
  private static let sizeLimit = 256 << 10
  private static let filesAtOnce = 100
  private static let codesInOne = 8

  private let folder: String
  /// What could not be removed, so that it is read once.
  private var stuck: Set<String> = []

  init(_ answers: NoticeSettings.Answers) { folder = answers.folder }

  /// Takes the codes out of what arrived, hands each to `take`, and removes the file after that.
  mutating func read<E: Error>(
    _ logger: Logger, _ take: (NoticeCode) throws(E) -> Void
  ) throws(E) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names.sorted().prefix(Self.filesAtOnce) where !name.hasPrefix(".") {
      let path = folder + "/" + name
      guard !stuck.contains(name) else { continue }
      let attributes = try? FileManager.default.attributesOfItem(atPath: path)
      guard attributes?[.type] as? FileAttributeType == .typeRegular else { continue }
      let size = (attributes?[.size] as? NSNumber)?.intValue ?? .max
      if size <= Self.sizeLimit, let data = FileManager.default.contents(atPath: path) {
        for code in Self.codes(in: Array(data)) { try take(code) }
      }
      do { try FileManager.default.removeItem(atPath: path) } catch {
        stuck.insert(name)
        logger.error("an answer to a notice cannot be removed", metadata: ["file": "\(path)"])
      }
    }
  }

  /// The codes in a message that a person sent. A machine's answer, or a report that a message could not
  /// be delivered, carries the code too, and means nothing. See RFC 3834 and RFC 3464.
  static func codes(in message: [UInt8]) -> [NoticeCode] {
    let text = String(decoding: message, as: UTF8.self)
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      if line.isEmpty { break }
      let header = line.lowercased()
      if header.hasPrefix("auto-submitted:") {
        // Blanks, a comment or parameters may stand around the word.
        let value = header.drop { $0 != ":" }.dropFirst().prefix { $0 != ";" && $0 != "(" }
        guard value.filter({ !$0.isWhitespace }) == "no" else { return [] }
      }
      if header.contains("multipart/report") { return [] }
    }
    var found: [NoticeCode] = []
    let isPart = { (character: Character) in
      character == "-" || ("0"..."9").contains(character) || ("a"..."f").contains(character)
    }
    for token in text.split(whereSeparator: { !isPart($0) }) where token.utf8.count >= 36 {
      guard let code = NoticeCode(text: String(token)), !found.contains(code) else { continue }
      found.append(code)
      if found.count == codesInOne { break }
    }
    return found
  }
}
