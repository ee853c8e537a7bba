public import Bitcoin
import Descriptors

/// Why a transaction may not take another one's place.
public enum ReplacementError: Error, Equatable, Sendable {
  /// It shares no input with an earlier version: both could confirm.
  case doesNotConflict(with: TransactionID)
  /// It does not pay exactly what the earlier versions pay.
  case paysSomethingElse
  /// An earlier version does not signal that it may be replaced (BIP-125 rule 1).
  case notReplaceable
  /// It spends an unconfirmed output that no replaced transaction spends (BIP-125 rule 2).
  case newUnconfirmedInput(Outpoint)
  /// It pays less than what it evicts (BIP-125 rule 3).
  case feeBelowReplaced(needed: Int64, paid: Int64)
  /// The increase does not pay for its own relay (BIP-125 rule 4).
  case incrementTooSmall(needed: Int64, paid: Int64)
  /// It would push too many others out (BIP-125 rule 5).
  case evictsTooMany(Int, limit: Int)
  /// Its fee rate is not above that of what it evicts: miners would gain nothing.
  case rateNotHigher(than: FeeRate)
}

/// One version of a transaction that pays something, as far as replacing it needs to know.
public struct PayoutVersion: Equatable, Sendable {
  public let id: TransactionID
  public let inputs: [TransactionInput]
  /// What it pays to others, in order.
  public let payments: [TransactionOutput]
  /// Network fee in satoshi.
  public let fee: Int64
  /// Virtual bytes once it is signed.
  public let vbytes: Int64

  /// Describes a transaction whose outputs beyond the first `paymentCount` come back to the wallet.
  public init(_ transaction: Transaction, paymentCount: Int, fee: Int64, vbytes: Int64) {
    precondition((0...transaction.outputs.count).contains(paymentCount) && vbytes > 0)
    id = transaction.id
    inputs = transaction.inputs
    payments = Array(transaction.outputs.prefix(paymentCount))
    self.fee = fee
    self.vbytes = vbytes
  }

  /// See BIP-125, "Summary": any input with a sequence below 0xfffffffe signals.
  var signalsReplaceability: Bool { inputs.contains { $0.sequence < 0xFFFF_FFFE } }
}

/// Every version of one payout that may have left the house, the first one first.
///
/// A value of this type proves that at most one of them can ever be in the chain: each version spends
/// an output that each other one spends too, and each pays the same. There is no way to a new version
/// but ``replaced(by:rules:family:)``. Withdrawing a payment is not among what it can do.
public struct PayoutLineage: Equatable, Sendable {
  public let versions: [PayoutVersion]

  /// Begins with what was signed first.
  public init(_ first: PayoutVersion) { versions = [first] }

  private init(_ versions: [PayoutVersion]) { self.versions = versions }

  /// Takes the versions that a journal says there are, in any order.
  ///
  /// - Parameter versions: At least one.
  /// - Throws: ``ReplacementError/doesNotConflict(with:)`` or ``ReplacementError/paysSomethingElse``
  ///   when two of them could both confirm, or pay different things.
  public init(known versions: [PayoutVersion]) throws(ReplacementError) {
    precondition(!versions.isEmpty, "a payout has at least one version")
    for (index, version) in versions.enumerated() {
      let spent = Set(version.inputs.map(\.outpoint))
      for earlier in versions[..<index] {
        guard earlier.inputs.contains(where: { spent.contains($0.outpoint) }) else {
          throw .doesNotConflict(with: earlier.id)
        }
        guard earlier.payments == version.payments else { throw .paysSomethingElse }
      }
    }
    self.versions = versions.sorted { $0.fee < $1.fee }
  }

  /// The newest version, which is the dearest.
  public var latest: PayoutVersion { versions[versions.count - 1] }

  /// Returns the lineage with one version more, when it keeps the promise to pay at most once and
  /// nodes take it in place of the latest.
  ///
  /// - Parameter evicted: What else hangs on the latest version and goes with it: our own children
  ///   and strangers' spends of what it pays.
  public func replaced(
    by version: PayoutVersion, rules: ReplacementRules, evicted: ReplacementRules.Evicted = .none,
    isConfirmed: (Outpoint) -> Bool
  ) throws(ReplacementError) -> PayoutLineage {
    let spent = Set(version.inputs.map(\.outpoint))
    for earlier in versions {
      guard earlier.inputs.contains(where: { spent.contains($0.outpoint) }) else {
        throw .doesNotConflict(with: earlier.id)
      }
    }
    guard version.payments == latest.payments else { throw .paysSomethingElse }
    try rules.check(version, replaces: latest, evicted: evicted, isConfirmed: isConfirmed)
    return PayoutLineage(versions + [version])
  }
}

/// When nodes let one transaction take another's place. See BIP-125 and Bitcoin Core,
/// `policy/rbf.cpp`.
public struct ReplacementRules: Equatable, Sendable {
  /// What relaying a replacement costs, over what was paid before: 100 satoshi per kvB since Bitcoin
  /// Core 30, 1000 before. The higher is right everywhere.
  public var relayIncrement: FeeRate
  /// Clusters of the mempool, and transactions before there were clusters, that may be touched.
  public var evictionLimit = 100

  public init(relayIncrement: FeeRate) { self.relayIncrement = relayIncrement }

  /// Descendants of what is replaced.
  public struct Evicted: Equatable, Sendable {
    public var count: Int
    /// Their fees together, in satoshi.
    public var fees: Int64

    public init(count: Int, fees: Int64) {
      self.count = count
      self.fees = fees
    }

    public static let none = Evicted(count: 0, fees: 0)
  }

  /// Returns the least fee, in satoshi, with which a transaction of `vbytes` may replace `old`.
  public func leastFee(replacing old: PayoutVersion, evicted: Evicted, vbytes: Int64) -> Int64 {
    let increment = relayIncrement.fee(forVBytes: vbytes)
    // The rate must be higher, strictly: one satoshi above what the old one would pay at this size.
    let sameRate = Int128(old.fee) * Int128(vbytes) / Int128(old.vbytes)
    return max(old.fee + evicted.fees + increment, Int64(clamping: sameRate) + 1)
  }

  func check(
    _ new: PayoutVersion, replaces old: PayoutVersion, evicted: Evicted,
    isConfirmed: (Outpoint) -> Bool
  ) throws(ReplacementError) {
    guard old.signalsReplaceability else { throw .notReplaceable }
    let known = Set(old.inputs.map(\.outpoint))
    for input in new.inputs where !known.contains(input.outpoint) && !isConfirmed(input.outpoint) {
      throw .newUnconfirmedInput(input.outpoint)
    }
    let paidBefore = old.fee + evicted.fees
    guard new.fee >= paidBefore else {
      throw .feeBelowReplaced(needed: paidBefore, paid: new.fee)
    }
    let increment = relayIncrement.fee(forVBytes: new.vbytes)
    guard new.fee - paidBefore >= increment else {
      throw .incrementTooSmall(needed: increment, paid: new.fee - paidBefore)
    }
    guard 1 + evicted.count <= evictionLimit else {
      throw .evictsTooMany(1 + evicted.count, limit: evictionLimit)
    }
    guard Int128(new.fee) * Int128(old.vbytes) > Int128(old.fee) * Int128(new.vbytes) else {
      throw .rateNotHigher(than: FeeRate(atMost: max(0, old.fee), for: old.vbytes))
    }
  }
}
