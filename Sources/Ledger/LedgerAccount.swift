// Ledger owns double entry: every movement of money debits one account and credits another, no
// balance goes below zero, and what customers and the house have is what is in custody. It refuses
// to know why money moves.

/// One of the two wallets in which a customer's money of one asset can be.
public enum LedgerWallet: UInt8, Equatable, Sendable, CaseIterable {
  case funding = 0
  case trading = 1
}

/// One of the four places where a customer's money of one asset can be.
public enum Pocket: UInt8, Equatable, Sendable, CaseIterable {
  case fundingAvailable = 0
  case fundingHeld = 1
  case tradingAvailable = 2
  case tradingHeld = 3

  var wallet: LedgerWallet { rawValue < 2 ? .funding : .trading }
  var isHeld: Bool { rawValue & 1 == 1 }
}

/// An account of the exchange's own money.
public enum HouseAccount: UInt8, Equatable, Sendable, CaseIterable {
  case tradingFees = 0
  /// Fees that customers paid for withdrawals, less what the networks took.
  case withdrawalFees = 1

  /// How many there may be.
  @usableFromInline static let limit = 8
}

/// Where money of one asset is booked.
public enum LedgerAccount: Equatable, Sendable {
  /// A customer, counted from 0.
  case customer(Int, Pocket)
  case house(HouseAccount)
  /// The coins themselves. Debited when coins arrive, credited when they leave.
  case custody
}
