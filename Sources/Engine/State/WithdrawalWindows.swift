package import Money
import Risk
import Structures

/// Withdrawals requested in the last day that were not taken back, per asset and per customer.
package struct WithdrawalWindows: Sendable {
  static let hourMilliseconds: Int64 = 3_600_000
  static let dayMilliseconds: Int64 = 24 * hourMilliseconds
  /// Where sums stop growing: above every limit that can matter, and far from wrapping.
  package static let ceiling = Amount(units: 1 << 61)

  package struct Entry: Equatable, Sendable {
    package var at: Timestamp
    package var withdrawal: WithdrawalID
    package var amount: Amount

    package init(at: Timestamp, withdrawal: WithdrawalID, amount: Amount) {
      self.at = at
      self.withdrawal = withdrawal
      self.amount = amount
    }
  }

  struct CustomerKey: Hashable, Sendable {
    var account: AccountID
    var asset: AssetID
  }

  /// What was requested within some time.
  package struct Sums: Equatable, Sendable {
    package var hour = Amount.zero
    package var day = Amount.zero
    package var hourCount: UInt32 = 0
  }

  /// By asset index.
  private var assets: [WithdrawalWindow] = []
  private var customers: [CustomerKey: WithdrawalWindow] = [:]

  init() {}

  /// By asset index; oldest first.
  var lists: [[Entry]] { assets.map { Array($0.entries) } }

  /// Rebuilds the windows from the lists by asset of a snapshot; `nil` when they name a withdrawal
  /// that is not in `withdrawals` or not of that asset, or are not in order.
  init?(restoring lists: [[Entry]], of withdrawals: PackedList<Withdrawal>) {
    for (index, list) in lists.enumerated() {
      var window = WithdrawalWindow()
      var last: Entry?
      for entry in list {
        guard let position = entry.withdrawal.index(in: withdrawals.count),
          let withdrawal = withdrawals[position],
          withdrawal.asset == AssetID(UInt64(index) + 1),
          withdrawal.amount == entry.amount, withdrawal.requestedAt == entry.at,
          last.map({ $0.withdrawal < entry.withdrawal && $0.at <= entry.at }) ?? true
        else { return nil }
        let key = CustomerKey(account: withdrawal.account, asset: withdrawal.asset)
        customers[key, default: WithdrawalWindow()].append(entry)
        window.append(entry)
        last = entry
      }
      assets.append(window)
    }
  }

  func sums(of asset: AssetID, at now: Timestamp) -> Sums {
    asset.index(in: assets.count).map { assets[$0].sums(at: now) } ?? Sums()
  }

  func sums(of account: AccountID, asset: AssetID, at now: Timestamp) -> Sums {
    customers[CustomerKey(account: account, asset: asset)]?.sums(at: now) ?? Sums()
  }

  mutating func add(_ withdrawal: Withdrawal) {
    let index = Int(withdrawal.asset.raw) - 1
    while assets.count <= index { assets.append(WithdrawalWindow()) }
    let entry = Entry(
      at: withdrawal.requestedAt, withdrawal: withdrawal.id, amount: withdrawal.amount)
    assets[index].append(entry)
    let key = CustomerKey(account: withdrawal.account, asset: withdrawal.asset)
    customers[key, default: WithdrawalWindow()].append(entry)
  }

  /// Uncounts a withdrawal that was taken back or refused.
  mutating func remove(_ withdrawal: Withdrawal) {
    if let index = withdrawal.asset.index(in: assets.count) {
      assets[index].remove(withdrawal.id)
    }
    let key = CustomerKey(account: withdrawal.account, asset: withdrawal.asset)
    customers[key]?.remove(withdrawal.id)
    if customers[key]?.isEmpty == true { customers[key] = nil }
  }

  /// A sum as the rules take it, at most ``ceiling``.
  static func capped(_ sum: Int128) -> Amount {
    Amount(units: Int64(min(sum, Int128(ceiling.units))))
  }
}
