public import Descriptors
public import Engine

/// Which scripts a node must look for to count the coins of the wallet.
public struct WalletScan: Equatable, Sendable {
  /// One branch of the wallet with the last place to look at.
  public struct Range: Equatable, Sendable {
    /// A single-path descriptor with checksum.
    public var descriptor: String
    /// Index of the last place, inclusive.
    public var end: UInt32
  }

  /// The branches for deposits and change, of former wallets too, and those of cold storage.
  public var ranges: [Range]

  /// Creates the scan for everything that was handed out, and `lookAhead` places more; of cold storage
  /// too, if its coins count.
  public init(
    _ descriptor: Descriptor, exchange: borrowing Exchange, lookAhead: UInt32
  ) throws(DescriptorError) {
    let used = [exchange.nextDepositIndex, exchange.nextChangeIndex]
    ranges = []
    for (branch, next) in zip(try descriptor.branches, used) {
      ranges.append(Range(descriptor: branch.text, end: next + lookAhead))
    }
    for former in exchange.formerWallets {
      let wallet = try Descriptor(parsing: former.descriptor, network: descriptor.network)
      for (branch, end) in zip(try wallet.branches, [former.depositEnd, former.changeEnd])
      where end > 0 {
        ranges.append(Range(descriptor: branch.text, end: end - 1))
      }
    }
    guard let cold = exchange.coldWallet else { return }
    let ends = exchange.coldEnds
    let wallet = try Descriptor(parsing: cold.descriptor, network: descriptor.network)
    for (branch, next) in zip(try wallet.branches, [ends.deposit, ends.change]) {
      ranges.append(Range(descriptor: branch.text, end: next + lookAhead))
    }
  }
}
