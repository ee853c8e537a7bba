import Ledger
public import Money
public import Structures

// What new blocks make of deposits in blocks, and what becomes of them when their block goes.

extension Exchange {
  /// Credits what is deep enough, and lets what is deeper leave again.
  mutating func advanceDeposits(_ emit: (Event) -> Void) {
    guard let bitcoin, trustsChain(of: bitcoin) else { return }
    let together = unsettled
    for id in deposits.pending.elements {
      guard let deposit = deposits[id], case .confirming(let point) = deposit.state,
        let asset = asset(deposit.asset),
        chain.depth(of: point.height)
          >= asset.confirmations(forDepositOf: together[owner(of: deposit)] ?? deposit.amount)
      else { continue }
      credit(deposit, in: point, emit)
    }
    for id in deposits.reversed.elements { confirmAgain(id, emit) }
    for id in deposits.maturing.elements {
      guard var deposit = deposits[id], case .credited(let point?) = deposit.state,
        let asset = asset(deposit.asset),
        chain.depth(of: point.height)
          >= asset.confirmations(
            forWithdrawalOfDeposit: together[owner(of: deposit)] ?? deposit.amount)
      else { continue }
      deposit.state = .withdrawable(point)
      record(deposit, emit)
    }
  }

  /// A deposit that stayed owed through a reorganisation is in the chain again.
  private mutating func confirmAgain(_ id: DepositID, _ emit: (Event) -> Void) {
    guard var deposit = deposits[id], case .chain(let outpoint) = deposit.source,
      let height = chain.outputs[outpoint]?.height, let asset = asset(deposit.asset),
      chain.depth(of: height) >= asset.confirmations(forDepositOf: deposit.amount),
      let block = chain.recent.last(where: { $0.point.height == height })
    else { return }
    deposit.state = .credited(block.point)
    record(deposit, emit)
    resume(deposit.asset, like: .reorganisationBeyondFinality(id), emit)
  }

  /// A deposit's block left the chain.
  mutating func takeBackDeposit(at outpoint: ChainOutpoint, _ emit: (Event) -> Void) {
    guard var deposit = deposit(at: outpoint) else { return }
    switch deposit.state {
    case .confirming, .belowMinimum:
      deposit.state = .seen
      record(deposit, emit)
    case .credited: takeBackCredit(of: deposit, emit)
    case .withdrawable: reverse(deposit, emit)
    case .seen, .attested, .reversed: break
    }
  }

  /// Takes a credit back that could not leave yet, from what the customer has free of it; if that
  /// does not suffice, it stays owed.
  private mutating func takeBackCredit(of deposit: Deposit, _ emit: (Event) -> Void) {
    let (account, asset) = (deposit.account, deposit.asset)
    let inFunding = min(
      deposit.amount, balance(of: account, asset: asset, wallet: .funding).available)
    let inTrading = deposit.amount - inFunding
    guard inTrading <= balance(of: account, asset: asset, wallet: .trading).available else {
      return reverse(deposit, emit)
    }
    var reversed = deposit
    reversed.state = .reversed
    record(reversed, emit)
    for (amount, wallet) in [(inFunding, Wallet.funding), (inTrading, .trading)]
    where amount > .zero {
      post(amount, of: asset, from: customer(account, wallet.available), to: .custody)
      bill(
        -amount, of: asset, account: account, wallet: wallet, reason: .deposit,
        reference: deposit.id.raw, emit)
    }
    reversed.state = .seen
    record(reversed, emit)
  }

  /// What was credited stays owed though the chain does not have it: nothing leaves any more.
  private mutating func reverse(_ deposit: Deposit, _ emit: (Event) -> Void) {
    var deposit = deposit
    deposit.state = .reversed
    record(deposit, emit)
    suspend(deposit.asset, .reorganisationBeyondFinality(deposit.id), closes: true, emit)
  }

  /// Whose deposits count together, and of what.
  private struct Owner: Hashable {
    var account: AccountID
    var asset: AssetID
  }

  private func owner(of deposit: Deposit) -> Owner {
    Owner(account: master(of: deposit.account), asset: deposit.asset)
  }

  private func master(of account: AccountID) -> AccountID {
    self.account(account)?.master ?? account
  }

  /// What each customer has in blocks and not settled: a large deposit cut in many small ones waits
  /// as long as if it were one.
  private var unsettled: [Owner: Amount] {
    var sums: [Owner: Amount] = [:]
    for id in deposits.pending.elements {
      guard let deposit = deposits[id], case .confirming = deposit.state else { continue }
      sums[owner(of: deposit), default: .zero] += deposit.amount
    }
    for id in deposits.maturing.elements {
      guard let deposit = deposits[id] else { continue }
      sums[owner(of: deposit), default: .zero] += deposit.amount
    }
    return sums
  }

  /// What the customer and his sub-accounts were credited of `asset` and may not withdraw yet.
  public func notWithdrawable(_ asset: AssetID, of account: AccountID) -> Amount {
    let owner = Owner(account: master(of: account), asset: asset)
    return deposits.maturing.elements.reduce(.zero) { sum, id in
      guard let deposit = deposits[id], self.owner(of: deposit) == owner else { return sum }
      return sum + deposit.amount
    }
  }
}
