import Money
import Structures

// Blocks come and, at the tip, go.

extension Exchange {
  /// All the money of the Bitcoin chain, in satoshi.
  static let everySatoshi = Amount(units: 21_000_000 * 100_000_000)

  mutating func connectBlock(_ block: ConnectBlock, _ emit: (Event) -> Void) throws(Refusal) {
    try admit(block)
    emit(.blockConnected(block.point))
    let fromCold = coldSpenders(in: block)
    for received in block.received {
      let isFromCold = fromCold.contains(received.outpoint.transaction)
      receive(received, isFromCold: isFromCold, in: block.point, emit)
    }
    let moved = moveCold(in: block)
    let spent = block.spent.compactMap { spend($0, isMove: moved.contains($0.by), emit) }
    chain.recent.append(
      .init(point: block.point, received: block.received.map(\.outpoint), spent: spent))
    if chain.recent.count > ChainRegister.recentLimit { chain.recent.removeFirst() }
    for (id, transaction) in minedPayouts(by: block) {
      payoutMined(id, by: transaction, in: block.point, emit)
    }
    advanceDeposits(emit)
    confirmPayouts(emit)
    payForCold()
  }

  mutating func disconnectBlock(_ point: ChainPoint, _ emit: (Event) -> Void) throws(Refusal) {
    guard let block = chain.recent.last, block.point == point else { throw .blockIsNotTip }
    chain.recent.removeLast()
    emit(.blockDisconnected(point))
    for output in block.spent { add(output) }
    for id in withdrawals.openPayouts.elements where withdrawals.payout(id)?.state == .mined(point)
    {
      payoutUnmined(id, emit)
    }
    for outpoint in block.received {
      remove(outpoint)
      takeBackDeposit(at: outpoint, emit)
    }
    forgetCold(point, emit)
  }

  private mutating func receive(
    _ received: ConnectBlock.Received, isFromCold: Bool, in point: ChainPoint,
    _ emit: (Event) -> Void
  ) {
    add(
      OwnedOutput(
        outpoint: received.outpoint, script: received.script, amount: received.amount,
        height: point.height, payout: openPayout(spending: received.outpoint)))
    noteCold(received, isFromCold: isFromCold, in: point, emit)
    // Our own coins coming back are nobody's deposit, wherever they come to.
    guard received.script.branch == .deposit, !isFromCold,
      let address = depositAddress(index: received.script.index),
      let asset = asset(address.asset)
    else { return }
    let known = deposit(at: received.outpoint)
    // Credited before and taken out by a reorganisation: it is owed already, and stays so.
    if known?.state == .reversed { return }
    var deposit =
      known ?? newDeposit(received.outpoint, amount: received.amount, to: address, state: .seen)
    // What a block shows outranks what was said of the mempool.
    deposit.account = address.account
    deposit.asset = address.asset
    deposit.address = address.address
    deposit.amount = received.amount
    deposit.state = deposit.amount < asset.minimumDeposit ? .belowMinimum : .confirming(point)
    record(deposit, emit)
  }

  /// Takes a coin out of the wallet; one that neither a payout of ours spends nor a move of cold
  /// coins closes the asset.
  private mutating func spend(
    _ spent: ConnectBlock.Spent, isMove: Bool, _ emit: (Event) -> Void
  ) -> OwnedOutput? {
    guard let output = remove(spent.outpoint) else { return nil }
    if !isMove, payout(of: spent) == nil, let asset = bitcoin {
      suspend(asset, .unexplainedOutflow(spent.outpoint), closes: true, emit)
    }
    return output
  }

  /// The payout of which some version explains `spent`. Of one that is lost none does: its withdrawals
  /// may have been paid again.
  private func payout(of spent: ConnectBlock.Spent) -> PayoutID? {
    guard let payout = withdrawals.payout(spent.by), !payout.state.isLost,
      payout.versions.contains(where: {
        $0.transaction == spent.by && $0.inputs.contains(spent.outpoint)
      })
    else { return nil }
    return payout.id
  }

  /// The payouts that the block's spends belong to, each once, in order, with the version's id.
  private func minedPayouts(
    by block: ConnectBlock
  ) -> [(id: PayoutID, transaction: [UInt8])] {
    var found: [(id: PayoutID, transaction: [UInt8])] = []
    for spent in block.spent {
      guard let id = payout(of: spent), !found.contains(where: { $0.id == id }) else { continue }
      found.append((id, spent.by))
    }
    return found.sorted { $0.id < $1.id }
  }

  private mutating func add(_ output: OwnedOutput) {
    chain.outputs.set(output)
    chain.outputTotal += output.amount
  }

  @discardableResult
  private mutating func remove(_ outpoint: ChainOutpoint) -> OwnedOutput? {
    guard let output = chain.outputs.remove(outpoint) else { return nil }
    chain.outputTotal -= output.amount
    return output
  }

  /// The payout that has `outpoint` among the inputs of any version and is not final.
  func openPayout(spending outpoint: ChainOutpoint) -> PayoutID? {
    withdrawals.openPayouts.elements.first { id in
      withdrawals.payout(id).map { payout in
        payout.versions.contains { $0.inputs.contains(outpoint) }
      } ?? false
    }
  }

  /// The one asset on the Bitcoin chain.
  var bitcoin: AssetID? {
    configuration?.assets.firstIndex { $0.rail == .bitcoin }.map { AssetID(UInt64($0) + 1) }
  }
}
