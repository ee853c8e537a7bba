// Unsafe file. Sound because the pointer handed to `write` is that of an array that lives through
// the call, and the count is the array's.
import Glibc
import JSON
public import Logging
import Money

/// Writes one JSON object a line to standard error, with a single write so that lines of several
/// threads do not mix.
public struct JSONLogHandler: LogHandler {
  public var metadata: Logger.Metadata = [:]
  public var logLevel: Logger.Level
  private let label: String

  /// Creates a handler.
  ///
  /// - Parameter label: The logger's name, under "logger".
  public init(label: String, level: Logger.Level) {
    self.label = label
    logLevel = level
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    let line = Self.line(
      time: SystemClock.now(), level: event.level, label: label, message: "\(event.message)",
      metadata: metadata.merging(event.metadata ?? [:]) { $1 })
    var bytes = Array(line.utf8)[...]
    while !bytes.isEmpty {
      let count = unsafe bytes.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
      if count > 0 { bytes = bytes.dropFirst(count) } else if errno != EINTR { return }
    }
  }

  /// Returns the line with its end.
  static func line(
    time: Timestamp, level: Logger.Level, label: String, message: String,
    metadata: Logger.Metadata
  ) -> String {
    var members = [
      JSON.Member("time", .integer(time.milliseconds)),
      JSON.Member("level", .string(level.rawValue)),
      JSON.Member("logger", .string(label)), JSON.Member("message", .string(message)),
    ]
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
      members.append(JSON.Member(key, .string("\(value)")))
    }
    return JSON.object(members).description + "\n"
  }
}
