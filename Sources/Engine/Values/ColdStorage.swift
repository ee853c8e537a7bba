public import Money

/// The offline wallet that holds what the hot wallet does not need. Its coins count as reserves; no
/// payout spends them.
public struct ColdWallet: Equatable, Sendable {
  /// Canonical text of its descriptor, with checksum.
  public var descriptor: String
  /// The most that one transaction of cold storage may lose, to the network, in satoshi. What loses
  /// more is an unexplained outflow.
  public var maximumFee: Amount

  public init(descriptor: String, maximumFee: Amount) {
    self.descriptor = descriptor
    self.maximumFee = maximumFee
  }
}

/// Cold addresses that the offline device gave out together.
public struct ColdBatch: Equatable, Sendable {
  /// 1, 2, 3 and so on.
  public var number: UInt32
  /// Position of the first address in the cold wallet's first branch.
  public var firstIndex: UInt32
  /// 1 to 10 000.
  public var count: UInt32
  /// The most that one address may ever get.
  public var addressCap: Amount
  /// The period that ``epochCap`` is for.
  public var epoch: UInt32
  /// The most that all addresses of the epoch may get together.
  public var epochCap: Amount
  /// The device's signature and its statement. Whoever submits it has checked it; guard and signers
  /// check it again.
  public var signed: [UInt8]

  public init(
    number: UInt32, firstIndex: UInt32, count: UInt32, addressCap: Amount, epoch: UInt32,
    epochCap: Amount, signed: [UInt8]
  ) {
    self.number = number
    self.firstIndex = firstIndex
    self.count = count
    self.addressCap = addressCap
    self.epoch = epoch
    self.epochCap = epochCap
    self.signed = signed
  }

  /// The position after its last address.
  public var end: UInt32 { firstIndex + count }
}

/// What one output of a sweep brings to cold storage.
public struct ColdPayment: Equatable, Sendable {
  /// Position in the cold wallet's first branch; used once.
  public var index: UInt32
  public var amount: Amount

  public init(index: UInt32, amount: Amount) {
    self.index = index
    self.amount = amount
  }
}

/// What the guard thinks of the hot wallet's size.
public struct FloatPlan: Equatable, Sendable {
  /// What the hot wallet should hold, in hundredths of a percent of all that is owed.
  public var targetBasisPoints: UInt32
  /// What it should hold while every key holder lives; above ``targetBasisPoints`` where it shrank,
  /// because one more loss would stop what is hot.
  public var usualTargetBasisPoints: UInt32
  /// The band around it, in hundredths of a percent of the target.
  public var lowBasisPoints: UInt32
  public var highBasisPoints: UInt32
  /// What has to come back from cold storage, if anything.
  public var refill: RefillNeed?

  public init(
    targetBasisPoints: UInt32, usualTargetBasisPoints: UInt32? = nil, lowBasisPoints: UInt32,
    highBasisPoints: UInt32, refill: RefillNeed?
  ) {
    self.targetBasisPoints = targetBasisPoints
    self.usualTargetBasisPoints = usualTargetBasisPoints ?? targetBasisPoints
    self.lowBasisPoints = lowBasisPoints
    self.highBasisPoints = highBasisPoints
    self.refill = refill
  }
}

extension FloatPlan {
  /// Whether less is kept hot than usual, since key holders are missing.
  public var isShrunk: Bool { targetBasisPoints < usualTargetBasisPoints }
}

/// How much the hot wallet needs.
public struct RefillNeed: Equatable, Sendable {
  public var amount: Amount
  /// Of that, what withdrawals wait for; 0 when only the float is low.
  public var missing: Amount

  public init(amount: Amount, missing: Amount) {
    self.amount = amount
    self.missing = missing
  }
}

/// A request to the people at the vault to send coins back to the hot wallet.
public struct Refill: Equatable, Sendable {
  public enum State: Equatable, Sendable {
    case open
    /// A block has what they sent.
    case arrived(ChainPoint, Amount)
    /// The hot wallet does not need it any more.
    case withdrawn
  }

  /// 1, 2, 3 and so on.
  public var number: UInt64
  public var need: RefillNeed
  /// Where it goes: a position of the hot wallet's change branch that nothing else uses.
  public var changeIndex: UInt32
  public var requestedAt: Timestamp
  public var updatedAt: Timestamp
  public var state: State

  public init(
    number: UInt64, need: RefillNeed, changeIndex: UInt32, requestedAt: Timestamp,
    updatedAt: Timestamp, state: State
  ) {
    self.number = number
    self.need = need
    self.changeIndex = changeIndex
    self.requestedAt = requestedAt
    self.updatedAt = updatedAt
    self.state = state
  }
}
