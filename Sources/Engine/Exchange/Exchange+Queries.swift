import Ledger
import Matching
public import Money
public import Structures

// Answers only; nothing here changes the state. Lists are in the order of their ids.

extension Exchange {
  // MARK: Shape

  public func assetID(code: String) -> AssetID? {
    configuration?.assets.firstIndex { $0.code == code }.map { AssetID(UInt64($0) + 1) }
  }

  public func asset(_ id: AssetID) -> Asset? {
    guard let assets = configuration?.assets else { return nil }
    return id.index(in: assets.count).map { assets[$0] }
  }

  public func instrumentID(symbol: String) -> InstrumentID? {
    configuration?.instruments.firstIndex { $0.symbol == symbol }
      .map { InstrumentID(UInt64($0) + 1) }
  }

  public func instrument(_ id: InstrumentID) -> Instrument? {
    guard let instruments = configuration?.instruments else { return nil }
    return id.index(in: instruments.count).map { instruments[$0] }
  }

  // MARK: Customers

  /// All accounts, in the order in which they were opened.
  public var accounts: [Account] { (0..<customers.count).map(account(at:)) }

  /// How many accounts there are: those with the ids 1 to this.
  public var accountCount: Int { customers.count }

  public func account(_ id: AccountID) -> Account? {
    id.index(in: customers.count).map(account(at:))
  }

  /// The account at `index`: what the register of customers has of it, and what trading has.
  private func account(at index: Int) -> Account {
    let details = customers.details(index)
    let row = box.trading.accounts[UInt32(index)]
    return Account(
      id: AccountID(UInt64(index) + 1), name: customers.name(index),
      openedAt: customers.openedAt(index), signingKey: customers.signingKey(index),
      credentialsChangedAt: details.credentialsChangedAt.map(Timestamp.init(milliseconds:)),
      master: row.master == index ? nil : AccountID(index: row.master),
      selfTrade: row.selfTrade, feeTier: row.feeTier)
  }

  public func accountID(name: String) -> AccountID? { customers.account(named: name) }

  /// The account's balances that are not zero, by asset and then funding before trading.
  public func balances(of account: AccountID) -> [Balance] {
    guard isKnown(account) else { return [] }
    return (0..<box.trading.ledger.assetCount).flatMap { index in
      Wallet.allCases.map { balance(of: account, asset: AssetID(UInt64(index) + 1), wallet: $0) }
    }.filter { $0.total != .zero }
  }

  public func balance(of account: AccountID, asset: AssetID, wallet: Wallet) -> Balance {
    var balance = Balance(asset: asset, wallet: wallet, available: .zero, held: .zero)
    guard isKnown(account), let index = asset.index(in: box.trading.ledger.assetCount),
      let slot = box.trading.ledger.slot(
        of: UInt32(account.raw - 1), asset: index, in: wallet.inLedger)
    else { return balance }
    balance.available = box.trading.ledger[slot].available
    balance.held = box.trading.ledger[slot].held
    return balance
  }

  private func isKnown(_ account: AccountID) -> Bool { account.index(in: customers.count) != nil }

  public func apiKey(_ key: String) -> APIKey? { customers.apiKey(key) }

  /// The account's keys in the order in which they were created.
  public func apiKeys(of account: AccountID) -> [APIKey] {
    account.index(in: customers.count).map(customers.apiKeys(of:)) ?? []
  }

  public func addressBook(of account: AccountID) -> [AddressEntry] {
    account.index(in: customers.count).map(customers.entries(of:)) ?? []
  }

  public func addressEntry(_ id: AddressEntryID) -> AddressEntry? { customers.entry(id) }

  /// The greatest nonce that the account has signed with; 0 before the first.
  public func lastNonce(of account: AccountID) -> UInt64 {
    account.index(in: customers.count).map { customers.details($0).lastNonce } ?? 0
  }

  // MARK: Orders

  /// Returns an open order. Those that closed are in the views.
  public func order(_ reference: OrderReference, of account: AccountID) -> Order? {
    guard isKnown(account) else { return nil }
    let found = box.trading.find(OrderName(reference), of: UInt32(account.raw - 1))
    return found.map(order)
  }

  /// The account's open orders, by id.
  public func openOrders(of account: AccountID) -> [Order] {
    guard isKnown(account) else { return [] }
    // The list begins with the newest.
    return box.trading.openOrders(of: UInt32(account.raw - 1)).map(order).reversed()
  }

  /// The market's open orders, by id.
  public func openOrders(_ instrument: InstrumentID) -> [Order] {
    guard let index = instrument.index(in: Int(box.trading.markets.count)) else { return [] }
    return box.trading.openOrders(on: UInt32(index)).map(order).sorted { $0.id < $1.id }
  }

  func order(_ found: WholeOrder) -> Order {
    let rules = box.trading.markets[found.record.market].rules
    let asset = rules.received(by: found.record.flags.side)
    return Order(
      found.record, price: found.price, tag: found.tag, feeAsset: AssetID(UInt64(asset) + 1))
  }

  /// The price of the market's last trade, if there was one.
  public func lastPrice(_ instrument: InstrumentID) -> Price? {
    instrument.index(in: Int(box.trading.markets.count))
      .flatMap { Price(ticks: box.trading.markets[UInt32($0)].rules.lastPrice) }
  }

  /// Returns up to `depth` levels of each side, best first.
  public func book(
    _ instrument: InstrumentID, depth: Int
  ) -> (bids: [BookLevel], asks: [BookLevel]) {
    guard let index = instrument.index(in: Int(box.trading.markets.count)) else { return ([], []) }
    func levels(_ side: Side) -> [BookLevel] {
      box.trading.markets[UInt32(index)].book.levels(side.inBook, depth: depth).map { level in
        BookLevel(
          instrument: instrument, side: side, price: level.price, size: level.size,
          orders: level.orders)
      }
    }
    return (levels(.buy), levels(.sell))
  }

  // MARK: Money in

  public func depositAddresses(of account: AccountID, asset: AssetID) -> [DepositAddress] {
    chain.addresses(of: account).filter { $0.asset == asset }
  }

  public func depositAddress(index: UInt32) -> DepositAddress? {
    index < chain.addresses.count ? chain.addresses[Int(index)] : nil
  }

  /// The position of the next address to hand out.
  public var nextDepositIndex: UInt32 { UInt32(chain.addresses.count) }
  /// The position of the next change output.
  public var nextChangeIndex: UInt32 { chain.nextChangeIndex }

  /// A deposit on the chain, or a receipt that is not credited yet. Credited receipts are not kept.
  public func deposit(_ id: DepositID) -> Deposit? { deposits[id] }

  public func deposit(at outpoint: ChainOutpoint) -> Deposit? { deposits[outpoint] }

  /// What the receipts that were ever credited come to.
  public func creditedReceipts(_ asset: AssetID) -> Amount { deposits.creditedTotal(of: asset) }

  /// Deposits that are seen, confirming or attested.
  public var pendingDeposits: [Deposit] { deposits.pending.elements.compactMap { deposits[$0] } }

  // MARK: Money out

  public func withdrawal(_ id: WithdrawalID) -> Withdrawal? { withdrawals[id] }

  public func withdrawal(clientID: String, of account: AccountID) -> Withdrawal? {
    withdrawals.withdrawal(clientID, of: account)
  }

  /// Withdrawals that are neither confirmed, refused nor canceled.
  public var openWithdrawals: [Withdrawal] {
    withdrawals.open.elements.compactMap { withdrawals[$0] }
  }

  /// Withdrawals of `asset` that are in a transaction which no block has yet, and what they come to. They
  /// cannot be cancelled any more, whether it is being signed or broadcast.
  public func inPayment(of asset: AssetID) -> (count: Int, amount: Amount) {
    withdrawals.open.elements.reduce((0, Amount.zero)) { sum, id in
      guard let open = withdrawals[id], open.asset == asset else { return sum }
      switch open.state {
      case .building, .broadcast: return (sum.0 + 1, sum.1 + open.amount)
      case .delayed, .inReview, .approved, .guardHeld, .released, .mined, .confirmed, .refused,
        .canceled:
        return sum
      }
    }
  }

  public func payout(_ id: PayoutID) -> Payout? { withdrawals.payout(id) }

  /// The payout of which some version has this id, in internal byte order.
  public func payout(withTransaction id: [UInt8]) -> Payout? { withdrawals.payout(id) }

  /// Payouts that are neither confirmed nor lost.
  public var openPayouts: [Payout] {
    withdrawals.openPayouts.elements.compactMap(withdrawals.payout)
  }

  // MARK: The chain and the reserves

  /// Our unspent coins at the tip, those reserved by a payout and those in cold storage included, by
  /// outpoint.
  public var ownedOutputs: [OwnedOutput] { chain.outputs.outputs }

  /// Whether an unspent coin of the wallet is at `outpoint`.
  public func owns(_ outpoint: ChainOutpoint) -> Bool { chain.outputs[outpoint] != nil }

  public var tip: ChainPoint? { chain.tip }

  /// The last 300 blocks, oldest first.
  public var recentBlocks: [ChainPoint] { chain.recent.map(\.point) }

  /// What is owed of `asset`: all customers' balances and the house's own accounts.
  public func owed(_ asset: AssetID) -> Amount {
    asset.index(in: box.trading.ledger.assetCount).map { box.trading.ledger.owed(of: $0) } ?? .zero
  }

  /// What customers have of `asset`, without the house's own accounts.
  public func owedToCustomers(_ asset: AssetID) -> Amount {
    asset.index(in: box.trading.ledger.assetCount).map { box.trading.ledger.customers(of: $0) }
      ?? .zero
  }

  /// What is on the chain for customers but not credited yet.
  public func uncredited(_ asset: AssetID) -> Amount {
    deposits.pending.elements.reduce(.zero) { sum, id in
      guard let deposit = deposits[id], deposit.asset == asset,
        case .confirming = deposit.state
      else { return sum }
      return sum + deposit.amount
    }
  }

  /// What payouts and moves of cold coins in a block have taken from the chain but, not being final,
  /// not yet from the ledger.
  public func inFlight(_ asset: AssetID) -> Amount {
    withdrawals.openPayouts.elements.reduce(asset == bitcoin ? coldInFlight : .zero) { sum, id in
      guard let payout = withdrawals.payout(id), payout.asset == asset,
        case .mined = payout.state
      else { return sum }
      return sum + spentOutside(payout)
    }
  }

  /// What leaves the wallet with `payout`: what its recipients get, and the miners.
  func spentOutside(_ payout: Payout) -> Amount {
    payout.withdrawals.reduce(payout.networkFee) { sum, id in
      sum + (withdrawals[id]?.amount ?? .zero)
    }
  }
}

extension Wallet {
  /// The ledger's pocket for free money.
  var available: Pocket { self == .funding ? .fundingAvailable : .tradingAvailable }
  /// The ledger's pocket for money set aside.
  var held: Pocket { self == .funding ? .fundingHeld : .tradingHeld }
  /// The ledger's name for it.
  var inLedger: LedgerWallet { self == .funding ? .funding : .trading }
}

extension LedgerWallet {
  /// The interface's name for it.
  var outside: Wallet { self == .funding ? .funding : .trading }
}

extension Side {
  /// The book's name for the side on which such an order rests.
  var inBook: Book.Side { self == .buy ? .bid : .ask }
}
