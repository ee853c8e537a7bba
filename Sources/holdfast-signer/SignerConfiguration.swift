import Bitcoin
import Settings
import Descriptors
import FoundationEssentials
import Money
import Policies
import SignerProtocol
import Signing

/// Everything in the configuration file of `holdfast-signer`.
struct SignerConfiguration {
  var policy: SignerPolicy
  var key: KeySource
  var record: String
  /// How the guard reaches this signer.
  var link: SignerLink
  /// Who lifts a freeze.
  var unfreeze: UnfreezeRules
  /// This end's own link key.
  var linkKeyFile: String
  /// Where the holder is asked, if he is.
  var terminal: String?

  init(file: String) throws(ConfigurationError) {
    self = try ConfigurationSection.read(file: file) {
      (root) throws(ConfigurationError) in try SignerConfiguration(root)
    }
  }

  private init(_ root: ConfigurationSection) throws(ConfigurationError) {
    key = try KeySource(root)
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
      }, finality: try Self.finality(root, on: descriptor.network),
      headers: try root.optionalSection("headers").map(Self.headers))
    if let quorum = try? descriptor.quorum {
      policy.witnesses = Int(
        try root.integer("witnesses", in: 0...Int64(quorum.keys.count - 1), default: 0))
    }
    policy.changeFrom = UInt32(
      try root.integer("changeFrom", in: 0...Int64(Int32.max), default: 0))
    if key.isECDSAAlone,
      (try? descriptor.script(branch: 0, index: 0).spendingPath())?.isTaproot == true
    {
      throw root.error(
        "token", "cannot sign for a taproot wallet: PKCS#11 has ECDSA, and no BIP-340")
    }
    if policy.network == .mainnet, policy.headers == nil {
      throw root.error("headers", "is missing: with real coins the clock is set against the chain")
    }
    if let section = try root.optionalSection("approval") {
      terminal = try section.path("terminal")
      policy.approval = ApprovalTerms(
        above: try section.amount("above", decimals: 8, in: 0...Consensus.maximumMoney).units,
        timeoutMilliseconds: try section.milliseconds("timeout", default: 600_000))
    }
    if let section = try root.optionalSection("policy") {
      policy.changing = try section.changeRules()
    }
    unfreeze = try Self.unfreeze(try root.section("unfreeze"))
    let section = try root.section("link")
    linkKeyFile = try section.path("keyFile")
    link = try SignerLink(section)
  }

  private static func unfreeze(
    _ section: ConfigurationSection
  ) throws(ConfigurationError) -> UnfreezeRules {
    var people: [String: [UInt8]] = [:]
    for person in try section.sections("people") {
      let name = try person.string("name")
      guard people[name] == nil else { throw person.error("name", "\(name) appears twice") }
      people[name] = try person.bytes("publicKey", count: 32)
    }
    let approvals = try section.integer("approvals", in: 2...64)
    guard
      let rules = UnfreezeRules(
        approvals: Int(approvals), delayMilliseconds: try section.milliseconds("delay"),
        people: people)
    else {
      throw section.error(
        "people", "needs \(approvals) people or more, each with a key of his own")
    }
    return rules
  }

  /// Only where blocks cost nothing is there anything to assume.
  private static func finality(
    _ root: ConfigurationSection, on network: Network
  ) throws(ConfigurationError) -> FinalityTerms? {
    guard let section = try root.optionalSection("finality") else {
      return network == .regtest ? .regtest : nil
    }
    let bits = try section.bytes("easiestBits", count: 4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    guard BlockHeader.target(ofBits: bits) != nil else {
      throw section.error("easiestBits", "is no target of a block header")
    }
    return FinalityTerms(
      blocks: Int(try section.integer("blocks", in: 1...Int64(MessageLimit.headers))),
      easiestBits: bits)
  }

  private static func headers(
    _ section: ConfigurationSection
  ) throws(ConfigurationError) -> HeaderTerms {
    let bytes = try section.bytes("checkpoint", count: 80)
    guard let header = try? BlockHeader(parsing: bytes), header.hasProofOfWork else {
      throw section.error("checkpoint", "is no block header with its work")
    }
    let height = try section.integer("height", in: 0...10_000_000)
    guard Int(height) % Difficulty.period == 0 else {
      throw section.error("height", "\(height) is no multiple of \(Difficulty.period)")
    }
    let age = try section.milliseconds("maximumAge") / 1000
    guard age >= 600 else { throw section.error("maximumAge", "is below 10 minutes") }
    return HeaderTerms(checkpoint: header, height: Int(height), maximumAgeSeconds: age)
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
      feeRateSatsPerVByte: try section.integer("feeRateSatsPerVByte", in: 1...100_000),
      refusals: Int(try section.integer("refusals", in: 1...100_000, default: 100)))
  }
}
