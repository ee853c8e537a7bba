import ArgumentParser
import Bitcoin
import Descriptors
import Liveness
import Logging
import Nodes

/// Tells how old a wallet's coins are against the locks of its policy.
struct CoinAgesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coin-ages",
    abstract:
      "Show the ages of a wallet's coins against the locks of its policy, and warn in time.",
    discussion: """
      Each coin has its own clock, which begins with the block that it is mined in: a coin that lies \
      still opens to more and more people. Counts the unspent coins of the policy's first places on \
      your node, by the newest tier that is open for them, and warns of those that come to the last \
      tier within the margin: move them, and their clocks begin anew. A day is 144 blocks.

      Exit status: 0 nothing to move, 1 something to move, 2 the file or the node cannot be read.

      Examples:
        holdfast-verify coin-ages hot-1.policy --node http://alice:secret@127.0.0.1:8332
        holdfast-verify coin-ages cold-1.policy --node http://127.0.0.1:8332 --cookie .cookie \\
          --places 20000 --margin 8640 --json
      """)

  @Argument(help: "File of a registered policy, or a wallet's descriptor file.")
  var policy: String

  @Option(help: "Your Bitcoin node's JSON-RPC: http://user:password@host:port.")
  var node: String

  @Option(help: "The node's cookie file, in place of user and password.")
  var cookie: String?

  @Option(help: "How many places of each branch to look at, from the first; 1 to 1000000.")
  var places: UInt32 = 10_000

  @Option(
    help: "Blocks before the last tier at which a coin is to be moved; a seventh of its lock.")
  var margin: UInt32?

  @Flag(help: "Answer in JSON.")
  var json = false

  func validate() throws {
    guard (1...1_000_000).contains(places) else {
      throw ValidationError("--places: \(places) is outside 1 to 1000000.")
    }
  }

  private struct Result: Encodable {
    struct Tier: Encodable {
      let delayBlocks: UInt32
      let coins: Int
      let satoshi: Int64
      let oldestBlocks: UInt32
      let nextTierInBlocks: UInt32?
    }
    struct Warning: Encodable {
      let coins: Int
      let satoshi: Int64
      let lastTierInBlocks: UInt32
    }
    let height: Int
    let marginBlocks: UInt32
    let tiers: [Tier]
    let warning: Warning?
  }

  func run() async throws {
    let (height, ages) = try await reading { try await lookedAt() }
    print(json ? try jsonText(result(height, ages)) : text(height, ages))
    if ages.warning != nil { throw ExitCode(1) }
  }

  private func lookedAt() async throws -> (height: Int, ages: CoinAges) {
    let descriptor = try PublicFiles.policy(policy)
    let delays: [UInt32]
    let ranges: [ScanRange]
    do {
      delays = try AbsenceMatrix(descriptor).delays
      ranges = try descriptor.branches.map {
        ScanRange(descriptor: $0.text, indices: 0...(places - 1))
      }
    } catch {
      throw Unreadable(description: "\(policy): \(error)")
    }
    do {
      let node = BitcoinNode(
        try NodeEndpoint(parsing: node, cookie: cookie), logger: Logger(label: "holdfast-verify"))
      let scan = try await node.scan(ranges)
      let coins = scan.outputs.map { coin in
        CoinAges.Coin(
          satoshi: coin.output.value,
          age: coin.height.map { UInt32(clamping: scan.height - $0 + 1) } ?? 0)
      }
      return (scan.height, CoinAges(coins, delays: delays, margin: margin))
    } catch {
      throw Unreadable(description: "node: \(error)")
    }
  }

  private func result(_ height: Int, _ ages: CoinAges) -> Result {
    Result(
      height: height, marginBlocks: ages.margin,
      tiers: ages.tiers.map {
        Result.Tier(
          delayBlocks: $0.delay, coins: $0.coins, satoshi: $0.satoshi, oldestBlocks: $0.oldest,
          nextTierInBlocks: $0.next)
      },
      warning: ages.warning.map {
        Result.Warning(coins: $0.coins, satoshi: $0.satoshi, lastTierInBlocks: $0.blocks)
      })
  }

  private func text(_ height: Int, _ ages: CoinAges) -> String {
    var lines = [
      "block \(height)",
      "\("open".padded(24)) \("coins".padded(7)) \("BTC".padded(17)) "
        + "\("oldest".padded(12)) next tier",
    ]
    for tier in ages.tiers {
      let name = tier.delay == 0 ? "at once" : "after \(tier.delay) blocks"
      let next = tier.next.map { "in \(Self.span($0))" } ?? "-"
      lines.append(
        "\(name.padded(24)) \(String(tier.coins).padded(7)) \(Self.bitcoins(tier.satoshi).padded(17)) "
          + "\((tier.coins == 0 ? "-" : Self.span(tier.oldest)).padded(12)) \(next)")
    }
    lines.append("")
    guard let warning = ages.warning else {
      lines.append(
        "nothing to move: no coin comes to the last tier within \(Self.span(ages.margin))")
      return lines.joined(separator: "\n")
    }
    let when = warning.blocks == 0 ? "is open" : "opens in \(Self.span(warning.blocks))"
    lines.append(
      "WARNING  the last tier \(when) for the first of \(warning.coins) coin"
        + "\(warning.coins == 1 ? "" : "s") of \(Self.bitcoins(warning.satoshi)) BTC: move them")
    return lines.joined(separator: "\n")
  }

  /// Such as "2 d" or "31 blocks".
  private static func span(_ blocks: UInt32) -> String {
    blocks < 288 ? "\(blocks) blocks" : "\(blocks / 144) d"
  }

  private static func bitcoins(_ satoshi: Int64) -> String {
    let fraction = String(satoshi.magnitude % 100_000_000)
    return "\(satoshi / 100_000_000)." + String(repeating: "0", count: 8 - fraction.count)
      + fraction
  }
}
