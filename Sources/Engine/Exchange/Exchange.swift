import Algos
public import Money
public import Structures

/// The whole exchange as a value: who has what, which orders rest, what the chain shows.
///
/// The only door is ``apply(_:at:emit:)``: the same commands in the same order give the same events
/// and the same state, on any machine and any day. Everything else here answers questions.
public struct Exchange: Sendable {
  /// What is in force, once the first `configure` was accepted.
  public internal(set) var configuration: ExchangeConfiguration?
  /// The key of the hashes by which texts of customers are found. See ``Command/keyHashes(_:)``.
  public internal(set) var hashKey = HashKey.zero
  /// The time of the last command. Never goes back.
  public var time: Timestamp { Timestamp(milliseconds: box.trading.time) }

  /// What trading touches. Shared with copies of the exchange until one of them changes.
  var box = TradingBox(Trading(capacity: .none))
  var customers = CustomerRegister(.zero)
  var chain = ChainRegister()
  var cold = ColdRegister()
  var deposits = DepositRegister(.zero)
  var withdrawals = WithdrawalRegister(.zero)
  /// In the order in which they began.
  public internal(set) var suspensions: [Suspension] = []
  /// The last ones that are over, oldest first.
  public internal(set) var endedSuspensions: [EndedSuspension] = []
  /// Decisions of operators on the service so far.
  public internal(set) var serviceDecisions: UInt64 = 0
  /// What the guard last said about the key holders.
  public internal(set) var keyHolders: KeyHoldersReport?
  /// Wallets whose place others have taken, oldest first.
  public internal(set) var formerWallets: [FormerWallet] = []
  /// What the guard last said about itself and the signers.
  public internal(set) var guardReport: GuardReport?
  var algos = AlgoBook(capacity: 0)
  var timers = TimerRegister()
  var adjustments = AdjustmentRegister()
  var changes = ChangeRegister()
  /// When something is due next, in milliseconds.
  var nextDue = Int64.max

  /// Creates an exchange that knows nothing; its first command is `configure`.
  public init() {}

  /// Whether nothing has been configured yet.
  public var isEmpty: Bool { configuration == nil }
}
