// Custody owns what the exchange knows about its coins: which scripts are its own, what a block
// brings and takes, which coins pay which withdrawals. It opens no socket and holds no private key.
public import Bitcoin
public import Descriptors
public import Engine

/// The scripts of the hot wallet, by what an output pays to.
///
/// A descriptor has no end; the window here covers every place handed out so far and `lookAhead`
/// places more, so that a block which is scanned before the newest address reached the journal still
/// shows its deposit. ``cover(deposits:changes:)`` moves the window on.
public struct WalletScripts: Sendable {
  /// The hot wallet: branch 0 receives deposits, branch 1 change.
  public let descriptor: Descriptor
  /// Places known beyond the last one handed out, on each branch.
  public let lookAhead: UInt32
  private var indices: [Script: ScriptIndex] = [:]
  private var covered: [ScriptIndex.Branch: UInt32] = [:]

  /// Why a descriptor cannot be the hot wallet's.
  public enum Failure: Error, Equatable, Sendable {
    /// It has no index, or not exactly the branches for deposits and change.
    case notADepositAndChangeWallet(branches: Int, isRanged: Bool)
    /// A script cannot be derived.
    case descriptor(DescriptorError)
  }

  /// Creates the scripts of the first `lookAhead` places of both branches.
  ///
  /// - Parameters:
  ///   - descriptor: A ranged descriptor with the branches `<0;1>`.
  ///   - lookAhead: At least 1.
  public init(descriptor: Descriptor, lookAhead: UInt32 = 100) throws(Failure) {
    precondition(lookAhead > 0, "a wallet looks at least one place ahead")
    guard descriptor.isRanged, descriptor.branchCount == 2 else {
      throw .notADepositAndChangeWallet(
        branches: descriptor.branchCount, isRanged: descriptor.isRanged)
    }
    self.descriptor = descriptor
    self.lookAhead = lookAhead
    try cover(deposits: 0, changes: 0)
  }

  /// Number of places known on `branch`; what a scan of the chain must at least look at.
  public func count(of branch: ScriptIndex.Branch) -> UInt32 { covered[branch, default: 0] }

  /// Moves the window on, never back.
  ///
  /// - Parameters:
  ///   - deposits: Places handed out on the deposit branch.
  ///   - changes: Places used on the change branch.
  public mutating func cover(deposits: UInt32, changes: UInt32) throws(Failure) {
    try cover(.deposit, upTo: deposits)
    try cover(.change, upTo: changes)
  }

  /// Returns where in the wallet `script` belongs, or `nil` when it is not ours or lies beyond the
  /// window.
  public func index(of script: Script) -> ScriptIndex? { indices[script] }

  /// Returns the scripts and keys at `index`.
  public func derived(at index: ScriptIndex) throws(Failure) -> DerivedScript {
    do {
      return try descriptor.script(branch: Int(index.branch.rawValue), index: index.index)
    } catch {
      throw .descriptor(error)
    }
  }

  /// Returns the text of the address at `index` on the descriptor's network.
  public func address(at index: ScriptIndex) throws(Failure) -> String? {
    Address.text(for: try derived(at: index).scriptPubKey, network: descriptor.network)
  }

  private mutating func cover(_ branch: ScriptIndex.Branch, upTo used: UInt32) throws(Failure) {
    let end = used.addingReportingOverflow(lookAhead)
    let limit = min(end.overflow ? .max : end.partialValue, 1 << 31)
    let start = count(of: branch)
    guard start < limit else { return }
    for position in start..<limit {
      let index = ScriptIndex(branch: branch, index: position)
      indices[try derived(at: index).scriptPubKey] = index
    }
    covered[branch] = limit
  }
}
