public import Engine
import Money

/// The wallet's coins, sorted into those that may be spent now and those that are left alone.
public struct CoinPool: Sendable {
  /// How sure it is that a coin exists.
  public enum Standing: Equatable, Sendable {
    case confirmed
    /// Change of our own transaction that no block has yet; `generation` 1 when that spends confirmed
    /// coins only.
    case ownChange(generation: Int, family: UnconfirmedFamily)
    /// Unconfirmed and a stranger's: he could take it back.
    case foreign
  }

  /// Why a coin is left alone.
  public enum Reason: String, Equatable, Sendable, CaseIterable {
    /// By a person, or because its sender is to be looked at.
    case frozen
    /// So small that nodes do not relay such outputs; often sent to link addresses with each other.
    case dust
    /// Spending it costs more than it is worth, even when fees are usual.
    case neverEconomic
    /// Spending it costs more than it is worth at the fees of now.
    case uneconomicNow
    case unconfirmed
    /// Own change on own change: a chain of transactions that get stuck together.
    case secondGeneration
    /// Nodes would not take one more unconfirmed transaction there.
    case mempoolLimit
  }

  /// What a coin must be.
  public struct Terms: Sendable {
    public var rate: FeeRate
    public var longTerm: FeeRate
    /// Of one input, its witness included.
    public var inputWeight: Int64
    /// Satoshi below which an output of the wallet is not relayed.
    public var dust: Int64
    public var frozen: Set<ChainOutpoint>
    /// Virtual bytes of the transaction that is to be built, for the limits of the mempool.
    public var vbytes: Int64
    public var mempool = MempoolLimits()

    public init(
      rate: FeeRate, longTerm: FeeRate, inputWeight: Int64, dust: Int64,
      frozen: Set<ChainOutpoint> = [], vbytes: Int64 = 1000
    ) {
      self.rate = rate
      self.longTerm = longTerm
      self.inputWeight = inputWeight
      self.dust = dust
      self.frozen = frozen
      self.vbytes = vbytes
    }
  }

  public private(set) var confirmed: [CoinCandidate] = []
  /// Own change of the first generation: only when confirmed coins do not suffice.
  public private(set) var unconfirmed: [CoinCandidate] = []
  /// The others, by their place in the caller's list.
  public private(set) var leftAlone: [(position: Int, reason: Reason)] = []

  /// Sorts `coins`.
  ///
  /// - Parameters:
  ///   - evidence: Bytes that prove a coin's amount to the signers.
  ///   - standing: Of each coin; those of the ledger are all in a block.
  public init(
    _ coins: [OwnedOutput], terms: Terms, evidence: (OwnedOutput) -> Int = { _ in 0 },
    standing: (OwnedOutput) -> Standing = { _ in .confirmed }
  ) {
    let fee = terms.rate.fee(forWeight: terms.inputWeight)
    let longTermFee = terms.longTerm.fee(forWeight: terms.inputWeight)
    confirmed.reserveCapacity(coins.count)
    for (position, coin) in coins.enumerated() {
      let value = coin.amount.units
      let standing = standing(coin)
      if let reason = Self.reason(coin, standing, fee, longTermFee, terms) {
        leftAlone.append((position, reason))
        continue
      }
      let load = CoinLoad(weight: terms.inputWeight, evidence: Int64(evidence(coin)))
      guard
        let candidate = CoinCandidate(
          position: position, value: value, fee: fee, longTermFee: longTermFee, load: load)
      else { continue }
      if standing == .confirmed {
        confirmed.append(candidate)
      } else {
        unconfirmed.append(candidate)
      }
    }
  }

  /// Returns the least wasteful choice: of confirmed coins if they suffice, else with own change too.
  public func select(for request: CoinRequest) -> CoinSelection? {
    if let selection = CoinSelection.best(of: confirmed, for: request) { return selection }
    guard !unconfirmed.isEmpty else { return nil }
    return CoinSelection.best(of: confirmed + unconfirmed, for: request)
  }

  private static func reason(
    _ coin: OwnedOutput, _ standing: Standing, _ fee: Int64, _ longTermFee: Int64, _ terms: Terms
  ) -> Reason? {
    let value = coin.amount.units
    if !terms.frozen.isEmpty, terms.frozen.contains(coin.outpoint) { return .frozen }
    if value < terms.dust { return .dust }
    if value <= longTermFee { return .neverEconomic }
    if value <= fee { return .uneconomicNow }
    switch standing {
    case .confirmed: return nil
    case .foreign: return .unconfirmed
    case .ownChange(let generation, let family):
      if generation > 1 { return .secondGeneration }
      return terms.mempool.allow(childOf: family, vbytes: terms.vbytes) ? nil : .mempoolLimit
    }
  }
}
