import Bitcoin
import Descriptors
import Foundation
import Guard
import Logging
import Money

/// The file with the list of sanctioned addresses, which somebody replaces every day.
struct SanctionsFile {
  /// Largest file that is read, in bytes.
  private static let sizeLimit = 32 << 20

  private let path: String
  private let network: Network
  /// Whose list was looked at last.
  private var issuer: [UInt8]?
  /// When the file that was looked at last was written.
  private var lookedAt: Date?

  /// - Returns: `nil` when there is no file.
  init?(_ configuration: GuardConfiguration) {
    guard let path = configuration.sanctionsFile else { return nil }
    self.path = path
    network = configuration.policy.descriptor.network
  }

  /// Reads the list when there is another file than before, or when another issuer counts; says once
  /// what is wrong with it.
  mutating func readIfChanged(under terms: SanctionsTerms, _ logger: Logger) -> SanctionsList? {
    if issuer != terms.key { (issuer, lookedAt) = (terms.key, nil) }
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    guard let written = attributes?[.modificationDate] as? Date, written != lookedAt else {
      return nil
    }
    lookedAt = written
    guard let size = (attributes?[.size] as? NSNumber)?.intValue, size <= Self.sizeLimit,
      let data = FileManager.default.contents(atPath: path)
    else {
      logger.error("the list of sanctioned addresses cannot be read", metadata: ["file": "\(path)"])
      return nil
    }
    do {
      let list = try SanctionsList(
        bytes: Array(data), under: terms, network: network)
      logger.notice(
        "took a list of sanctioned addresses",
        metadata: ["addresses": "\(list.count)", "issued": "\(list.issuedAt.milliseconds)"])
      return list
    } catch {
      logger.error(
        "the list of sanctioned addresses does not count",
        metadata: ["file": "\(path)", "problem": "\(error)"])
      return nil
    }
  }
}
