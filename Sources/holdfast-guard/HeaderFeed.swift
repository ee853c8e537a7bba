import Bitcoin
import Logging
import Nodes
import SignerProtocol

/// Brings the chain's headers to the signers, who set their clocks against them and believe only the
/// work.
struct HeaderFeed {
  /// Headers in one message: 40 kB, less than half a second of a serial line.
  private static let atOnce = 500
  /// How far to go back for a header that both branches have, one step after the other.
  private static let steps = [0, 6, 36, 144, 1008]
  /// How long a signer is believed to know what it was told.
  private static let patience: Duration = .seconds(60)

  private let node: BitcoinNode
  private let signers: SignerGroup
  private let logger: Logger
  private var told: [Int: (tip: BlockHash, at: ContinuousClock.Instant)] = [:]

  init(node: BitcoinNode, signers: SignerGroup, logger: Logger) {
    self.node = node
    self.signers = signers
    self.logger = logger
  }

  /// Tells the signers on `lines` of the node's newest headers. What fails is tried again in the next
  /// round.
  mutating func bring(to lines: some Sequence<Int>) async {
    do throws(NodeError) {
      let info = try await node.chainInfo()
      for line in lines {
        if let last = told[line], last.tip == info.bestBlock,
          .now < last.at.advanced(by: Self.patience)
        {
          continue
        }
        guard try await bring(to: signers.lines[line], upTo: info.height) else { continue }
        told[line] = (info.bestBlock, .now)
      }
    } catch {
      logger.debug("no headers for the signers", metadata: ["error": "\(error)"])
    }
  }

  /// Returns whether the signer has answered all there is to say.
  private func bring(to line: SignerLine, upTo tip: Int) async throws(NodeError) -> Bool {
    guard var position = await ask(line, []) else { return true }
    var step = 0
    while true {
      var from = min(Int(position.height), tip)
      if try await node.blockHash(at: Int(position.height))?.bytes != position.hash {
        step = max(step, 1)
      }
      guard step > 0 || from < tip else { return true }
      guard step < Self.steps.count else {
        logger.warning(
          "a signer follows another chain", metadata: ["signer": "\(line.name)"])
        return true
      }
      from = max(Int(position.base), from - Self.steps[step])
      guard let next = await ask(line, try await headers(from: from + 1, to: tip)) else {
        step += 1
        continue
      }
      // It knows them all, or as much of another branch: no more than that can be told now.
      guard next != position else { return true }
      (position, step) = (next, 0)
    }
  }

  private func headers(from first: Int, to tip: Int) async throws(NodeError) -> [[UInt8]] {
    var headers: [[UInt8]] = []
    for height in first...max(first, min(tip, first + Self.atOnce - 1)) {
      guard let hash = try await node.blockHash(at: height),
        let header = try await node.header(hash)
      else { break }
      headers.append(header.header.bytes)
    }
    return headers
  }

  /// Returns how far the signer knows the chain, or `nil` when it takes none of this.
  private func ask(_ line: SignerLine, _ headers: [[UInt8]]) async -> ChainPosition? {
    if case .success(.chain(let position)) = await line.ask(
      .headers(ChainNews(headers: headers)))
    {
      return position
    }
    return nil
  }
}
