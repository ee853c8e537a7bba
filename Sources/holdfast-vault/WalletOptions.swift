public import ArgumentParser
public import Descriptors
import Signing

extension DecayingPolicy.Form: ExpressibleByArgument {}

/// What kind of wallet a ceremony makes.
struct WalletOptions: ParsableArguments {
  enum Policy: String, ExpressibleByArgument, CaseIterable {
    case hot, cold, multisig
  }

  @Option(help: "Who can spend when a coin grows old; see above.")
  var policy = Policy.hot

  @Option(help: "P2WSH (wsh) or taproot (tr) scripts. A multisig is P2WSH.")
  var form = DecayingPolicy.Form.wsh

  @Option(help: "Members of a hot wallet's recovery council, 1 to 15.")
  var council = 5

  @Option(help: "How many of the council must sign.")
  var councilThreshold = 3

  @Option(help: "Trustees of cold storage, 1 to 15.")
  var trustees = 3

  @Option(help: "How many of the trustees must sign in the last tier.")
  var trusteeThreshold = 2

  @Option(help: "How many holders must sign together with a trustee.")
  var jointThreshold = 2

  @Option(
    help: ArgumentHelp(
      "Delays of the later tiers in blocks, growing, at most 65535.", valueName: "blocks,..."))
  var delays: Delays?

  /// Numbers separated by commas.
  struct Delays: ExpressibleByArgument {
    let blocks: [Int]

    init?(argument: String) {
      var blocks: [Int] = []
      for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
        guard let number = Int(part) else { return nil }
        blocks.append(number)
      }
      self.blocks = blocks
    }
  }

  func validate() throws {
    let wanted = [.hot: 2, .cold: 3, .multisig: 0][policy] ?? 0
    if let delays, delays.blocks.count != wanted {
      throw ValidationError(
        "--delays: \(delays.blocks.count) numbers; the policy \(policy.rawValue) has \(wanted).")
    }
    guard policy != .multisig || form == .wsh else {
      throw ValidationError("--form: a multisig is P2WSH; the other policies can be taproot.")
    }
  }

  /// The wallet of so many of `holders`.
  func plan(threshold: Int, holders: Int) -> CeremonyPlan.Wallet {
    let blocks = delays?.blocks ?? []
    switch policy {
    case .multisig: return .multisig(threshold: threshold, holders: holders)
    case .hot:
      let tiers =
        blocks.count == 2
        ? DecayingPolicy.hotTiers(
          threshold: threshold, councilThreshold: councilThreshold, slotDelay: blocks[0],
          councilDelay: blocks[1])
        : DecayingPolicy.hotTiers(threshold: threshold, councilThreshold: councilThreshold)
      return .decaying(
        form, counts: [.holder: holders, .backup: holders, .council: council], tiers: tiers)
    case .cold:
      let tiers =
        blocks.count == 3
        ? DecayingPolicy.coldTiers(
          threshold: threshold, joint: jointThreshold, trustees: trusteeThreshold,
          slotDelay: blocks[0], jointDelay: blocks[1], trusteeDelay: blocks[2])
        : DecayingPolicy.coldTiers(
          threshold: threshold, joint: jointThreshold, trustees: trusteeThreshold)
      return .decaying(
        form, counts: [.holder: holders, .backup: holders, .trustee: trustees], tiers: tiers)
    }
  }
}
