import ArgumentParser
import KeyHolders
import Signing
import Statements
import Wire

/// Lets a log count in the place of one that is lost.
struct AcceptLogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accept-log",
    abstract:
      "Let this log count in the place of one that is lost, as a quorum of holders accepted.",
    discussion: """
      Needs the words of every wallet's threshold of holders (holdfast-vault accept-log), all for this \
      log as it stands. Afterwards everything is frozen until the holders thaw it, everybody who \
      checks the log sees the break, and the guard goes on (holdfast-guard resume). Not while the \
      guard runs.

      Example:
        holdfast-guard key-holders accept-log --log key-holders.log alice.acceptance bob.acceptance
      """)

  @OptionGroup var options: LogOptions

  @Argument(help: "What the holders signed.")
  var files: [String]

  func validate() throws {
    guard !files.isEmpty else { throw ValidationError("Give what the holders signed.") }
  }

  func run() throws {
    let log = try LogFile(path: options.log)
    let words = try files.map(Self.word)
    LogOptions.show(try log.take(.accept(words), monitor: nil), log.keeper)
  }

  private static func word(at path: String) throws -> Signed<LogAcceptance> {
    let bytes = try KeyFileStorage.read(path, limit: KeyHolderRecord.fileLimit)
    do { return try Signed(bytes: bytes) } catch {
      throw Unreadable(path: path, error: error)
    }
  }

  private struct Unreadable: Error, CustomStringConvertible {
    let path: String
    let error: WireError
    var description: String { "\(path): no acceptance of a log (\(error))" }
  }
}
