// Unsafe file. Sound because the system writes only into arrays of the length that is handed over, and
// every search stays inside the array that it is given.
import Foundation
import Glibc

/// Looks through the memory of a running process. Takes root: the process lets nobody else.
struct ProcessMemory {
  /// A piece of a secret that was found.
  struct Find: CustomStringConvertible, Hashable {
    let name: String
    /// The mapping's line in /proc/PID/smaps.
    let mapping: String
    /// Whether the page can reach neither swap nor a core dump: VmFlags `lo` and `dd`.
    let isSafe: Bool

    var description: String { "\(name) in \(isSafe ? "safe" : "OPEN") \(mapping)" }
  }

  let process: Int32

  static var isPossible: Bool { geteuid() == 0 }

  /// Every place where a needle is, in all memory that the process could have written.
  func search(_ needles: [Needle]) throws -> Set<Find> {
    let file = unsafe open("/proc/\(process)/mem", O_RDONLY)
    guard file >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EPERM) }
    defer { close(file) }
    var found: Set<Find> = []
    for mapping in try mappings() {
      var at = mapping.start
      // Pieces overlap, so that nothing hides on a boundary.
      let overlap = 256
      while at < mapping.end {
        var piece = [UInt8](repeating: 0, count: min(mapping.end - at, 4 << 20))
        let count = unsafe pread(file, &piece, piece.count, off_t(at))
        guard count > 0 else { break }
        for needle in needles where needle.isIn(piece, count: count) {
          found.insert(Find(name: needle.name, mapping: mapping.title, isSafe: mapping.isSafe))
        }
        at += count > overlap && at + count < mapping.end ? count - overlap : count
      }
    }
    return found
  }

  private struct Mapping {
    var start: Int
    var end: Int
    var title: String
    var isSafe = false

    /// Whether the process could have written here.
    var isOwn: Bool {
      let words = title.split(separator: " ")
      return words.count < 6 || words[1].contains("w") || words[4] == "0"
    }
  }

  private func mappings() throws -> [Mapping] {
    var result: [Mapping] = []
    // Files of the kernel have no length: only reading to the end shows all of them.
    let file = try FileHandle(forReadingFrom: URL(filePath: "/proc/\(process)/smaps"))
    let text = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if line.hasPrefix("VmFlags:") {
        result[result.count - 1].isSafe = words.contains("lo") && words.contains("dd")
      } else if let range = words.first?.split(separator: "-"), range.count == 2,
        let start = Int(range[0], radix: 16), let end = Int(range[1], radix: 16)
      {
        result.append(Mapping(start: start, end: end, title: String(line)))
      }
    }
    // What is mapped from a file and cannot be written is the file.
    return result.filter { $0.isOwn && !$0.title.hasSuffix("[vvar]") }
  }
}

/// Bytes by which a secret is known when they are seen.
struct Needle {
  let name: String
  let bytes: [UInt8]

  private typealias Search =
    @convention(c) (
      UnsafeRawPointer, Int, UnsafeRawPointer, Int
    ) -> UnsafeRawPointer?
  /// memmem(3), which the headers show only to GNU programs.
  private static let search = unsafe unsafeBitCast(dlsym(nil, "memmem"), to: Search.self)

  func isIn(_ memory: [UInt8], count: Int) -> Bool {
    unsafe memory.withUnsafeBytes { memory in
      unsafe bytes.withUnsafeBytes { bytes in
        unsafe Self.search(memory.baseAddress!, count, bytes.baseAddress!, bytes.count) != nil
      }
    }
  }

  /// Half a key is enough, in every order of bytes and limbs in which libraries hold numbers, and as
  /// hexadecimal text.
  static func key(_ name: String, _ key: [UInt8]) -> [Needle] {
    func words(_ count: Int) -> [[UInt8]] {
      stride(from: 0, to: key.count, by: count).map { Array(key[$0..<min($0 + count, key.count)]) }
    }
    let orders: [(String, [UInt8])] = [
      ("", key), ("little-endian", key.reversed()),
      ("64-bit words", words(8).flatMap { $0.reversed() }),
      ("32-bit words", words(4).flatMap { $0.reversed() }),
      ("64-bit limbs", words(8).reversed().flatMap { $0 }),
    ]
    let hexadecimal = Array(key.map { String(format: "%02x", $0) }.joined().utf8)
    return (orders + [("hexadecimal", hexadecimal)]).flatMap { order, bytes in
      [
        Needle(name: "\(name) \(order)", bytes: Array(bytes.prefix(bytes.count / 2))),
        Needle(name: "\(name) \(order)", bytes: Array(bytes.suffix(bytes.count / 2))),
      ]
    }
  }

  static func text(_ name: String, _ text: [UInt8]) -> Needle {
    Needle(name: name, bytes: Array(text.prefix(48)))
  }
}
