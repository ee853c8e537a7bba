import Ledger
import Money
import Structures

extension Exchange {
  /// Refuses a block that does not extend the tip or cannot be true.
  func admit(_ block: ConnectBlock) throws(Refusal) {
    try block.point.hash.require(32...32, bytesFor: "point.hash")
    try block.previous.require(32...32, bytesFor: "previous")
    if let tip = chain.tip {
      guard tip.height < .max, block.point.height == tip.height + 1, block.previous == tip.hash
      else { throw .blockDoesNotExtendTip }
    }
    let arrived = try admitReceived(block.received)
    var left: Set<ChainOutpoint> = []
    for spent in block.spent {
      try spent.by.require(32...32, bytesFor: "spent.by")
      let ours = chain.outputs[spent.outpoint] != nil || arrived.contains(spent.outpoint)
      guard ours, left.insert(spent.outpoint).inserted else {
        throw .malformed(field: "spent", problem: "names a coin that the wallet does not have")
      }
    }
  }

  private func admitReceived(
    _ list: [ConnectBlock.Received]
  ) throws(Refusal) -> Set<ChainOutpoint> {
    var outpoints: Set<ChainOutpoint> = []
    var total = chain.outputTotal
    for received in list {
      try received.outpoint.transaction.require(32...32, bytesFor: "received.outpoint")
      guard received.amount > .zero, received.amount <= Self.everySatoshi,
        received.script.index < 1 << 31
      else { throw .malformed(field: "received", problem: "amount or script is out of range") }
      guard outpoints.insert(received.outpoint).inserted, chain.outputs[received.outpoint] == nil
      else { throw .outpointAlreadyKnown }
      switch deposit(at: received.outpoint)?.state {
      case nil, .seen, .reversed: break
      case .confirming, .attested, .credited, .withdrawable, .belowMinimum:
        throw .outpointAlreadyKnown
      }
      total += received.amount
      guard total <= Self.everySatoshi else {
        throw .malformed(field: "received", problem: "the wallet would have more than 21 million")
      }
    }
    guard let bitcoin else {
      guard list.isEmpty else { throw .railMismatch }
      return []
    }
    let incoming = total - chain.outputTotal + uncredited(bitcoin)
    guard box.trading.ledger.canTakeIn(incoming, of: Int(bitcoin.raw) - 1) else {
      throw .malformed(field: "received", problem: "is more than the ledger can hold")
    }
    return outpoints
  }
}
