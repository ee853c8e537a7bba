// Guard owns the second judgement: it follows the journal by executing it again, checks every piece
// of evidence itself, keeps its own limits, delays and memory, and signs releases. It refuses to
// know about sockets: a driver brings batches and facts of the chain, and carries its orders away.
public import Custody
public import Descriptors
public import Passkeys
public import Policies
import Statements

/// What the guard insists on. It comes from the guard's own configuration, on its own machine; limits,
/// delays and lists are the signed policy's, once there is one.
public struct GuardPolicy: Sendable {
  /// The asset it releases, by code.
  public var asset: String
  /// The hot wallet.
  public let descriptor: Descriptor
  /// Whose signatures a payout needs.
  public let quorum: Quorum<KeyExpression>
  /// Operators whose signatures count: name to Ed25519 public key, 32 bytes.
  public var operators: [String: [UInt8]]
  /// Confirmations, the containing block included, below which no credited deposit is accepted.
  public var minimumConfirmations: UInt32
  public var limits: GuardLimits
  public var delays: GuardDelays
  /// How long signers accept a release, in milliseconds.
  public var releaseValidityMilliseconds: Int64
  /// How long a signed payout may wait for a block before a dearer version takes its place, if fees
  /// have risen, in milliseconds.
  public var replaceAfterMilliseconds: Int64
  /// When small coins are gathered, if ever.
  public var consolidation: Consolidation.Policy?
  /// The site whose passkeys count; without one none do.
  public var passkeySite: PasskeySite?
  /// Whose lists of sanctioned addresses count; without one none is looked at.
  public var sanctions: SanctionsTerms?
  /// Which coins the wallet wants to hold, if change is split.
  public var ladder: CoinLadder?
  /// Cold storage and how much stays out of it; without one nothing is moved.
  public var float: FloatTerms?
  /// Wallets whose place the one in force has taken, oldest first.
  public var former: [Descriptor] = []
  /// What one transaction that brings their coins over may lose at most, in satoshi.
  public var rotationFee: Int64 = 1_000_000
  /// Whether the guard tells owners of changes itself; then the waits begin when it has.
  public var givesNotices = false
  /// How withdrawals begin again after a suspension.
  public var reopening = ReopeningTerms()
  /// Who may sign the first policy document; later ones name it themselves.
  public var changing = ChangeRules.nobody
  /// The chain's name, as policy documents carry it.
  public var chain = "BTC-Bitcoin"

  /// Every wallet whose coins count, the one in force last.
  var wallets: [Descriptor] { former + [descriptor] }

  /// Creates a policy.
  ///
  /// - Throws: ``DescriptorError/noQuorum(_:)`` when the wallet cannot be spent from at once.
  public init(
    asset: String, descriptor: Descriptor, operators: [String: [UInt8]],
    minimumConfirmations: UInt32, limits: GuardLimits, delays: GuardDelays,
    releaseValidityMilliseconds: Int64, replaceAfterMilliseconds: Int64 = 3_600_000,
    consolidation: Consolidation.Policy? = nil, ladder: CoinLadder? = nil,
    passkeySite: PasskeySite? = nil, sanctions: SanctionsTerms? = nil,
    float: FloatTerms? = nil
  ) throws(DescriptorError) {
    self.asset = asset
    self.descriptor = descriptor
    quorum = try descriptor.quorum
    self.operators = operators
    self.minimumConfirmations = minimumConfirmations
    self.limits = limits
    self.delays = delays
    self.releaseValidityMilliseconds = releaseValidityMilliseconds
    self.replaceAfterMilliseconds = replaceAfterMilliseconds
    self.consolidation = consolidation
    self.passkeySite = passkeySite
    self.sanctions = sanctions
    self.ladder = ladder
    self.float = float
  }
}

extension GuardPolicy {
  /// Whether `key` is a customer's key of a kind and a site that counts.
  func accepts(customerKey key: [UInt8]) -> Bool {
    switch CustomerKey(bytes: key) {
    case nil: false
    case .ed25519: true
    case .passkey(let passkey): passkeySite != nil && passkey.site == passkeySite
    }
  }
}

/// The cold wallet that the guard knows, and how much the hot one holds.
public struct FloatTerms: Sendable {
  public var cold: Descriptor
  /// The Ed25519 public key under which the offline device gives out addresses, 32 bytes.
  public var issuerKey: [UInt8]
  public var policy: FloatPolicy
  /// The share of the usual target that is kept hot while a key holder is missing, in hundredths of a
  /// percent, 1 to 10,000: what is hot is what the next loss would lock up.
  public var fewHoldersBasisPoints: Int64
  /// A sweep waits at this rate and above.
  public var sweepBelow: FeeRate

  public init(
    cold: Descriptor, issuerKey: [UInt8], policy: FloatPolicy, fewHoldersBasisPoints: Int64 = 5_000,
    sweepBelow: FeeRate
  ) {
    precondition((1...10_000).contains(fewHoldersBasisPoints))
    self.cold = cold
    self.issuerKey = issuerKey
    self.policy = policy
    self.fewHoldersBasisPoints = fewHoldersBasisPoints
    self.sweepBelow = sweepBelow
  }

  /// The same while a key holder is missing. The target is rounded up, so it is never nothing.
  var shrunk: FloatTerms {
    var terms = self
    terms.policy.targetBasisPoints =
      (policy.targetBasisPoints * fewHoldersBasisPoints + 9_999) / 10_000
    return terms
  }
}

/// The guard's own limits, in ledger units. Windows slide by its own clock.
public struct GuardLimits: Equatable, Sendable {
  /// A withdrawal above this is refused.
  public var perWithdrawal: Int64
  /// What it releases in any 60 minutes; above it, withdrawals wait.
  public var budgetHour: Int64
  /// What it releases in any 24 hours; above it, withdrawals wait.
  public var budgetDay: Int64

  public init(perWithdrawal: Int64, budgetHour: Int64, budgetDay: Int64) {
    self.perWithdrawal = perWithdrawal
    self.budgetHour = budgetHour
    self.budgetDay = budgetDay
  }
}

/// The guard's own waiting times in milliseconds, counted by its own clock from when it first saw the
/// thing, whatever time the journal claims.
public struct GuardDelays: Equatable, Sendable {
  /// Before the first use of an address-book entry.
  public var newAddress: Int64
  /// After an account's signing key appears or changes.
  public var newKey: Int64
  /// Before the first use of an address that looks like one that the customer uses.
  public var lookAlike: Int64
  /// As long the contact before another one is still told of everything.
  public var newContact: Int64

  public init(
    newAddress: Int64, newKey: Int64, lookAlike: Int64 = 259_200_000,
    newContact: Int64 = 259_200_000
  ) {
    self.newContact = newContact
    self.lookAlike = lookAlike
    self.newAddress = newAddress
    self.newKey = newKey
  }
}
