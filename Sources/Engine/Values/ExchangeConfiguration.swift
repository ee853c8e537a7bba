public import Money

/// Everything that shapes the core's decisions. It arrives as a command, so that a replay uses the
/// values that were in force at the time.
public struct ExchangeConfiguration: Equatable, Sendable {
  /// The assets, numbered from 1 in this order. Later configurations may append, never remove.
  public var assets: [Asset]
  /// The markets, numbered from 1 in this order. Later configurations may append, never remove.
  public var instruments: [Instrument]
  /// Who may attest receipts and decide reviews.
  public var operators: [Operator]
  /// Time between adding an address to the book and its first use, in milliseconds.
  public var addressCoolingOffMilliseconds: Int64
  /// Time that withdrawals wait after a change of credentials (signing key, new API key with the
  /// withdraw permission), in milliseconds.
  public var credentialHoldMilliseconds: Int64
  /// Canonical text of the hot wallet's descriptor, with checksum.
  public var walletDescriptor: String
  /// The guard's Ed25519 public key, 32 bytes.
  public var guardKey: [UInt8]
  /// How much the exchange can hold. Cannot change while it runs.
  public var capacity: ExchangeCapacity

  public init(
    assets: [Asset], instruments: [Instrument], operators: [Operator],
    addressCoolingOffMilliseconds: Int64, credentialHoldMilliseconds: Int64,
    walletDescriptor: String, guardKey: [UInt8],
    capacity: ExchangeCapacity = ExchangeCapacity()
  ) {
    self.assets = assets
    self.instruments = instruments
    self.operators = operators
    self.addressCoolingOffMilliseconds = addressCoolingOffMilliseconds
    self.credentialHoldMilliseconds = credentialHoldMilliseconds
    self.walletDescriptor = walletDescriptor
    self.guardKey = guardKey
    self.capacity = capacity
  }
}

/// Something customers hold.
public struct Asset: Equatable, Sendable {
  /// How the asset comes in and goes out.
  public enum Rail: UInt8, Equatable, Sendable {
    /// On the Bitcoin chain, under the hot wallet's descriptor.
    case bitcoin = 0
    /// Receipts attested by two operators; no withdrawals.
    case manual = 1
  }

  /// The currency code, such as "BTC".
  public var code: String
  /// A name for people, such as "Bitcoin".
  public var name: String
  /// Decimals of the ledger unit, 0 to 18.
  public var decimals: Int
  public var rail: Rail
  /// The chain's name in OKX form, such as "BTC-Bitcoin".
  public var chain: String
  /// The smallest deposit that is credited.
  public var minimumDeposit: Amount
  /// The smallest withdrawal, before the fee.
  public var minimumWithdrawal: Amount
  /// The fee a customer pays for each withdrawal.
  public var withdrawalFee: Amount
  /// Blocks, the containing one included, until a deposit below the ladder is credited. At least 1.
  public var depositConfirmations: UInt32
  /// Blocks, the containing one included, until a withdrawal is final. At least 1.
  public var withdrawalConfirmations: UInt32
  /// The online limits on withdrawals.
  public var limits: WithdrawalLimits
  /// Larger deposits wait for more blocks than ``depositConfirmations``: amounts and blocks grow from
  /// step to step.
  public var depositLadder: [ConfirmationStep]
  /// Blocks, the containing one included, until what a deposit brought may leave again; 0 to let it
  /// leave once it is credited. A reorganisation up to here takes a credit back.
  public var withdrawableConfirmations: UInt32

  public init(
    code: String, name: String, decimals: Int, rail: Rail, chain: String,
    minimumDeposit: Amount, minimumWithdrawal: Amount, withdrawalFee: Amount,
    depositConfirmations: UInt32, withdrawalConfirmations: UInt32, limits: WithdrawalLimits,
    depositLadder: [ConfirmationStep] = [], withdrawableConfirmations: UInt32 = 0
  ) {
    self.code = code
    self.name = name
    self.decimals = decimals
    self.rail = rail
    self.chain = chain
    self.minimumDeposit = minimumDeposit
    self.minimumWithdrawal = minimumWithdrawal
    self.withdrawalFee = withdrawalFee
    self.depositConfirmations = depositConfirmations
    self.withdrawalConfirmations = withdrawalConfirmations
    self.limits = limits
    self.depositLadder = depositLadder
    self.withdrawableConfirmations = withdrawableConfirmations
  }
}

/// The online risk limits of one asset. Windows slide; they do not follow the calendar.
public struct WithdrawalLimits: Equatable, Sendable {
  /// A single withdrawal above this is refused.
  public var refuseAbove: Amount
  /// A single withdrawal above this is reviewed by people.
  public var reviewAbove: Amount
  /// A single withdrawal above this waits for `delayMilliseconds`.
  public var delayAbove: Amount
  public var delayMilliseconds: Int64
  /// A customer's total in any hour; above it, review.
  public var customerHour: Amount
  /// A customer's total in any 24 hours; above it, refusal.
  public var customerDay: Amount
  /// All customers' total in any hour; above it, delay.
  public var assetHour: Amount
  /// All customers' total in any 24 hours; above it, review.
  public var assetDay: Amount
  /// Withdrawals of one customer in any hour; above it, delay.
  public var countHour: UInt32
  /// First use of an address waits this long.
  public var firstUseMilliseconds: Int64

  public init(
    refuseAbove: Amount, reviewAbove: Amount, delayAbove: Amount, delayMilliseconds: Int64,
    customerHour: Amount, customerDay: Amount, assetHour: Amount, assetDay: Amount,
    countHour: UInt32, firstUseMilliseconds: Int64
  ) {
    self.refuseAbove = refuseAbove
    self.reviewAbove = reviewAbove
    self.delayAbove = delayAbove
    self.delayMilliseconds = delayMilliseconds
    self.customerHour = customerHour
    self.customerDay = customerDay
    self.assetHour = assetHour
    self.assetDay = assetDay
    self.countHour = countHour
    self.firstUseMilliseconds = firstUseMilliseconds
  }
}

/// A spot market.
public struct Instrument: Equatable, Sendable {
  /// The OKX instrument id, such as "BTC-USDT".
  public var symbol: String
  public var base: AssetID
  public var quote: AssetID
  /// Quote ledger units per tick, for one whole unit of base. At least 1.
  public var tickUnits: Int64
  /// Base ledger units per lot. At least 1.
  public var lotUnits: Int64
  /// The smallest order.
  public var minimumSize: Lots
  /// The largest order.
  public var maximumSize: Lots
  /// The maker's fee of the first tier in millionths of what he receives; negative for a rebate.
  public var makerFeePPM: Int64
  /// The taker's fee of the first tier in millionths of what he receives.
  public var takerFeePPM: Int64
  /// When trading began.
  public var listedAt: Timestamp
  /// The fees of the second tier and those after it.
  public var feeTiers: [FeeTier]
  /// How far above the reference a buy, and how far below it a sell, may be limited, in millionths
  /// of the reference, which is the last trade's price; 0 for no limit (OKX 51137, 51138).
  public var priceLimitPPM: Int64
  /// How far from the best price a market order may go, in millionths of it; 0 for no band.
  public var marketBandPPM: Int64
  /// How many open orders one account may have on the market.
  public var openOrdersLimit: UInt32

  public init(
    symbol: String, base: AssetID, quote: AssetID, tickUnits: Int64, lotUnits: Int64,
    minimumSize: Lots, maximumSize: Lots, makerFeePPM: Int64, takerFeePPM: Int64,
    listedAt: Timestamp, feeTiers: [FeeTier] = [], priceLimitPPM: Int64 = 0,
    marketBandPPM: Int64 = 0, openOrdersLimit: UInt32 = 500
  ) {
    self.symbol = symbol
    self.base = base
    self.quote = quote
    self.tickUnits = tickUnits
    self.lotUnits = lotUnits
    self.minimumSize = minimumSize
    self.maximumSize = maximumSize
    self.makerFeePPM = makerFeePPM
    self.takerFeePPM = takerFeePPM
    self.listedAt = listedAt
    self.feeTiers = feeTiers
    self.priceLimitPPM = priceLimitPPM
    self.marketBandPPM = marketBandPPM
    self.openOrdersLimit = openOrdersLimit
  }

  /// What customers of `tier`, counted from 0, pay. A tier above the last one counts as the last.
  public func fees(ofTier tier: Int) -> FeeTier {
    tier <= 0 || feeTiers.isEmpty
      ? FeeTier(makerPPM: makerFeePPM, takerPPM: takerFeePPM)
      : feeTiers[min(tier, feeTiers.count) - 1]
  }
}

/// A member of staff who acts under his own Ed25519 key.
public struct Operator: Equatable, Sendable {
  public var name: String
  /// Ed25519 public key, 32 bytes.
  public var publicKey: [UInt8]

  public init(name: String, publicKey: [UInt8]) {
    self.name = name
    self.publicKey = publicKey
  }
}

/// What customers of one tier pay on a market, in millionths of what they receive.
public struct FeeTier: Equatable, Sendable {
  /// Negative for a rebate, which is never above the taker's fee of the same trade.
  public var makerPPM: Int64
  public var takerPPM: Int64

  public init(makerPPM: Int64, takerPPM: Int64) {
    self.makerPPM = makerPPM
    self.takerPPM = takerPPM
  }
}

/// How much the exchange can hold: fixed when it starts, so that nothing grows while it runs.
/// Memory is used as it fills.
public struct ExchangeCapacity: Equatable, Sendable {
  /// Open orders of all markets together.
  public var orders: UInt32
  public var accounts: UInt32
  /// Balances: one for each customer, asset and wallet that was ever used.
  public var balances: UInt32
  /// Algo orders that wait.
  public var algos: UInt32

  public init(
    orders: UInt32 = 1 << 20, accounts: UInt32 = 1 << 20, balances: UInt32 = 1 << 23,
    algos: UInt32 = 1 << 17
  ) {
    self.orders = orders
    self.accounts = accounts
    self.balances = balances
    self.algos = algos
  }
}
