public import Bitcoin

/// What the chain says of the time: headers from a checkpoint on, each with the work that its network
/// asks for.
///
/// Whoever brings the headers can leave out the newest, but make none up: a lie about the time costs
/// as much work as the blocks would. On regtest work is free, and there it proves nothing.
public struct ChainClock: Sendable {
  /// Why headers are not taken.
  public enum Fault: Error, Equatable, Sendable {
    /// No header that is known comes before the first of these.
    case unconnected
    /// The header at this height does not follow the one before.
    case broken(height: Int)
    /// Its target is not the one that the network asks for, or its hash is above it.
    case noWork(height: Int)
    /// It names a time that is not after the median of the eleven before.
    case early(height: Int)
    /// What they lead to has less work than what is known.
    case lessWork
  }

  private let network: Network
  private let terms: HeaderTerms
  /// From the checkpoint on.
  private var headers: [BlockHeader]
  private var hashes: [BlockHash]
  /// Work up to each header and with it.
  private var work: [UInt128]

  public init(_ terms: HeaderTerms, network: Network) {
    self.network = network
    self.terms = terms
    headers = [terms.checkpoint]
    hashes = [terms.checkpoint.hash]
    work = [0]
  }

  /// The newest header's height and hash.
  public var tip: (height: Int, hash: BlockHash) {
    (terms.height + headers.count - 1, hashes[hashes.count - 1])
  }

  /// Whether a block is in the chain, from the checkpoint on.
  func contains(_ hash: BlockHash) -> Bool { hashes.contains(hash) }

  /// The height below which no other branch is looked at.
  public var base: Int { terms.height }

  /// The median of the last eleven headers' times, in seconds; see Bitcoin Core, GetMedianTimePast.
  /// It only rises, and is behind the true time on a chain that most miners are honest on.
  public var medianTimePast: Int64 { Self.median(headers[...]) }

  /// Takes the headers that follow one that is known. A branch counts when it has more work.
  ///
  /// - Returns: Whether any was new.
  public mutating func take(_ new: [BlockHeader]) throws(Fault) -> Bool {
    guard let first = new.first else { return false }
    guard let parent = hashes.lastIndex(of: first.previous) else { throw .unconnected }
    // What is known already is skipped: it has been looked at.
    let known = zip(new, headers[(parent + 1)...]).prefix { $0 == $1 }.count
    guard known < new.count else { return false }
    var branch = self
    let keep = parent + 1 + known
    branch.headers.removeSubrange(keep...)
    branch.hashes.removeSubrange(keep...)
    branch.work.removeSubrange(keep...)
    for header in new[known...] { try branch.append(header) }
    guard branch.work[branch.work.count - 1] > work[work.count - 1] else { throw .lessWork }
    self = branch
    return true
  }

  /// Why a clock that shows `seconds` since 1970 is not believed, or `nil`.
  public func doubt(about seconds: Int64) -> String? {
    let median = medianTimePast
    let newest = Int64(headers[headers.count - 1].time)
    if seconds < median {
      return "the clock shows \(seconds), before the chain's median time \(median)"
    }
    if seconds > newest + terms.maximumAgeSeconds {
      return "the newest header is \(seconds - newest) s old, above \(terms.maximumAgeSeconds): "
        + "the clock is ahead, or headers do not arrive"
    }
    return nil
  }

  private mutating func append(_ header: BlockHeader) throws(Fault) {
    let height = terms.height + headers.count
    guard header.previous == hashes[hashes.count - 1] else { throw .broken(height: height) }
    let bits = target(at: height)
    guard bits == nil || header.bits == bits, isEasyAtMost(header.bits), header.hasProofOfWork,
      let done = Difficulty.work(of: header.bits)
    else { throw .noWork(height: height) }
    guard Int64(header.time) > medianTimePast else { throw .early(height: height) }
    headers.append(header)
    hashes.append(header.hash)
    work.append(work[work.count - 1] + done)
  }

  /// The target that the header at `height` must have, where there is only one.
  private func target(at height: Int) -> UInt32? {
    guard Difficulty.isFixed(on: network) else { return nil }
    let last = headers[headers.count - 1]
    guard height % Difficulty.period == 0, headers.count >= Difficulty.period else {
      return last.bits
    }
    return Difficulty.next(
      after: last.bits, first: headers[headers.count - Difficulty.period].time, last: last.time,
      on: network)
  }

  private func isEasyAtMost(_ bits: UInt32) -> Bool {
    guard let own = Difficulty.work(of: bits),
      let least = Difficulty.work(of: Difficulty.easiest(on: network))
    else { return false }
    return own >= least
  }

  private static func median(_ headers: ArraySlice<BlockHeader>) -> Int64 {
    let times = headers.suffix(11).map(\.time).sorted()
    return Int64(times[times.count / 2])
  }
}

extension ChainClock.Fault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unconnected: "the headers follow none that is known"
    case .broken(let height): "header \(height) does not follow the one before"
    case .noWork(let height): "header \(height) does not show the work that the network asks for"
    case .early(let height): "header \(height) names a time before the median of those before it"
    case .lessWork: "the headers lead to less work than is known"
    }
  }
}
