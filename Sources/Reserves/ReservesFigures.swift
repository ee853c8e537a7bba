// Reserves owns the comparison of what is owed with what is there, for one asset at one block. It
// asks no node: the figures are handed to it.
public import Engine
public import Money

/// What is owed of one asset and what stands against it.
public struct ReservesFigures: Equatable, Sendable {
  /// What the coins stand in.
  public enum Evidence: Equatable, Sendable {
    /// Unspent outputs under the wallet's descriptor at a block.
    case chain(ChainPoint)
    /// Receipts, each confirmed by two operators; nobody can check them from outside.
    case attestedByOperators
  }

  public var asset: AssetID
  public var code: String
  /// Decimals of the ledger unit.
  public var decimals: Int
  /// Owed to customers.
  public var owedToCustomers: Amount
  /// Owed in all: customers and the house's own accounts.
  public var owed: Amount
  /// Unspent under the wallet's descriptor, or the sum of the receipts.
  public var onChain: Amount
  /// Of that, received but not credited yet.
  public var uncredited: Amount
  /// Paid out in a block, but not final yet, so still owed in the books.
  public var inFlight: Amount
  public var evidence: Evidence

  public init(
    asset: AssetID, code: String, decimals: Int, owedToCustomers: Amount, owed: Amount,
    onChain: Amount, uncredited: Amount, inFlight: Amount, evidence: Evidence
  ) {
    self.asset = asset
    self.code = code
    self.decimals = decimals
    self.owedToCustomers = owedToCustomers
    self.owed = owed
    self.onChain = onChain
    self.uncredited = uncredited
    self.inFlight = inFlight
    self.evidence = evidence
  }

  /// What stands against ``owed``: on chain, less what is not owed yet, and what the books have not
  /// let go yet.
  public var covered: Amount { onChain - uncredited + inFlight }

  /// Whether everything owed is there, to the last unit.
  public var isCovered: Bool { covered >= owed }

  /// ``covered`` ÷ ``owed`` in millionths, rounded down; `nil` when nothing is owed.
  public var ratioPPM: Int64? {
    guard owed > .zero else { return nil }
    let (quotient, rest) = (Int128(covered.units) * 1_000_000)
      .quotientAndRemainder(dividingBy: Int128(owed.units))
    let floor = rest < 0 ? quotient - 1 : quotient
    return Int64(clamping: floor)
  }

  /// The ratio in per cent with four decimals, rounded down, such as "100.0000"; "-" when nothing is
  /// owed.
  public var ratioPercent: String {
    guard let ratioPPM else { return "-" }
    let sign = ratioPPM < 0 ? "-" : ""
    let whole = ratioPPM.magnitude / 10_000
    let fraction = String(ratioPPM.magnitude % 10_000)
    return "\(sign)\(whole).\(String(repeating: "0", count: 4 - fraction.count))\(fraction)"
  }

  /// `amount` as decimal text of this asset.
  public func text(_ amount: Amount) -> String {
    DecimalText.text(units: amount.units, decimals: decimals)
  }
}
