import Ledger
import Matching
public import Money
import Structures

/// The whole exchange as a value: who has what, which orders rest, what the chain shows.
///
/// The only door is ``apply(_:at:emit:)``: the same commands in the same order give the same events
/// and the same state, on any machine and any day. Everything else here answers questions.
public struct Exchange: Sendable {
  /// What is in force, once the first `configure` was accepted.
  public internal(set) var configuration: ExchangeConfiguration?
  /// The time of the last command. Never goes back.
  public internal(set) var time = Timestamp(milliseconds: 0)

  var ledger = Ledger()
  var markets: [Market] = []
  var customers = CustomerRegister()
  var orders = OrderRegister()
  var chain = ChainRegister()
  var deposits = DepositRegister()
  var withdrawals = WithdrawalRegister()
  /// In the order in which they began.
  public internal(set) var suspensions: [Suspension] = []
  /// What the guard last said about itself and the signers.
  public internal(set) var guardReport: GuardReport?
  var nextBill = BillID(1)
  var nextTrade = TradeID(1)

  /// What the running command has touched; empty between commands.
  var touched = Touched()

  /// Creates an exchange that knows nothing; its first command is `configure`.
  public init() {}

  /// Whether nothing has been configured yet.
  public var isEmpty: Bool { configuration == nil }
}
