public import Structures

/// Names a customer's account.
public typealias AccountID = Identifier<Account>
/// Names an asset by its position in the configuration.
public typealias AssetID = Identifier<Asset>
/// Names a market by its position in the configuration.
public typealias InstrumentID = Identifier<Instrument>
/// A customer's own id of an order: empty, or 1 to 32 letters and digits (OKX `clOrdId`).
public typealias ClientOrderID = Text32
/// A customer's id of a request, such as an amendment (OKX `reqId`).
public typealias RequestID = Text32
/// A customer's mark on an order: empty, or 1 to 16 letters and digits (OKX `tag`).
public typealias OrderTag = Text16

/// Names an order. Grows with time.
public typealias OrderID = Identifier<Order>
/// Names a trade. Grows with time.
public typealias TradeID = Identifier<Trade>
/// Names a change of a balance. Grows with time.
public typealias BillID = Identifier<Bill>
/// Names a deposit.
public typealias DepositID = Identifier<Deposit>
/// Names a withdrawal.
public typealias WithdrawalID = Identifier<Withdrawal>
/// Names an entry of a customer's address book.
public typealias AddressEntryID = Identifier<AddressEntry>
/// Names a transaction that pays withdrawals.
public typealias PayoutID = Identifier<Payout>
