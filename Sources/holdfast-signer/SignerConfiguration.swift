import Bitcoin
import Settings
import Descriptors
import FoundationEssentials
import Money
import Signing

/// Everything in the configuration file of `holdfast-signer`.
struct SignerConfiguration {
  var policy: SignerPolicy
  var keyFile: String
  /// Where the passphrase is, when no person types it.
  var passphraseFile: String?
  var record: String
  /// How the guard reaches this signer.
  var link: SignerLink

  init(file: String) throws(ConfigurationError) {
    self = try ConfigurationSection.read(file: file) {
      (root) throws(ConfigurationError) in try SignerConfiguration(root)
    }
  }

  private init(_ root: ConfigurationSection) throws(ConfigurationError) {
    keyFile = try root.path("keyFile")
    passphraseFile = try root.optionalPath("passphraseFile")
    record = try root.path("record")
    let descriptor = try root.walletDescriptor(
      on: try root.choice("network", of: Network.self))
    policy = SignerPolicy(
      network: descriptor.network, asset: try root.string("asset", default: "BTC"),
      chain: try root.string("chain", default: "BTC-Bitcoin"), descriptor: descriptor,
      guardKey: try root.bytes("guardKey", count: 32),
      limits: try Self.limits(try root.section("limits")),
      cold: try root.optionalSection("cold").map { section throws(ConfigurationError) in
        ColdDestination(
          descriptor: try section.walletDescriptor(on: descriptor.network),
          issuerKey: try section.bytes("issuerKey", count: 32))
      })
    link = try SignerLink(try root.section("link"))
  }

  private static func limits(
    _ section: ConfigurationSection
  ) throws(ConfigurationError) -> SigningLimits {
    func satoshi(_ key: String) throws(ConfigurationError) -> Int64 {
      try section.amount(key, decimals: 8, in: 1...Consensus.maximumMoney).units
    }
    return SigningLimits(
      perTransaction: try satoshi("perTransaction"), budgetHour: try satoshi("budgetHour"),
      budgetDay: try satoshi("budgetDay"), networkFee: try satoshi("networkFee"),
      feeRateSatsPerVByte: try section.integer("feeRateSatsPerVByte", in: 1...100_000))
  }
}
