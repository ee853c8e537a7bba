extension Payout {
  /// Why a payout, or its newest version, can never be in the chain.
  public enum Loss: Equatable, Sendable {
    /// A transaction that is final spends a coin that every version needs.
    case conflict(transaction: [UInt8], in: ChainPoint)
    /// So many key holders have promised never to sign the newest version that the others are too few.
    case unsigned
  }
}
