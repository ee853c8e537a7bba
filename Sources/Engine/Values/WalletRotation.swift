public import Money

/// The hot wallet's place is taken by one with other keys. Positions go on where the old wallet's
/// ended, so that each says whose it is.
public struct WalletRotation: Equatable, Sendable {
  /// The new wallet's descriptor.
  public var descriptor: String
  /// What the network may take of one transaction that brings old coins over, in satoshi.
  public var maximumFee: Amount

  public init(descriptor: String, maximumFee: Amount) {
    self.descriptor = descriptor
    self.maximumFee = maximumFee
  }
}

/// A wallet whose place another has taken. It is watched for ever.
public struct FormerWallet: Equatable, Sendable {
  public var descriptor: String
  /// The positions after the last of its own, on both branches.
  public var depositEnd: UInt32
  public var changeEnd: UInt32
  public var rotatedAt: Timestamp
  public var maximumFee: Amount

  public init(
    descriptor: String, depositEnd: UInt32, changeEnd: UInt32, rotatedAt: Timestamp,
    maximumFee: Amount
  ) {
    self.descriptor = descriptor
    self.depositEnd = depositEnd
    self.changeEnd = changeEnd
    self.rotatedAt = rotatedAt
    self.maximumFee = maximumFee
  }
}
