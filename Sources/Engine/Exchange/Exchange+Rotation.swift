import Money
import Structures

// Another hot wallet takes the place of the one in force.

extension Exchange {
  /// Positions of the new wallet's change branch to which people bring the old coins.
  public static let sweepPlaces: UInt32 = 16

  /// From now on addresses are the new wallet's; the old one's coins are counted, watched and brought
  /// over by people, and no payout spends them.
  mutating func rotateWallet(
    _ rotation: WalletRotation, _ emit: (Event) -> Void
  ) throws(Refusal) {
    guard var configuration, bitcoin != nil else { throw .railMismatch }
    try rotation.descriptor.require(1...16_384, bytesFor: "descriptor")
    guard rotation.maximumFee >= .zero, rotation.maximumFee <= Self.everySatoshi else {
      throw .malformed(field: "maximumFee", problem: "is out of range; allowed 0 to all coins")
    }
    let known = formerWallets.map(\.descriptor) + [configuration.walletDescriptor]
    guard !known.contains(rotation.descriptor), rotation.descriptor != cold.wallet?.descriptor
    else {
      throw .malformed(field: "descriptor", problem: "is a wallet that the books know already")
    }
    guard nextDepositIndex < 1 << 30, chain.nextChangeIndex < 1 << 30, formerWallets.count < 1000
    else { throw .malformed(field: "descriptor", problem: "no positions are left for it") }
    // Nobody would sign it any more, and its withdrawals could not be cancelled.
    // One that a block has unsigned would wait for them when the block goes.
    guard !openPayouts.contains(where: { $0.state == .built || $0.signed == nil }) else {
      throw .payoutMismatch("a transaction of the old wallet waits for its signatures")
    }
    formerWallets.append(
      FormerWallet(
        descriptor: configuration.walletDescriptor, depositEnd: nextDepositIndex,
        changeEnd: chain.nextChangeIndex, rotatedAt: time, maximumFee: rotation.maximumFee))
    chain.nextChangeIndex += Self.sweepPlaces
    configuration.walletDescriptor = rotation.descriptor
    self.configuration = configuration
    emit(.configured(configuration))
    // Its place was the old wallet's; the guard asks anew.
    withdrawRefill(emit)
  }

  /// Whether the script is one of a wallet whose place another has taken.
  public func isFormer(_ script: ScriptIndex) -> Bool {
    guard let last = formerWallets.last else { return false }
    switch script.branch {
    case .deposit: return script.index < last.depositEnd
    case .change: return script.index < last.changeEnd
    case .cold, .coldChange: return false
    }
  }

  /// Whether the payout spends coins of a former wallet, as one that was signed before does.
  public func spendsFormer(_ payout: Payout) -> Bool {
    payout.inputs.contains { input in chain.outputs[input].map { isFormer($0.script) } == true }
  }

  /// Coins of former wallets, which people bring over.
  public var formerOutputs: [OwnedOutput] {
    formerWallets.isEmpty ? [] : chain.outputs.outputs.filter { isFormer($0.script) }
  }

  /// The change position of the wallet in force to which they are brought; `nil` without a former one.
  public var sweepPlace: UInt32? { formerWallets.last?.changeEnd }
}
