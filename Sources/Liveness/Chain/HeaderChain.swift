public import Bitcoin
import Wire

/// A stretch of the best chain's headers, each with the work that it claims and upon the one before.
///
/// As text: a line `# first height: N`, then each header in hexadecimal, as
/// `bitcoin-cli getblockheader HASH false` prints it. Whether it is the best chain only a node of
/// one's own can say.
public struct HeaderChain: Sendable {
  /// Most headers: ten years of them.
  public static let limit = 525_600

  /// Why text or headers are no such stretch.
  public enum Fault: Error, Equatable, Sendable {
    case noFirstHeight
    /// Counted from 1.
    case badLine(Int)
    case empty
    case tooMany(limit: Int)
    case notUponTheOneBefore(height: Int)
    case noWork(height: Int)
  }

  public let firstHeight: Int
  private let headers: [BlockHeader]
  private let hashes: [BlockHash]
  /// The latest time that any header up to here names: rises, as the times themselves need not.
  private let latestTimes: [UInt32]

  public init(firstHeight: Int, headers: [BlockHeader]) throws(Fault) {
    guard !headers.isEmpty else { throw .empty }
    guard headers.count <= Self.limit else { throw .tooMany(limit: Self.limit) }
    var hashes: [BlockHash] = []
    var latestTimes: [UInt32] = []
    for (index, header) in headers.enumerated() {
      let hash = header.hash
      if let last = hashes.last, header.previous != last {
        throw .notUponTheOneBefore(height: firstHeight + index)
      }
      guard header.hasProofOfWork else { throw .noWork(height: firstHeight + index) }
      hashes.append(hash)
      latestTimes.append(max(latestTimes.last ?? 0, header.time))
    }
    self.firstHeight = firstHeight
    self.headers = headers
    self.hashes = hashes
    self.latestTimes = latestTimes
  }

  public init(parsing text: String) throws(Fault) {
    let mark = "# first height: "
    var firstHeight: Int?
    var headers: [BlockHeader] = []
    for (index, line) in text.split(whereSeparator: \.isNewline).enumerated() {
      if index == 0 {
        let digits = line.dropFirst(mark.utf8.count)
        guard line.hasPrefix(mark), let height = Int(digits), "\(height)" == digits, height >= 0,
          height <= Int(Int32.max) - Self.limit
        else { throw .noFirstHeight }
        firstHeight = height
        continue
      }
      guard line.utf8.count == 160, let bytes = Hex.bytes(line),
        let header = try? BlockHeader(parsing: bytes)
      else { throw .badLine(index + 1) }
      guard headers.count < Self.limit else { throw .tooMany(limit: Self.limit) }
      headers.append(header)
    }
    guard let firstHeight else { throw .noFirstHeight }
    try self.init(firstHeight: firstHeight, headers: headers)
  }

  public var text: String {
    "# first height: \(firstHeight)\n" + headers.map { Hex.text($0.bytes) + "\n" }.joined()
  }

  public var tipHeight: Int { firstHeight + headers.count - 1 }
  /// The chain's own clock, seconds since 1970: the latest time that any header names.
  public var time: Int64 { Int64(latestTimes.last ?? 0) }

  public func hash(at height: Int) -> BlockHash? {
    let index = height - firstHeight
    return hashes.indices.contains(index) ? hashes[index] : nil
  }

  /// Seconds since 1970, as the miner said.
  public func time(at height: Int) -> Int64? {
    let index = height - firstHeight
    return headers.indices.contains(index) ? Int64(headers[index].time) : nil
  }

  /// The highest block that the chain had for sure when its clock was at `seconds`.
  public func tip(at seconds: Int64) -> Int? {
    var low = 0
    var high = latestTimes.count
    while low < high {
      let middle = (low + high) / 2
      if Int64(latestTimes[middle]) <= seconds { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : firstHeight + low - 1
  }
}

extension HeaderChain.Fault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noFirstHeight: "headers: the first line is \"# first height: N\", N from 0"
    case .badLine(let line): "headers: line \(line) is no header of 160 hexadecimal digits"
    case .empty: "headers: there is none"
    case .tooMany(let limit): "headers: more than \(limit)"
    case .notUponTheOneBefore(let height):
      "headers: the one at height \(height) is not upon the one before"
    case .noWork(let height): "headers: the one at height \(height) has not the work it claims"
    }
  }
}
