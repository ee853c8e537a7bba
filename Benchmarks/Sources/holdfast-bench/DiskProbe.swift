import Glibc

/// Times what every durable answer waits for: fdatasync on the same disk.
enum DiskProbe {
  static func run(folder: String, count: Int) throws -> Distribution {
    let path = folder + "/fdatasync-probe"
    let file = unsafe open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
    guard file >= 0 else { throw BenchmarkError("\(path) cannot be created") }
    defer {
      close(file)
      unsafe unlink(path)
    }
    let block = [UInt8](repeating: 7, count: 4096)
    func write(_ index: Int) throws {
      let written = unsafe block.withUnsafeBytes { bytes in
        unsafe pwrite(file, bytes.baseAddress, bytes.count, index * 4096)
      }
      guard written == block.count else { throw BenchmarkError("\(path) cannot be written") }
    }
    // Space reserved and written once, as in a segment of the journal.
    for index in 0..<count { try write(index) }
    guard fsync(file) == 0 else { throw BenchmarkError("\(path) cannot be synchronised") }
    var times: [UInt64] = []
    for index in 0..<count {
      try write(index)
      let start = ContinuousClock.now
      guard fdatasync(file) == 0 else { throw BenchmarkError("\(path) cannot be synchronised") }
      times.append(start.duration(to: .now).nanoseconds)
    }
    return Distribution(times)
  }
}
