import JSON

/// The labels of a wallet as JSON Lines. See BIP-329.
public struct LabelFile: Hashable, Sendable {
  /// Greatest length of a file, in bytes.
  public static let byteLimit = 64 << 20

  /// Why a file is refused, and its line from 1; no part of a refused file is used.
  public struct Failure: Error, Hashable, Sendable {
    public enum Reason: Hashable, Sendable {
      /// The whole file, in bytes.
      case tooLong(limit: Int)
      /// A byte that is no UTF-8.
      case notText
      case badLabel(WalletLabel.Failure)
      /// A label for what the file has labelled already, at that line.
      case repeated(line: Int)
    }

    public let line: Int
    public let reason: Reason
  }

  public var labels: [WalletLabel]
  /// Records of kinds that are not known, which are left out.
  public let ignoredCount: Int

  public init(_ labels: [WalletLabel]) {
    self.labels = labels
    ignoredCount = 0
  }

  /// Reads a file. Lines end in a line feed, the last one with or without; none is empty.
  public init(parsing bytes: [UInt8]) throws(Failure) {
    guard bytes.count <= Self.byteLimit else {
      throw Failure(line: 1, reason: .tooLong(limit: Self.byteLimit))
    }
    struct Subject: Hashable {
      let kind: WalletLabel.Kind
      let reference: String
      let origin: String?
    }
    var labels: [WalletLabel] = []
    var seen: [Subject: Int] = [:]
    var ignored = 0
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    for (index, line) in lines.enumerated() {
      let number = index + 1
      let line = Array(line)
      guard String(validating: line, as: UTF8.self) != nil else {
        throw Failure(line: number, reason: .notText)
      }
      let label: WalletLabel?
      do { label = try WalletLabel.reading(line) } catch {
        throw Failure(line: number, reason: .badLabel(error))
      }
      guard let label else {
        ignored += 1
        continue
      }
      let subject = Subject(kind: label.kind, reference: label.reference, origin: label.origin)
      if let other = seen.updateValue(number, forKey: subject) {
        throw Failure(line: number, reason: .repeated(line: other))
      }
      labels.append(label)
    }
    self.labels = labels
    ignoredCount = ignored
  }

  /// The text, one label on each line.
  public var bytes: [UInt8] { labels.flatMap { $0.json.bytes + [UInt8(ascii: "\n")] } }
}
