import Engine
import Money
import Structures
import Testing

extension TestExchange {
  /// Lets `name` open an account with a signing key, an address that has cooled off, and coins in
  /// funding; all holds after the change of credentials are over.
  mutating func openWithdrawer(_ name: String, coins: Int64) -> AccountID {
    let account = open(name)
    run(
      .enrolSigningKey(
        account: account, publicKey: identifier(7), proof: Array(repeating: 1, count: 64)))
    run(addAddress(account, "bc-home", nonce: 1))
    wait(2 * Self.hour)
    deposit(coins, to: account)
    for _ in 0..<2 { connect() }
    return account
  }

  func addAddress(_ account: AccountID, _ address: String, nonce: UInt64) -> Command {
    .addAddress(
      AddAddress(
        account: account, asset: Self.btc, chain: "BTC-Bitcoin", address: address, label: "home",
        nonce: nonce, signature: Array(repeating: 2, count: 64)))
  }

  func request(
    _ account: AccountID, _ units: Int64, to address: String = "bc-home", id: String = ""
  ) -> Command {
    .requestWithdrawal(
      RequestWithdrawal(
        account: account, asset: Self.btc, address: address, amount: Amount(units: units),
        clientID: id))
  }

  func review(_ id: WithdrawalID, by name: String, approves: Bool = true) -> Command {
    .reviewWithdrawal(
      ReviewWithdrawal(
        operatorName: name, withdrawal: id, approves: approves, reason: "not by the customer",
        signature: Array(repeating: 1, count: 64)))
  }

  /// A payout of `ids` from all free coins.
  func payout(_ ids: [WithdrawalID], networkFee: Int64 = 300, transaction: Int = 1) -> PayoutBuilt {
    let inputs = exchange.spendableOutputs
    let amounts = ids.reduce(Amount.zero) { $0 + (exchange.withdrawal($1)?.amount ?? .zero) }
    let change =
      inputs.reduce(Amount.zero) { $0 + $1.amount } - amounts - Amount(units: networkFee)
    return PayoutBuilt(
      asset: Self.btc, withdrawals: ids, inputs: inputs.map(\.outpoint),
      changeIndex: change > .zero ? exchange.nextChangeIndex : nil, change: change,
      networkFee: Amount(units: networkFee), unsigned: [1],
      transaction: identifier(transaction, kind: 200))
  }

  /// What a block that has `payout` shows of it.
  func mined(
    _ payout: PayoutBuilt
  ) -> (received: [ConnectBlock.Received], spent: [ConnectBlock.Spent]) {
    let change = payout.changeIndex.map { index in
      ConnectBlock.Received(
        outpoint: ChainOutpoint(transaction: payout.transaction, index: 1),
        script: ScriptIndex(branch: .change, index: index), amount: payout.change)
    }
    return (
      change.map { [$0] } ?? [], payout.inputs.map { .init(outpoint: $0, by: payout.transaction) }
    )
  }

  func state(_ id: WithdrawalID) -> Withdrawal.State? { exchange.withdrawal(id)?.state }
}
