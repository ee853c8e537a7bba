import Money
import Risk
import Structures

/// Withdrawals requested in the last day that were not taken back, per asset and per customer.
struct WithdrawalWindows: Sendable {
  static let hourMilliseconds: Int64 = 3_600_000
  static let dayMilliseconds: Int64 = 24 * hourMilliseconds
  /// Where sums stop growing: above every limit that can matter, and far from wrapping.
  static let ceiling = Amount(units: 1 << 61)

  struct Entry: Equatable, Sendable {
    var at: Timestamp
    var withdrawal: WithdrawalID
    var amount: Amount

    init(at: Timestamp, withdrawal: WithdrawalID, amount: Amount) {
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
  struct Sums: Equatable, Sendable {
    var hour = Amount.zero
    var day = Amount.zero
    var hourCount: UInt32 = 0
  }

  /// By asset index; oldest first.
  private(set) var assets: [[Entry]] = []
  /// Oldest first.
  private var customers: [CustomerKey: [Entry]] = [:]

  init() {}

  /// Rebuilds the windows from the lists by asset of a snapshot; `nil` when they name a withdrawal
  /// that is not in `withdrawals` or not of that asset.
  init?(restoring lists: [[Entry]], of withdrawals: PackedList<Withdrawal>) {
    assets = lists
    for (index, list) in lists.enumerated() {
      for entry in list {
        guard let position = entry.withdrawal.index(in: withdrawals.count),
          let withdrawal = withdrawals[position],
          withdrawal.asset == AssetID(UInt64(index) + 1),
          withdrawal.amount == entry.amount, withdrawal.requestedAt == entry.at
        else { return nil }
        let key = CustomerKey(account: withdrawal.account, asset: withdrawal.asset)
        customers[key, default: []].append(entry)
      }
    }
  }

  func sums(of asset: AssetID, at now: Timestamp) -> Sums {
    asset.index(in: assets.count).map { Self.sums(of: assets[$0], at: now) } ?? Sums()
  }

  func sums(of account: AccountID, asset: AssetID, at now: Timestamp) -> Sums {
    Self.sums(of: customers[CustomerKey(account: account, asset: asset)] ?? [], at: now)
  }

  mutating func add(_ withdrawal: Withdrawal) {
    let index = Int(withdrawal.asset.raw) - 1
    while assets.count <= index { assets.append([]) }
    let entry = Entry(
      at: withdrawal.requestedAt, withdrawal: withdrawal.id, amount: withdrawal.amount)
    Self.append(entry, to: &assets[index])
    let key = CustomerKey(account: withdrawal.account, asset: withdrawal.asset)
    Self.append(entry, to: &customers[key, default: []])
  }

  /// Uncounts a withdrawal that was taken back or refused.
  mutating func remove(_ withdrawal: Withdrawal) {
    if let index = withdrawal.asset.index(in: assets.count) {
      assets[index].removeAll { $0.withdrawal == withdrawal.id }
    }
    let key = CustomerKey(account: withdrawal.account, asset: withdrawal.asset)
    customers[key]?.removeAll { $0.withdrawal == withdrawal.id }
    if customers[key]?.isEmpty == true { customers[key] = nil }
  }

  private static func append(_ entry: Entry, to list: inout [Entry]) {
    let kept = list.firstIndex { $0.at.isWithin(dayMilliseconds, of: entry.at) } ?? list.count
    list.removeFirst(kept)
    list.append(entry)
  }

  private static func sums(of list: [Entry], at now: Timestamp) -> Sums {
    var sums = Sums()
    for entry in list.reversed() {
      guard entry.at.isWithin(dayMilliseconds, of: now) else { break }
      sums.day = min(sums.day + entry.amount, ceiling)
      if entry.at.isWithin(hourMilliseconds, of: now) {
        sums.hour = min(sums.hour + entry.amount, ceiling)
        sums.hourCount += 1
      }
    }
    return sums
  }
}

extension Timestamp {
  /// Whether this instant is less than `milliseconds` before `now`.
  fileprivate func isWithin(_ milliseconds: Int64, of now: Timestamp) -> Bool {
    now.milliseconds - self.milliseconds < milliseconds
  }
}
