public import Money

extension Payout {
  /// What distinguishes one version of a payout from the others: all pay the same withdrawals.
  public struct Version: Equatable, Sendable {
    public var inputs: [ChainOutpoint]
    public var changeIndex: UInt32?
    public var change: Amount
    public var networkFee: Amount
    public var unsigned: [UInt8]
    public var signed: [UInt8]?
    public var transaction: [UInt8]
    /// The amounts of several change outputs, at `changeIndex` and the places behind it.
    public var split: [Amount]

    public init(
      inputs: [ChainOutpoint], changeIndex: UInt32?, change: Amount, networkFee: Amount,
      unsigned: [UInt8], signed: [UInt8]?, transaction: [UInt8], split: [Amount] = []
    ) {
      self.inputs = inputs
      self.changeIndex = changeIndex
      self.change = change
      self.networkFee = networkFee
      self.unsigned = unsigned
      self.signed = signed
      self.transaction = transaction
      self.split = split
    }

    /// The amounts of the change outputs, in order.
    public var changes: [Amount] { split.isEmpty ? (changeIndex == nil ? [] : [change]) : split }
  }

  /// How often one payout may be replaced.
  static let versionLimit = 32

  /// Change outputs of one transaction.
  public static let changeLimit = 16

  /// The version that the payout is now.
  public var version: Version {
    Version(
      inputs: inputs, changeIndex: changeIndex, change: change, networkFee: networkFee,
      unsigned: unsigned, signed: signed, transaction: transaction, split: split)
  }

  /// Every version, this one last.
  public var versions: [Version] { others + [version] }

  /// The ids of all versions.
  var transactions: [[UInt8]] { others.map(\.transaction) + [transaction] }

  /// What is to be broadcast: the newest version that is signed, while no block has any.
  public var broadcast: Version? {
    switch state {
    case .built, .signed: versions.last { $0.signed != nil }
    case .mined, .confirmed, .lost: nil
    }
  }

  /// Becomes `next`, and puts what it was aside.
  mutating func become(_ next: Version) {
    others.removeAll { $0.transaction == next.transaction }
    others.append(version)
    take(next)
  }

  /// Becomes what it was before its newest version, of which nothing is left; `nil` when that is the
  /// only one.
  mutating func dropNewest() -> Version? {
    guard let before = others.popLast() else { return nil }
    let dropped = version
    take(before)
    return dropped
  }

  private mutating func take(_ next: Version) {
    inputs = next.inputs
    changeIndex = next.changeIndex
    change = next.change
    networkFee = next.networkFee
    unsigned = next.unsigned
    signed = next.signed
    transaction = next.transaction
    split = next.split
  }
}

extension PayoutBuilt {
  /// The version that it is, before it is signed.
  var version: Payout.Version {
    Payout.Version(
      inputs: inputs, changeIndex: changeIndex, change: change, networkFee: networkFee,
      unsigned: unsigned, signed: nil, transaction: transaction, split: split)
  }
}
