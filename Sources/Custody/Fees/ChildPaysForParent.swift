/// A stuck transaction with an output of ours, and all its unconfirmed ancestors, as one package.
public struct StuckPackage: Equatable, Sendable {
  /// Fees that are paid already, in satoshi.
  public var fees: Int64
  /// Virtual bytes, at least 1.
  public var vbytes: Int64
  /// What a child would join.
  public var family: UnconfirmedFamily

  public init(fees: Int64, vbytes: Int64, family: UnconfirmedFamily) {
    precondition(vbytes > 0)
    self.fees = fees
    self.vbytes = vbytes
    self.family = family
  }

  public var rate: FeeRate { FeeRate(atMost: max(0, fees), for: vbytes) }
}

/// Whether a child is worth making that pulls its parents into a block.
public enum ChildPlan: Equatable, Sendable {
  /// The package is not stuck.
  case notNeeded(rate: FeeRate)
  /// Spend the output with this fee, in satoshi, and keep the rest.
  case spend(fee: Int64, kept: Int64)
  /// Nodes would refuse one more unconfirmed transaction there.
  case atMempoolLimit
  /// What would be left is dust.
  case worthTooLittle(needed: Int64)
  /// The fee is above what may be spent on it.
  case aboveCeiling(needed: Int64, ceiling: Int64)

  /// Decides on a child that spends one output of `value` satoshi to the wallet itself.
  ///
  /// Miners look at the package: parents and child together must reach the wanted rate, and the child
  /// alone must pay at least it, or it would be left out in turn.
  ///
  /// - Parameters:
  ///   - childVBytes: Of the child once signed, at least 1.
  ///   - dust: Satoshi below which its output is not relayed.
  ///   - ceiling: The most to spend on it, in satoshi.
  public static func plan(
    _ package: StuckPackage, spending value: Int64, wanted: FeeRate, childVBytes: Int64,
    dust: Int64, ceiling: Int64, limits: MempoolLimits = MempoolLimits()
  ) -> ChildPlan {
    let together = wanted.fee(forVBytes: package.vbytes + childVBytes)
    guard package.fees < wanted.fee(forVBytes: package.vbytes) else {
      return .notNeeded(rate: package.rate)
    }
    guard limits.allow(childOf: package.family, vbytes: childVBytes) else { return .atMempoolLimit }
    let fee = max(together - package.fees, wanted.fee(forVBytes: childVBytes))
    guard fee <= ceiling else { return .aboveCeiling(needed: fee, ceiling: ceiling) }
    guard value - fee >= dust else { return .worthTooLittle(needed: fee + dust) }
    return .spend(fee: fee, kept: value - fee)
  }
}
