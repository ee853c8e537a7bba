import Foundation

/// Where and when the figures were measured: none of them means anything without it.
struct Machine: Encodable, Sendable {
  let date: String
  let processor: String
  let cores: Int
  let kernel: String
  /// Runnable processes on average over the last minute, before the run.
  let load: String
  let diskFolder: String
  /// One fdatasync after 4 KiB written over reserved space, in microseconds.
  let fdatasyncP50: Double
  let fdatasyncP99: Double

  /// Looks at this machine and times the disk under `folder`.
  init(folder: String) throws {
    date = Date().formatted(.iso8601)
    processor =
      Self.text("/proc/cpuinfo").split(separator: "\n").first { $0.hasPrefix("model name") }?
      .split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
    cores = ProcessInfo.processInfo.activeProcessorCount
    kernel = Self.text("/proc/sys/kernel/osrelease").trimmingCharacters(in: .whitespacesAndNewlines)
    load = Self.loadNow
    diskFolder = folder
    let syncs = try DiskProbe.run(folder: folder, count: 500)
    fdatasyncP50 = syncs.microseconds(0.5)
    fdatasyncP99 = syncs.microseconds(0.99)
  }

  /// Runnable processes on average over the last minute.
  static var loadNow: String {
    text("/proc/loadavg").split(separator: " ").first.map(String.init) ?? "unknown"
  }

  private static func text(_ path: String) -> String {
    (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  }
}
