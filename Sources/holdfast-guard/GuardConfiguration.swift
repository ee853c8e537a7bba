import Bitcoin
import Custody
import Descriptors
import FoundationEssentials
import Guard
import Logging
import Money
import Nodes
import Policies
import Settings

/// Everything in the configuration file of `holdfast-guard`.
struct GuardConfiguration {
  /// What the network fee may be.
  struct Fees {
    var policy: FeePolicy
    /// The estimate aims at confirmation within so many blocks.
    var confirmWithinBlocks: Int
  }

  enum LogLevel: String, CaseIterable {
    case trace, debug, info, notice, warning, error
  }

  var policy: GuardPolicy
  var keyFile: String
  var passphraseFile: String?
  var record: String
  /// The online server's internal listener, such as http://127.0.0.1:8081.
  var server: String
  var tokenFile: String
  var node: NodeEndpoint
  /// Another node of the same chain, to compare the first with.
  var secondNode: NodeEndpoint?
  /// How long the two may differ before that is an alarm, in milliseconds.
  var nodesToleranceMilliseconds: Int64
  /// Where the list of sanctioned addresses is, if one counts.
  var sanctionsFile: String?
  /// How owners are told of changes, if this guard tells them.
  var notices: NoticeSettings?
  /// Where people put policy documents, if they sign them.
  var policyFolder: String?
  var signers: [SignerLink]
  /// The guard's own end of every line.
  var linkKeyFile: String
  var signerTimeoutMilliseconds: Int64
  var fees: Fees
  /// The key holders' log, if this guard keeps it.
  var keyHolders: KeyHolderFiles?
  var logLevel: Logger.Level

  init(file: String) throws(ConfigurationError) {
    self = try ConfigurationSection.read(file: file) {
      (root) throws(ConfigurationError) in try GuardConfiguration(root)
    }
  }

  private init(_ root: ConfigurationSection) throws(ConfigurationError) {
    keyFile = try root.path("keyFile")
    passphraseFile = try root.optionalPath("passphraseFile")
    record = try root.path("record")
    let online = try root.section("server")
    server = try Self.url(online)
    tokenFile = try online.path("tokenFile")
    node = try Self.node(try root.section("node"))
    secondNode = try root.optionalSection("secondNode").map {
      section throws(ConfigurationError) in try Self.node(section)
    }
    nodesToleranceMilliseconds = try root.milliseconds(
      "nodesTolerance", in: 0...86_400_000, default: 600_000)
    // Opened once: a section knows which of its keys were asked for.
    let feeSection = try root.optionalSection("fees")
    let sanctions = try Self.sanctions(root)
    sanctionsFile = sanctions?.file
    policy = try Self.policy(root, feeSection, sanctions?.terms)
    notices = try root.optionalSection("notices").map {
      section throws(ConfigurationError) in try NoticeSettings(section)
    }
    policy.givesNotices = notices != nil
    if let section = try root.optionalSection("policy") {
      policy.changing = try section.changeRules()
      policyFolder = try section.path("folder")
    }
    linkKeyFile = try root.path("linkKeyFile")
    signers = []
    for section in try root.sections("signers") { signers.append(try SignerLink(section)) }
    guard signers.count == policy.quorum.keys.count else {
      throw root.error(
        "signers", "names \(signers.count); the wallet has \(policy.quorum.keys.count) holders")
    }
    signerTimeoutMilliseconds = try root.milliseconds(
      "signerTimeout", in: 100...600_000, default: 10_000)
    fees = Fees(
      policy: try Self.feePolicy(root, feeSection),
      confirmWithinBlocks: Int(
        try feeSection?.integer("confirmWithinBlocks", in: 1...1008, default: 6) ?? 6))
    keyHolders = try root.optionalSection("keyHolders").map {
      section throws(ConfigurationError) in try KeyHolderFiles(section)
    }
    let level = try root.optionalSection("log")?.choice("level", of: LogLevel.self) ?? .info
    logLevel = Logger.Level(rawValue: level.rawValue) ?? .info
  }

  private static func consolidation(
    _ root: ConfigurationSection
  ) throws(ConfigurationError) -> Consolidation.Policy? {
    guard let section = try root.optionalSection("consolidation") else { return nil }
    let below = try section.integer("belowSatsPerVByte", in: 1...10_000, default: 3)
    return Consolidation.Policy(
      below: FeeRate(satsPerVByte: below) ?? .relayed,
      coinCount: Int(try section.integer("aboveCoins", in: 2...1_000_000, default: 200)),
      largest: try section.amount("coinsBelow", decimals: 8, in: 1...Consensus.maximumMoney).units)
  }

  private static func sanctions(
    _ root: ConfigurationSection
  ) throws(ConfigurationError) -> (file: String, terms: SanctionsTerms)? {
    guard let section = try root.optionalSection("sanctions") else { return nil }
    return (
      try section.path("file"),
      SanctionsTerms(
        key: try section.bytes("issuerKey", count: 32),
        maximumAge: try section.milliseconds(
          "maximumAge", in: 60_000...2_592_000_000, default: 86_400_000))
    )
  }

  private static func ladder(
    _ root: ConfigurationSection
  ) throws(ConfigurationError) -> CoinLadder? {
    let sections = try root.has("ladder") ? root.sections("ladder") : []
    var rungs: [CoinLadder.Rung] = []
    for section in sections {
      rungs.append(
        CoinLadder.Rung(
          amount: try section.amount("amount", decimals: 8, in: 10_000...Consensus.maximumMoney)
            .units,
          count: Int(try section.integer("count", in: 1...100_000))))
    }
    guard !rungs.isEmpty else { return nil }
    guard let ladder = CoinLadder(rungs) else {
      throw root.error("ladder", "names amounts that do not fall from one to the next")
    }
    return ladder
  }

  private static func float(
    _ root: ConfigurationSection, on network: Network
  ) throws(ConfigurationError) -> FloatTerms? {
    guard let section = try root.optionalSection("cold") else { return nil }
    guard
      let policy = FloatPolicy(
        targetBasisPoints: try section.integer("targetBasisPoints", in: 1...10_000, default: 500),
        lowBasisPoints: try section.integer("lowBasisPoints", in: 0...9_999, default: 5_000),
        highBasisPoints: try section.integer(
          "highBasisPoints", in: 10_001...1_000_000, default: 15_000),
        smallestMove: try section.amount(
          "smallestMove", decimals: 8, in: 10_000...Consensus.maximumMoney
        ).units)
    else { throw section.error("targetBasisPoints", "the band contradicts itself") }
    let below = try section.integer("sweepBelowSatsPerVByte", in: 2...10_000, default: 20)
    return FloatTerms(
      cold: try section.walletDescriptor(on: network),
      issuerKey: try section.bytes("issuerKey", count: 32), policy: policy,
      fewHoldersBasisPoints: try section.integer(
        "fewHoldersBasisPoints", in: 1...10_000, default: 5_000),
      sweepBelow: FeeRate(satsPerVByte: below) ?? .relayed)
  }

  private static func feePolicy(
    _ root: ConfigurationSection, _ section: ConfigurationSection?
  ) throws(ConfigurationError) -> FeePolicy {
    func rate(_ key: String, default value: Int64) throws(ConfigurationError) -> FeeRate {
      let rate = try section?.integer(key, in: 1...10_000, default: value) ?? value
      return FeeRate(satsPerVByte: rate) ?? .relayed
    }
    let ceiling = try rate("maximumRateSatsPerVByte", default: 50)
    // A fallback above the ceiling was always cut down to it.
    let fallback = min(try rate("fallbackRateSatsPerVByte", default: 5), ceiling)
    guard
      let policy = FeePolicy(
        floor: .relayed, ceiling: ceiling, fallback: fallback, longTerm: min(.usual, ceiling))
    else { throw root.error("fees", "the rates contradict each other") }
    return policy
  }

  private static func policy(
    _ root: ConfigurationSection, _ fees: ConfigurationSection?, _ sanctions: SanctionsTerms?
  ) throws(ConfigurationError) -> GuardPolicy {
    var operators: [String: [UInt8]] = [:]
    for section in try root.sections("operators") {
      let name = try section.string("name")
      guard operators[name] == nil else { throw section.error("name", "\(name) appears twice") }
      operators[name] = try section.bytes("publicKey", count: 32)
    }
    let limits = try root.section("limits")
    func satoshi(_ key: String) throws(ConfigurationError) -> Int64 {
      try limits.amount(key, decimals: 8, in: 1...Consensus.maximumMoney).units
    }
    let delays = try root.section("delays")
    let asset = try root.string("asset", default: "BTC")
    let descriptor = try root.walletDescriptor(on: try root.choice("network", of: Network.self))
    let confirmations = UInt32(try root.integer("minimumConfirmations", in: 1...300))
    let guardLimits = GuardLimits(
      perWithdrawal: try satoshi("perWithdrawal"), budgetHour: try satoshi("budgetHour"),
      budgetDay: try satoshi("budgetDay"))
    let guardDelays = GuardDelays(
      newAddress: try delays.milliseconds("newAddress"),
      newKey: try delays.milliseconds("newKey"),
      lookAlike: try delays.milliseconds("lookAlike", default: 259_200_000),
      newContact: try delays.milliseconds("newContact", default: 259_200_000))
    let validity = try root.milliseconds(
      "releaseValidity", in: 60_000...2_592_000_000, default: 3_600_000)
    let replaceAfter =
      try fees?.milliseconds(
        "replaceAfter", in: 1_000...2_592_000_000, default: 3_600_000) ?? 3_600_000
    let gathering = try consolidation(root)
    let ladder = try ladder(root)
    let float = try float(root, on: descriptor.network)
    let passkeySite = try root.passkeySite()
    let former = try root.formerDescriptors(on: descriptor.network)
    let rotationFee = try root.amount(
      "rotationFee", decimals: 8, in: 0...100_000_000, default: Amount(units: 1_000_000))
    let reopening = ReopeningTerms(
      drainPerHour: UInt32(
        try root.optionalSection("reopening")?.integer(
          "drainPerHour", in: 1...1_000_000, default: 600) ?? 600))
    do {
      var policy = try GuardPolicy(
        asset: asset, descriptor: descriptor, operators: operators,
        minimumConfirmations: confirmations, limits: guardLimits, delays: guardDelays,
        releaseValidityMilliseconds: validity, replaceAfterMilliseconds: replaceAfter,
        consolidation: gathering, ladder: ladder, passkeySite: passkeySite, sanctions: sanctions,
        float: float)
      policy.former = former
      policy.rotationFee = rotationFee.units
      policy.reopening = reopening
      return policy
    } catch {
      throw root.error("descriptorFile", "\(error)")
    }
  }

  private static func url(_ section: ConfigurationSection) throws(ConfigurationError) -> String {
    let text = try section.string("url")
    guard text.hasPrefix("http://") || text.hasPrefix("https://") else {
      throw section.error("url", "\(text) is no address; expected such as http://127.0.0.1:8081")
    }
    return text.hasSuffix("/") ? String(text.dropLast()) : text
  }

  private static func node(
    _ section: ConfigurationSection
  ) throws(ConfigurationError) -> NodeEndpoint {
    let url = try section.string("url")
    let cookie = try section.optionalPath("cookieFile")
    let user = try section.optionalString("user")
    let passwordFile = try section.optionalPath("passwordFile")
    switch (cookie, user, passwordFile) {
    case (let cookie?, nil, nil):
      return NodeEndpoint(url: url, authentication: .cookie(path: cookie))
    case (nil, let user?, let path?):
      guard let text = try? String(contentsOfFile: path, encoding: .utf8),
        let password = text.split(whereSeparator: \.isNewline).first
      else { throw section.error("passwordFile", "\(path) cannot be read") }
      return NodeEndpoint(url: url, authentication: .user(user, password: String(password)))
    default:
      throw section.error(
        "cookieFile", "does not say who asks; expected cookieFile alone, or user and passwordFile")
    }
  }
}
