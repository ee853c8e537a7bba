public import Bitcoin
import Descriptors
import Engine

/// The scripts of a small wallet in full, to hold against the filters of blocks; see
/// ``BlockFilter``.
///
/// With each script more, a filter matches by chance more often: with 20 000 in one block of 40, with
/// ten million in every one. So a large wallet reads its blocks whole.
public struct FilterScripts: Sendable {
  /// Scripts above which filters do not pay.
  public static let limit = 20_000

  /// All scripts that the wallet knows, those of its unspent coins among them.
  public private(set) var scripts: [Script] = []
  private var counts: [ScriptIndex.Branch: UInt32] = [:]

  /// Creates an empty list.
  public init() {}

  /// Brings the list up to the window of `wallet`.
  ///
  /// - Returns: Whether the list is whole; not when the wallet is too large.
  public mutating func follow(_ wallet: WalletScripts) throws(WalletScripts.Failure) -> Bool {
    guard wallet.count <= Self.limit else { return false }
    for branch in [ScriptIndex.Branch.deposit, .change] {
      let count = wallet.count(of: branch)
      for index in counts[branch, default: 0]..<max(count, counts[branch, default: 0]) {
        scripts.append(
          try wallet.derived(at: ScriptIndex(branch: branch, index: index)).scriptPubKey)
      }
      counts[branch] = count
    }
    return true
  }
}
