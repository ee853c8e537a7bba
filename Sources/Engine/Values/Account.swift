public import Matching
public import Money

/// A customer's account.
public struct Account: Equatable, Sendable {
  public var id: AccountID
  /// The name the operator opened it under.
  public var name: String
  public var openedAt: Timestamp
  /// The customer's key, once enrolled: 32 bytes of Ed25519, or a passkey's longer form.
  public var signingKey: [UInt8]?
  /// When credentials last changed: withdrawals wait after that.
  public var credentialsChangedAt: Timestamp?
  /// Whose sub-account it is, if it is one.
  public var master: AccountID?
  /// What happens when its order meets one of the same master (OKX `acctStpMode`).
  public var selfTrade: SelfTradePrevention
  /// The tier of its fees, counted from 0.
  public var feeTier: UInt8

  public init(
    id: AccountID, name: String, openedAt: Timestamp, signingKey: [UInt8]? = nil,
    credentialsChangedAt: Timestamp? = nil, master: AccountID? = nil,
    selfTrade: SelfTradePrevention = .cancelMaker, feeTier: UInt8 = 0
  ) {
    self.master = master
    self.selfTrade = selfTrade
    self.feeTier = feeTier
    self.id = id
    self.name = name
    self.openedAt = openedAt
    self.signingKey = signingKey
    self.credentialsChangedAt = credentialsChangedAt
  }
}

/// The two balances of an account, in OKX's numbering.
public enum Wallet: UInt8, Equatable, Sendable, CaseIterable {
  case funding = 6
  case trading = 18
}

/// What an account has of one asset in one wallet.
public struct Balance: Equatable, Sendable {
  public var asset: AssetID
  public var wallet: Wallet
  /// Free to use.
  public var available: Amount
  /// Set aside for open orders or pending withdrawals.
  public var held: Amount

  public var total: Amount { available + held }

  public init(asset: AssetID, wallet: Wallet, available: Amount, held: Amount) {
    self.asset = asset
    self.wallet = wallet
    self.available = available
    self.held = held
  }
}

/// What a holder of an API key may do.
public struct Permissions: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  public static let read = Permissions(rawValue: 1)
  public static let trade = Permissions(rawValue: 2)
  public static let withdraw = Permissions(rawValue: 4)
}

/// A customer's key to the programming interface. The secret is sealed: the core never sees it.
public struct APIKey: Equatable, Sendable {
  /// The public identifier that requests carry.
  public var key: String
  public var account: AccountID
  public var label: String
  public var permissions: Permissions
  /// The HMAC secret and passphrase digest, sealed under the online server's own key.
  public var sealed: [UInt8]
  public var createdAt: Timestamp

  public init(
    key: String, account: AccountID, label: String, permissions: Permissions, sealed: [UInt8],
    createdAt: Timestamp
  ) {
    self.key = key
    self.account = account
    self.label = label
    self.permissions = permissions
    self.sealed = sealed
    self.createdAt = createdAt
  }
}

/// A destination that the customer himself signed for.
public struct AddressEntry: Equatable, Sendable {
  public var id: AddressEntryID
  public var account: AccountID
  public var asset: AssetID
  /// The chain's name, such as "BTC-Bitcoin".
  public var chain: String
  public var address: String
  public var label: String
  /// Chosen by the customer; strictly growing per account, so that a removed entry cannot be
  /// replayed.
  public var nonce: UInt64
  /// The customer's key at the time, as ``Account/signingKey``.
  public var signingKey: [UInt8]
  /// Over the address statement: 64 bytes of Ed25519, or a passkey's assertion.
  public var signature: [UInt8]
  public var addedAt: Timestamp
  /// Withdrawals to it are accepted from here on.
  public var usableAt: Timestamp
  /// When a withdrawal first went to it.
  public var firstUsedAt: Timestamp?

  public init(
    id: AddressEntryID, account: AccountID, asset: AssetID, chain: String, address: String,
    label: String, nonce: UInt64, signingKey: [UInt8], signature: [UInt8], addedAt: Timestamp,
    usableAt: Timestamp, firstUsedAt: Timestamp? = nil
  ) {
    self.id = id
    self.account = account
    self.asset = asset
    self.chain = chain
    self.address = address
    self.label = label
    self.nonce = nonce
    self.signingKey = signingKey
    self.signature = signature
    self.addedAt = addedAt
    self.usableAt = usableAt
    self.firstUsedAt = firstUsedAt
  }
}
