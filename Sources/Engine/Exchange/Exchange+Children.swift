import Money
import Structures

// Children that pay for their parents: the one thing that spends coins which no block has.

extension Exchange {
  /// The change output at `outpoint` of a signed payout that no block has, as the coin that it will be;
  /// `nil` for all other outputs. Its height says nothing.
  public func unconfirmedChange(_ outpoint: ChainOutpoint) -> OwnedOutput? {
    guard let payout = withdrawals.payout(outpoint.transaction), payout.state == .signed,
      payout.transaction == outpoint.transaction, let first = payout.changeIndex
    else { return nil }
    // Payments come first, then what goes to cold storage, then change.
    let place = Int64(outpoint.index) - Int64(payout.withdrawals.count + payout.cold.count)
    let changes = payout.version.changes
    guard place >= 0, place < Int64(changes.count) else { return nil }
    return OwnedOutput(
      outpoint: outpoint,
      script: ScriptIndex(branch: .change, index: first + UInt32(place)),
      amount: changes[Int(place)], height: 0, payout: openPayout(spending: outpoint))
  }

  /// Where the change outputs of `payout` are.
  public func changeOutpoints(of payout: Payout) -> [ChainOutpoint] {
    let before = payout.withdrawals.count + payout.cold.count
    return payout.version.changes.indices.map {
      ChainOutpoint(transaction: payout.transaction, index: UInt32(before + $0))
    }
  }

  /// Whether `payout` spends change that was in no block when it was built, as far as it is there still.
  func spendsUnconfirmed(_ payout: Payout) -> Bool {
    payout.inputs.count == 1 && unconfirmedChange(payout.inputs[0]) != nil
  }

  /// Whether an open payout spends an output of some version of `payout`.
  public func hasChild(_ payout: Payout) -> Bool {
    withdrawals.openPayouts.elements.contains { id in
      withdrawals.payout(id)?.inputs.contains {
        payout.transactions.contains($0.transaction)
      } ?? false
    }
  }

  /// Whether `built` is a child: it gathers one coin, the change of a payout that is no child itself.
  func isChild(_ built: PayoutBuilt) -> Bool {
    guard built.withdrawals.isEmpty, built.cold.isEmpty, built.changeIndex != nil,
      built.inputs.count == 1, unconfirmedChange(built.inputs[0]) != nil,
      let parent = withdrawals.payout(built.inputs[0].transaction)
    else { return false }
    return !spendsUnconfirmed(parent)
  }

  /// Gives up children of versions that can never be, now that `transaction` is final at `point`.
  mutating func loseChildren(
    of payout: Payout, to transaction: [UInt8], in point: ChainPoint, _ emit: (Event) -> Void
  ) {
    let dead = payout.transactions.filter { $0 != transaction }
    for id in withdrawals.openPayouts.elements {
      guard let child = withdrawals.payout(id), !child.state.isInBlock,
        child.inputs.contains(where: { dead.contains($0.transaction) })
      else { continue }
      free(child.versions.flatMap(\.inputs), of: id)
      set(child, .lost(.conflict(transaction: transaction, in: point)), emit)
    }
  }

  /// What children that no block has would take of change that no block has, in satoshi.
  var unconfirmedSpent: Amount {
    openPayouts.reduce(.zero) { sum, payout in
      guard !payout.state.isInBlock, payout.withdrawals.isEmpty, payout.inputs.count == 1 else {
        return sum
      }
      return sum + (unconfirmedChange(payout.inputs[0])?.amount ?? .zero)
    }
  }
}
