public import Algos
public import Money
public import Risk

/// Why a command changed nothing. The edges translate each case once into their own form.
public enum Refusal: Error, Equatable, Sendable {
  // Configuration and names
  case notConfigured
  case invalidConfiguration(String)
  case unknownAccount
  case unknownAsset
  case unknownInstrument
  case duplicateName(String)
  case duplicateAPIKey
  case unknownAPIKey
  case malformed(field: String, problem: String)

  // Balances
  case insufficientBalance(asset: AssetID, needed: Amount, available: Amount)
  case amountNotPositive
  case sameWallet

  // Orders
  case priceMissing
  case priceNotAllowed
  case sizeBelowMinimum(minimum: Lots)
  case sizeAboveMaximum(maximum: Lots)
  case notionalTooLarge
  case duplicateClientOrderID
  case unknownOrder
  case noLiquidity
  case nothingToAmend
  case amendBelowFilled(filled: Lots)
  case amendWouldTake
  case typeCannotBeAmended
  case quoteSizeNotAllowed
  /// A buy above the market's price limit.
  case priceAboveLimit(limit: Price)
  /// A sell below the market's price limit.
  case priceBelowLimit(limit: Price)
  /// The account has as many open orders as it may.
  case tooManyOpenOrders(limit: UInt32)
  /// A structure of fixed size has no room; the exchange keeps serving what it has.
  case full(FixedStructure)
  /// The market takes no new orders now.
  case instrumentSuspended
  /// In a call auction there are limit orders only, and none is amended.
  case onlyLimitInAuction
  /// In milliseconds.
  case timerOutOfRange(minimum: Int64, maximum: Int64)
  case tooManyTimers(limit: UInt32)

  // Algo orders
  case algo(AlgoError)
  case tooManyAttached(limit: Int)

  // Sub-accounts and operators
  case onlyMaster
  case notSameMaster
  case sameAccount
  case unknownFeeTier(count: Int)
  case instrumentStateUnchanged
  case unknownAdjustment
  case adjustmentAlreadyDecided
  /// The house's fees do not cover it, or the customer's free balance does not.
  case adjustmentNotCovered(available: Amount)
  /// A reward is paid to a customer, not taken from him.
  case rewardNotPositive

  // Address book
  case signingKeyMissing
  case signingKeyUnchanged
  case nonceNotGrowing(last: UInt64)
  /// A passkey counts its signatures; one that counts backwards has been copied.
  case signatureCounterNotGrowing(last: UInt32)
  case duplicateAddress
  case unknownAddressEntry
  case addressCoolingOff(until: Timestamp)

  // Changes that their owner is told of
  case contactUnchanged
  case tooManyContacts(limit: UInt32)
  /// There is no such change, it cannot be cancelled any more, or no code for it has gone out.
  case unknownChange
  /// As many can still be cancelled as may be at once.
  case tooManyChanges(limit: UInt32)
  case noticeAlreadyGiven
  /// The key that a word on a change was checked under speaks for the account no more, or not yet.
  case keyDoesNotSpeak
  /// Its owner cancelled a change: nothing leaves and nothing is changed.
  case accountHeld(since: Timestamp)
  case unknownHold
  /// The account's own key does not end this hold.
  case holdNeedsOperators

  // Deposits
  case depositIndexOutOfOrder(expected: UInt32)
  case railMismatch
  case unknownOperator
  case sameOperatorTwice
  case receiptMismatch
  case receiptAlreadyCredited
  case unknownScript
  case outpointAlreadyKnown
  case blockDoesNotExtendTip
  case blockIsNotTip

  // Withdrawals
  case withdrawalsSuspended(Suspension)
  case belowMinimumWithdrawal(minimum: Amount)
  /// What is available covers the withdrawal only with deposits that may not leave yet.
  case depositsNotWithdrawable(asset: AssetID, locked: Amount, available: Amount)
  case riskRefused(RiskDecision)
  /// The time until which the customer's signature holds has passed, or is further off than is allowed.
  case intentExpiry(earliest: Timestamp, latest: Timestamp)
  /// The fee is above what the customer signed for.
  case feeAboveMaximum(fee: Amount)
  case duplicateClientID
  case unknownWithdrawal
  case withdrawalTooFar
  case notInReview
  case notReleasable
  case unknownPayout
  case payoutMismatch(String)
  /// What is wrong with cold addresses or with a request for a refill.
  case coldStorage(String)
}

/// The structures whose size is fixed when the exchange starts. See ``ExchangeCapacity``.
public enum FixedStructure: UInt8, Equatable, Sendable {
  case accounts = 0
  case balances = 1
  case orders = 2
  /// The price levels of one market's book.
  case priceLevels = 3
  case algos = 4
}
