public import Bitcoin
public import Descriptors
public import Policies

/// What one signer is willing to do. It comes from the signer's own configuration, on its own machine;
/// limits and band are the signed policy's, once there is one.
public struct SignerPolicy: Sendable {
  public var network: Network
  /// The asset's code and its chain's name, as releases and address statements carry them.
  public var asset: String
  public var chain: String
  /// The wallet whose coins it spends.
  public var descriptor: Descriptor
  /// The guard's Ed25519 public key, 32 bytes.
  public var guardKey: [UInt8]
  public var limits: SigningLimits
  /// Where coins may go that the hot wallet does not need, if anywhere.
  public var cold: ColdDestination?
  /// What shows it that a transaction is final, if anything.
  public var finality: FinalityTerms?
  /// The chain that its clock is set against, if any.
  public var headers: HeaderTerms?
  /// How many of the wallet's other signers have to have seen an entry of this one's record before its
  /// signature is given.
  public var witnesses = 0
  /// The place of the change branch where the wallet's change begins: positions run on over all wallets,
  /// so after a rotation it is not the first.
  public var changeFrom: UInt32 = 0
  /// When the holder is asked, if ever.
  public var approval: ApprovalTerms?
  /// Who may sign the first policy document; later ones name it themselves.
  public var changing = ChangeRules.nobody

  public init(
    network: Network, asset: String, chain: String, descriptor: Descriptor, guardKey: [UInt8],
    limits: SigningLimits, cold: ColdDestination? = nil, finality: FinalityTerms? = nil,
    headers: HeaderTerms? = nil
  ) {
    self.network = network
    self.asset = asset
    self.chain = chain
    self.descriptor = descriptor
    self.guardKey = guardKey
    self.limits = limits
    self.cold = cold
    self.finality = finality
    self.headers = headers
  }
}

/// The cold wallet, and the key under which its addresses are given out.
public struct ColdDestination: Sendable {
  public var descriptor: Descriptor
  /// The offline device's Ed25519 public key, 32 bytes.
  public var issuerKey: [UInt8]

  public init(descriptor: Descriptor, issuerKey: [UInt8]) {
    self.descriptor = descriptor
    self.issuerKey = issuerKey
  }
}

/// Ceilings, in satoshi where nothing else is said, that a signer keeps whatever anyone asks. All are at least 1.
public struct SigningLimits: Equatable, Sendable {
  /// What one transaction may take out of the wallet, network fee included.
  public var perTransaction: Int64
  /// What may leave in any 60 minutes.
  public var budgetHour: Int64
  /// What may leave in any 24 hours.
  public var budgetDay: Int64
  /// Network fee of one transaction.
  public var networkFee: Int64
  /// Network fee per virtual byte.
  public var feeRateSatsPerVByte: Int64
  /// Different refusals within an hour after which the signer freezes by itself.
  public var refusals: Int

  public init(
    perTransaction: Int64, budgetHour: Int64, budgetDay: Int64, networkFee: Int64,
    feeRateSatsPerVByte: Int64, refusals: Int = 100
  ) {
    self.perTransaction = perTransaction
    self.budgetHour = budgetHour
    self.budgetDay = budgetDay
    self.networkFee = networkFee
    self.feeRateSatsPerVByte = feeRateSatsPerVByte
    self.refusals = refusals
  }
}
