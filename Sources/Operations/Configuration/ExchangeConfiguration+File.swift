import Bitcoin
import Settings
import Descriptors
import Engine
import Money
import Signing
import Structures

extension ExchangeConfiguration {
  /// Reads what the core is told: wallet, operators, holds, assets and markets.
  init(
    _ root: ConfigurationSection, wallet: ConfigurationSection, network: Network,
    guardKey: [UInt8]
  ) throws(ConfigurationError) {
    let withdrawals = try root.section("withdrawals")
    let assets = try Self.assets(root)
    self.init(
      assets: assets, instruments: try Self.instruments(root, assets: assets),
      operators: try Self.operators(root, assets: assets),
      addressCoolingOffMilliseconds: try withdrawals.milliseconds("addressCoolingOff"),
      credentialHoldMilliseconds: try withdrawals.milliseconds("credentialHold"),
      walletDescriptor: try wallet.walletDescriptor(on: network).text, guardKey: guardKey,
      capacity: try ExchangeCapacity(root))
  }

  private static func operators(
    _ root: ConfigurationSection, assets: [Asset]
  ) throws(ConfigurationError) -> [Operator] {
    var operators: [Operator] = []
    for section in try root.sections("operators") {
      let name = try section.string("name")
      guard KeyFile.isLabel(name) else {
        throw section.error(
          "name", "\(name) is not allowed; allowed 1 to 64 letters, digits, blanks and . _ @ -")
      }
      guard !operators.contains(where: { $0.name == name }) else {
        throw section.error("name", "\(name) is there already; each operator is named once")
      }
      let key = try section.bytes("publicKey", count: 32)
      guard !operators.contains(where: { $0.publicKey == key }) else {
        throw section.error(
          "publicKey", "is another operator's already; each operator has a key of his own")
      }
      operators.append(Operator(name: name, publicKey: key))
    }
    guard operators.count >= 2 || !assets.contains(where: { $0.rail == .manual }) else {
      throw root.error(
        "operators", "has \(operators.count) entries; receipts on the manual rail need at least 2")
    }
    return operators
  }
}

/// How the file names an asset's way in and out.
private enum RailName: String, CaseIterable {
  case bitcoin, manual
}

extension ExchangeConfiguration {
  private static func assets(
    _ root: ConfigurationSection
  ) throws(ConfigurationError) -> [Asset] {
    var assets: [Asset] = []
    for section in try root.sections("assets") {
      let asset = try asset(section)
      guard !assets.contains(where: { $0.code == asset.code }) else {
        throw section.error("code", "\(asset.code) is there already; each asset is listed once")
      }
      if asset.rail == .bitcoin, let other = assets.first(where: { $0.rail == .bitcoin }) {
        throw section.error(
          "rail", "\(other.code) is on the rail bitcoin already; one asset is what a wallet holds")
      }
      assets.append(asset)
    }
    guard !assets.isEmpty else { throw root.error("assets", "is missing; at least one is needed") }
    return assets
  }

  private static func asset(
    _ section: ConfigurationSection
  ) throws(ConfigurationError) -> Asset {
    let code = try section.string("code")
    let isCode =
      (1...16).contains(code.utf8.count)
      && code.allSatisfy { $0.isASCII && ($0.isUppercase || $0.isNumber) }
    guard isCode else {
      throw section.error("code", "\(code) is not allowed; allowed 1 to 16 capitals and digits")
    }
    let rail: Asset.Rail =
      try section.choice("rail", of: RailName.self) == .bitcoin ? .bitcoin : .manual
    let decimals = Int(try section.integer("decimals", in: 0...18))
    guard rail == .manual || decimals == 8 else {
      throw section.error("decimals", "\(decimals) is not allowed; the rail bitcoin counts in 8")
    }
    // Below this, nodes do not relay an output to any kind of script (policy "dust").
    let dust: Int64 = rail == .bitcoin ? 546 : 1
    return Asset(
      code: code, name: try section.string("name", default: code), decimals: decimals, rail: rail,
      chain: try section.string("chain"),
      minimumDeposit: try section.amount(
        "minimumDeposit", decimals: decimals, in: 1...Int64.max / 4),
      minimumWithdrawal: try section.amount(
        "minimumWithdrawal", decimals: decimals, in: dust...Int64.max / 4),
      withdrawalFee: try section.amount(
        "withdrawalFee", decimals: decimals, in: 0...Int64.max / 4),
      depositConfirmations: UInt32(
        try section.integer("depositConfirmations", in: 1...1000, default: 3)),
      withdrawalConfirmations: UInt32(
        try section.integer("withdrawalConfirmations", in: 1...1000, default: 3)),
      limits: try limits(try section.section("limits"), decimals: decimals),
      depositLadder: try ladder(section, decimals: decimals),
      withdrawableConfirmations: UInt32(
        try section.integer("withdrawableConfirmations", in: 0...1000, default: 0)))
  }

  /// What larger deposits wait for. That it rises is the core's to check.
  private static func ladder(
    _ section: ConfigurationSection, decimals: Int
  ) throws(ConfigurationError) -> [ConfirmationStep] {
    var steps: [ConfirmationStep] = []
    for step in try section.sections("depositLadder") {
      steps.append(
        ConfirmationStep(
          from: try step.amount("from", decimals: decimals, in: 1...Int64.max / 4),
          confirmations: UInt32(try step.integer("confirmations", in: 1...1000))))
    }
    return steps
  }

  private static func limits(
    _ section: ConfigurationSection, decimals: Int
  ) throws(ConfigurationError) -> WithdrawalLimits {
    func amount(_ key: String) throws(ConfigurationError) -> Amount {
      try section.amount(key, decimals: decimals, in: 0...Int64.max / 4)
    }
    return WithdrawalLimits(
      refuseAbove: try amount("refuseAbove"), reviewAbove: try amount("reviewAbove"),
      delayAbove: try amount("delayAbove"), delayMilliseconds: try section.milliseconds("delay"),
      customerHour: try amount("customerHour"), customerDay: try amount("customerDay"),
      assetHour: try amount("assetHour"), assetDay: try amount("assetDay"),
      countHour: UInt32(try section.integer("countHour", in: 0...1_000_000)),
      firstUseMilliseconds: try section.milliseconds("firstUse"))
  }
}
