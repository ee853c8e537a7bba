import Matching
import Money
import Structures

// What a configuration must keep to so that no later command can trap. Each problem is one line
// that names the field, what is wrong and what is allowed.

extension ExchangeConfiguration {
  /// Ten years: no wait is longer.
  static let longestWaitMilliseconds: Int64 = 10 * 366 * 24 * 3_600_000

  /// The first thing wrong, or `nil`.
  var problem: String? {
    for (index, asset) in assets.enumerated() {
      if let problem = asset.problem { return "assets[\(index)].\(problem)" }
      if assets[..<index].contains(where: { $0.code == asset.code }) {
        return "assets[\(index)].code: \(asset.code) appears twice"
      }
    }
    if assets.count(where: { $0.rail == .bitcoin }) > 1 {
      return "assets: only one asset can be on the Bitcoin chain"
    }
    for (index, instrument) in instruments.enumerated() {
      if let problem = problem(of: instrument) { return "instruments[\(index)].\(problem)" }
      if instruments[..<index].contains(where: { $0.symbol == instrument.symbol }) {
        return "instruments[\(index)].symbol: \(instrument.symbol) appears twice"
      }
    }
    for (index, person) in operators.enumerated() {
      if person.name.utf8.isEmpty || person.name.utf8.count > 64 {
        return "operators[\(index)].name: must have 1 to 64 bytes"
      }
      if person.publicKey.count != 32 {
        return "operators[\(index)].publicKey: must be 32 bytes"
      }
      if operators[..<index].contains(where: {
        $0.name == person.name || $0.publicKey == person.publicKey
      }) {
        return "operators[\(index)]: name or key appears twice"
      }
    }
    if let problem = capacity.problem { return "capacity.\(problem)" }
    return Self.problem(ofWait: addressCoolingOffMilliseconds, "addressCoolingOffMilliseconds")
      ?? Self.problem(ofWait: credentialHoldMilliseconds, "credentialHoldMilliseconds")
      ?? (guardKey.count == 32 ? nil : "guardKey: must be 32 bytes")
  }

  /// What `self` may not change of `old`, or `nil`. Assets and markets are only ever appended.
  func problem(after old: ExchangeConfiguration) -> String? {
    guard assets.count >= old.assets.count else { return "assets: none can be removed" }
    for (index, (new, old)) in zip(assets, old.assets).enumerated()
    where new.code != old.code || new.decimals != old.decimals || new.rail != old.rail {
      return "assets[\(index)]: code, decimals and rail of \(old.code) cannot change"
    }
    guard instruments.count >= old.instruments.count else {
      return "instruments: none can be removed"
    }
    for (index, (new, old)) in zip(instruments, old.instruments).enumerated()
    where new.symbol != old.symbol || new.base != old.base || new.quote != old.quote
      || new.tickUnits != old.tickUnits || new.lotUnits != old.lotUnits
    {
      return "instruments[\(index)]: symbol, assets, tick and lot of \(old.symbol) cannot change"
    }
    for (index, (new, old)) in zip(instruments, old.instruments).enumerated()
    where capacity.watchesLevels(of: old) && !capacity.watchesLevels(of: new) {
      // Orders of the old size may rest, and who places the next one would not look at their sum.
      return "instruments[\(index)]: maximumSize of \(old.symbol) cannot fall from"
        + " \(old.maximumSize.count) to \(new.maximumSize.count) lots; the least is"
        + " \(capacity.largestUnwatchedSize + 1)"
    }
    guard capacity == old.capacity else { return "capacity: cannot change while the exchange runs" }
    guard walletDescriptor == old.walletDescriptor else {
      return "walletDescriptor: cannot change while its addresses are in use"
    }
    return nil
  }

  fileprivate static func problem(ofWait milliseconds: Int64, _ field: String) -> String? {
    (0...longestWaitMilliseconds).contains(milliseconds)
      ? nil : "\(field): \(milliseconds) is out of range; allowed 0 to \(longestWaitMilliseconds)"
  }

  private func problem(of instrument: Instrument) -> String? {
    guard (1...32).contains(instrument.symbol.utf8.count) else {
      return "symbol: must have 1 to 32 bytes"
    }
    guard let base = instrument.base.index(in: assets.count) else {
      return "base: \(instrument.base) names no asset"
    }
    guard instrument.quote.index(in: assets.count) != nil else {
      return "quote: \(instrument.quote) names no asset"
    }
    guard instrument.base != instrument.quote else { return "quote: must differ from base" }
    guard
      NotionalScale(
        tickUnits: instrument.tickUnits, lotUnits: instrument.lotUnits,
        baseDecimals: assets[base].decimals) != nil
    else { return "tickUnits, lotUnits: each at least 1, their product below 2^63" }
    let (largest, overflow) = instrument.maximumSize.count
      .multipliedReportingOverflow(by: instrument.lotUnits)
    guard instrument.minimumSize >= Lots(1), instrument.minimumSize <= instrument.maximumSize,
      !overflow, largest <= NotionalScale.ceiling.units
    else {
      return "minimumSize, maximumSize: 1 ≤ minimum ≤ maximum, at most 2^60 units of base"
    }
    guard instrument.feeTiers.count <= FeeTier.countLimit else {
      return "feeTiers: has \(instrument.feeTiers.count); allowed \(FeeTier.countLimit)"
    }
    for tier in 0...instrument.feeTiers.count {
      let fees = instrument.fees(ofTier: tier)
      guard (0...100_000).contains(fees.takerPPM), (-100_000...100_000).contains(fees.makerPPM)
      else { return "makerFeePPM, takerFeePPM: allowed -100000 and 0 to 100000" }
    }
    let shares: ClosedRange<Int64> = 0...1_000_000
    guard shares.contains(instrument.priceLimitPPM), shares.contains(instrument.marketBandPPM)
    else { return "priceLimitPPM, marketBandPPM: allowed 0 to 1000000" }
    guard (1...4000).contains(instrument.openOrdersLimit) else {
      return "openOrdersLimit: \(instrument.openOrdersLimit) is out of range; allowed 1 to 4000"
    }
    return nil
  }
}

extension FeeTier {
  /// How many tiers there may be beyond the first.
  static let countLimit = 15
}

extension ExchangeCapacity {
  fileprivate var problem: String? {
    for (field, count, limit) in [
      ("orders", orders, UInt32(1) << 26), ("accounts", accounts, 1 << 26),
      ("balances", balances, 1 << 28), ("algos", algos, 1 << 24),
    ] where !(16...limit).contains(count) {
      return "\(field): \(count) is out of range; allowed 16 to \(limit)"
    }
    return nil
  }
}

extension Asset {
  fileprivate var problem: String? {
    guard (1...16).contains(code.utf8.count) else { return "code: must have 1 to 16 bytes" }
    guard (0...18).contains(decimals) else {
      return "decimals: \(decimals) is out of range; allowed 0 to 18"
    }
    for (field, amount) in [
      ("minimumDeposit", minimumDeposit), ("minimumWithdrawal", minimumWithdrawal),
      ("withdrawalFee", withdrawalFee),
    ] where amount < .zero || amount > NotionalScale.ceiling {
      return "\(field): \(amount.units) is out of range; allowed 0 to 2^60 units"
    }
    let confirmations: ClosedRange<UInt32> = 1...UInt32(ChainRegister.recentLimit)
    guard confirmations.contains(depositConfirmations) else {
      return "depositConfirmations: \(depositConfirmations) is out of range; allowed 1 to 300"
    }
    guard confirmations.contains(withdrawalConfirmations) else {
      return "withdrawalConfirmations: \(withdrawalConfirmations) is out of range; allowed 1 to 300"
    }
    return ladderProblem(limit: UInt32(ChainRegister.recentLimit))
      ?? limits.problem.map { "limits." + $0 }
  }
}

extension WithdrawalLimits {
  fileprivate var problem: String? {
    for (field, amount) in [
      ("refuseAbove", refuseAbove), ("reviewAbove", reviewAbove), ("delayAbove", delayAbove),
      ("customerHour", customerHour), ("customerDay", customerDay), ("assetHour", assetHour),
      ("assetDay", assetDay),
    ] where amount < .zero {
      return "\(field): \(amount.units) is out of range; at least 0"
    }
    return ExchangeConfiguration.problem(ofWait: delayMilliseconds, "delayMilliseconds")
      ?? ExchangeConfiguration.problem(ofWait: firstUseMilliseconds, "firstUseMilliseconds")
  }
}

extension ExchangeCapacity {
  /// The largest size of which as many orders as there may be have a sum below 2^63 lots.
  fileprivate var largestUnwatchedSize: Int64 { Int64.max / Int64(orders) }

  /// Whether so many orders could rest at one price that their sum, in lots, has to be watched.
  func watchesLevels(of instrument: Instrument) -> Bool {
    instrument.maximumSize.count > largestUnwatchedSize
  }
}
