public import Money
public import Wire

/// All balances of all assets.
///
/// Assets and customers are counted from 0 here; the caller keeps their names.
public struct Ledger: Equatable, Sendable {
  private var columns: [AssetColumn]

  /// No asset may hold more units than this, so that no sum of balances can wrap.
  public static let ceiling = Amount(units: 1 << 61)

  /// Creates a ledger without assets.
  public init() { columns = [] }

  /// How many assets there are.
  public var assetCount: Int { columns.count }

  /// Appends assets until there are `count`.
  public mutating func grow(toAssets count: Int) {
    while columns.count < count { columns.append(AssetColumn()) }
  }

  /// Returns what `customer` has of `asset` in `pocket`.
  public func balance(of customer: Int, asset: Int, in pocket: Pocket) -> Amount {
    columns[asset].balance(of: customer, in: pocket)
  }

  /// Returns what `account` of the house has of `asset`.
  public func balance(of account: HouseAccount, asset: Int) -> Amount {
    columns[asset].house(account)
  }

  /// What the exchange holds of `asset` for customers and itself.
  public func custody(of asset: Int) -> Amount { columns[asset].custody }

  /// What the exchange owes of `asset`: customers' balances and its own accounts.
  public func owed(of asset: Int) -> Amount { columns[asset].customers + columns[asset].houseTotal }

  /// What customers together have of `asset`.
  public func customers(of asset: Int) -> Amount { columns[asset].customers }

  /// Whether `amount` more of `asset` can be taken into custody.
  public func canTakeIn(_ amount: Amount, of asset: Int) -> Bool {
    let (sum, overflow) = columns[asset].custody.units.addingReportingOverflow(amount.units)
    return !overflow && sum <= Ledger.ceiling.units
  }

  /// Books one movement. The caller has checked that the source covers it; a movement that would
  /// take a balance below zero stops the process.
  public mutating func post(_ posting: Posting) {
    precondition(posting.amount >= .zero, "a posting moves money one way")
    columns[posting.asset].change(posting.source, by: -posting.amount)
    columns[posting.asset].change(posting.destination, by: posting.amount)
  }

  /// Stops the process unless customers and house together have exactly what is in custody, for
  /// every asset. Costs a few additions per asset.
  public func checkConservation() {
    for column in columns {
      precondition(column.isConserved, "money appeared or vanished: debits and credits differ")
    }
  }

  /// Returns whether the running totals agree with a recount of every balance and none is negative.
  public func recountAgrees() -> Bool { columns.allSatisfy { $0.recountAgrees() } }

  /// Appends the canonical form.
  public func encode(into writer: inout ByteWriter) {
    writer.write(list: columns) { $1.encode(into: &$0) }
  }

  /// Reads a ledger and recounts it.
  public init(from reader: inout ByteReader) throws(WireError) {
    columns = try reader.readList(AssetColumn.init(from:))
  }
}
