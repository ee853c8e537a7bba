import Foundation

/// TigerBeetle's own benchmark, on the disk that is measured.
enum TigerBeetle {
  /// Transfers a second, or `nil` when there is no `tigerbeetle` among the peers.
  static func transfersPerSecond(_ laboratory: Laboratory) throws -> Double? {
    let program = laboratory.peers + "/tigerbeetle"
    guard FileManager.default.isExecutableFile(atPath: program) else { return nil }
    let folder = laboratory.scratch + "/tigerbeetle"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let result = try Laboratory.output(
      of: program, ["benchmark", "--transfer-count=1000000"], folder: folder)
    let line = result.text.split(separator: "\n").first { $0.hasPrefix("load accepted = ") }
    guard let transfers = line?.split(separator: " ").dropFirst(3).first.flatMap({ Double($0) })
    else { throw BenchmarkError("tigerbeetle benchmark: \(result.text.suffix(500))") }
    return transfers
  }
}
