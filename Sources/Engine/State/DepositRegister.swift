import Structures

/// All deposits, by number, by coin and by receipt.
struct DepositRegister: Sendable {
  struct ReceiptKey: Hashable, Sendable {
    var asset: AssetID
    var reference: String
  }

  /// The deposit with number n is at n - 1.
  private(set) var all: [Deposit] = []
  private(set) var byOutpoint: [ChainOutpoint: DepositID] = [:]
  private(set) var byReceipt: [ReceiptKey: DepositID] = [:]
  /// Seen, confirming or attested.
  private(set) var pending = SortedArray<DepositID>()
  /// Once credited, then reversed: back to credited when the chain has them again.
  private(set) var reversed = SortedArray<DepositID>()
  /// On the chain and credited, but not deep enough to leave again.
  private(set) var maturing = SortedArray<DepositID>()
  private var ofAccount: [SortedArray<DepositID>] = []

  init() {}

  var next: DepositID { DepositID(UInt64(all.count) + 1) }

  subscript(_ id: DepositID) -> Deposit? { id.index(in: all.count).map { all[$0] } }

  func of(_ account: AccountID) -> [DepositID] {
    account.index(in: ofAccount.count).map { ofAccount[$0].elements } ?? []
  }

  /// Records a new deposit, whose number is ``next``, or what a known one has become.
  mutating func set(_ deposit: Deposit) {
    if let index = deposit.id.index(in: all.count) {
      let before = all[index].account
      if before != deposit.account { ofAccount[Int(before.raw) - 1].remove(deposit.id) }
      all[index] = deposit
    } else {
      all.append(deposit)
      switch deposit.source {
      case .chain(let outpoint): byOutpoint[outpoint] = deposit.id
      case .receipt(let reference):
        byReceipt[ReceiptKey(asset: deposit.asset, reference: reference)] = deposit.id
      }
    }
    let owner = Int(deposit.account.raw) - 1
    while ofAccount.count <= owner { ofAccount.append(SortedArray()) }
    ofAccount[owner].insert(deposit.id)
    pending.remove(deposit.id)
    reversed.remove(deposit.id)
    maturing.remove(deposit.id)
    switch deposit.state {
    case .seen, .confirming, .attested: pending.insert(deposit.id)
    case .credited(let point): if point != nil { maturing.insert(deposit.id) }
    case .belowMinimum, .withdrawable: break
    case .reversed: reversed.insert(deposit.id)
    }
  }
}
