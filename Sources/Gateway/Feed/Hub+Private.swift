import Algos
import Engine
import JSON
import MarketData
import Money
import Structures
import Views

/// Pushes of the private channels, to the owner of the account alone.
extension Hub {
  /// What a new listener of `account` or `balance_and_position` gets at once.
  func greetOwner(_ listener: Listener, _ account: AccountID, now: Timestamp) {
    let all = sorted(balances[account] ?? [:]).filter { $0.total != .zero }
    switch listener.subscription.channel {
    case .account: send(listener, JSON.array([accountRow(all, all, listener, now: now)]).bytes)
    case .balanceAndPosition:
      send(listener, JSON.array([positionRow(all, "snapshot", now: now)]).bytes)
    default: break
    }
  }

  /// Tells of balances that a batch changed.
  func push(balances changed: [AssetID: Balance], of account: AccountID, now: Timestamp) {
    guard balances[account] != nil else { return }
    balances[account]?.merge(changed) { _, newer in newer }
    let all = sorted(balances[account] ?? [:])
    let rows = sorted(changed)
    for listener in owners[account] ?? [] {
      switch listener.subscription.channel {
      case .account:
        let shown = rows.filter { isWanted($0.asset, listener) }
        guard !shown.isEmpty else { continue }
        send(listener, JSON.array([accountRow(all, shown, listener, now: now)]).bytes)
      case .balanceAndPosition:
        send(listener, JSON.array([positionRow(rows, "event_update", now: now)]).bytes)
      default: continue
      }
    }
  }

  /// Sends the whole account again to those who did not ask for changes only.
  func repeatAccounts(now: Timestamp) {
    for (account, audience) in owners {
      for listener in audience
      where listener.subscription.channel == .account && listener.subscription.isRepeated {
        greetOwner(listener, account, now: now)
      }
    }
  }

  private func sorted(_ balances: [AssetID: Balance]) -> [Balance] {
    balances.values.sorted { $0.asset < $1.asset }
  }

  private func isWanted(_ asset: AssetID, _ listener: Listener) -> Bool {
    listener.subscription.asset.map { $0 == asset } ?? true
  }

  private func accountRow(
    _ all: [Balance], _ shown: [Balance], _ listener: Listener, now: Timestamp
  ) -> JSON {
    BalanceRow.account(
      all: all, shown: shown.filter { isWanted($0.asset, listener) }, valuation: valuation(),
      now: now)
  }

  private func positionRow(_ shown: [Balance], _ kind: String, now: Timestamp) -> JSON {
    var row = Row()
    row.set("pTime", now.milliseconds)
    row.set("eventType", kind)
    row.set(
      "balData",
      json: .array(
        shown.map { balance in
          [
            "ccy": .string(catalog.code(of: balance.asset)),
            "cashBal": .string(catalog.text(balance.total, of: balance.asset)),
            "uTime": .string(String(now.milliseconds)),
          ]
        }))
    row.set("posData", json: [])
    row.set("trades", json: [])
    return row.json
  }

  /// Tells of a change of an order, each fill apart.
  func push(_ order: Order, _ change: OrderChange) {
    guard let audience = owners[order.account], let market = catalog.market(order.instrument)
    else { return }
    var fill: OrderRecord.LastFill?
    if case .filled(let one) = change {
      fill = OrderRecord.LastFill(
        trade: one.trade, price: one.price, size: one.size, at: order.updatedAt)
      pushFill(order, one, market, audience)
    }
    let row = OrderRow.push(
      OrderRecord(order: order, lastFill: fill), change: change, market: market, catalog: catalog,
      lastPrice: data[order.instrument]?.lastTrade?.price)
    let text = JSON.array([row]).bytes
    for listener in audience where listener.subscription.channel == .orders {
      guard isWanted(order.instrument, listener) else { continue }
      send(listener, text)
    }
  }

  /// Tells of a change of an algo order. One that is attached is shown with its order until it begins.
  func push(_ algo: Algo, _ change: AlgoChange) {
    let id = InstrumentID(algo.market)
    guard algo.state != .attached, let audience = owners[AccountID(algo.owner)],
      let market = catalog.market(id)
    else { return }
    let channel: SocketChannel
    switch algo.plan.kind {
    case .stop, .trigger: channel = .algoOrders
    case .trailing, .iceberg, .twap: channel = .advancedAlgoOrders
    }
    let row = AlgoRow(catalog: catalog).push(
      algo, change, market: market, last: data[id]?.lastTrade?.price)
    let text = JSON.array([row]).bytes
    for listener in audience where listener.subscription.channel == channel {
      guard isWanted(id, listener), listener.subscription.algo.map({ $0 == algo.id }) ?? true
      else { continue }
      send(listener, text)
    }
  }

  private func isWanted(_ instrument: InstrumentID, _ listener: Listener) -> Bool {
    listener.subscription.instrument.map { $0 == instrument } ?? true
  }

  private func pushFill(
    _ order: Order, _ fill: Fill, _ market: MarketSpec, _ audience: [Listener]
  ) {
    var row = Row()
    row.set("instId", market.symbol)
    row.set("fillSz", market.text(fill.size))
    row.set("fillPx", market.text(fill.price))
    row.set("side", order.side.text)
    row.set("ts", order.updatedAt.milliseconds)
    row.set("ordId", order.id.raw)
    row.set("clOrdId", order.clientOrderID.description)
    row.set("tradeId", fill.trade.raw)
    row.set("execType", fill.isMaker ? "M" : "T")
    row.set("count", "1")
    let text = JSON.array([row.json]).bytes
    for listener in audience where listener.subscription.channel == .fills {
      guard isWanted(order.instrument, listener) else { continue }
      send(listener, text)
    }
  }

  /// Tells of a deposit.
  func push(_ deposit: Deposit, now: Timestamp) {
    guard owners[deposit.account] != nil else { return }
    tell(
      deposit.account, .depositInfo, deposit.asset,
      AssetRow(catalog: catalog).deposit(DepositRecord(deposit), tip: tip), now: now)
  }

  /// Tells of a withdrawal.
  func push(_ withdrawal: Withdrawal, now: Timestamp) {
    guard owners[withdrawal.account] != nil else { return }
    tell(
      withdrawal.account, .withdrawalInfo, withdrawal.asset,
      AssetRow(catalog: catalog).withdrawal(WithdrawalRecord(withdrawal)), now: now)
  }

  private func tell(
    _ account: AccountID, _ channel: SocketChannel, _ asset: AssetID, _ row: Row, now: Timestamp
  ) {
    var row = row
    row.set("subAcct", "")
    row.set("pTime", now.milliseconds)
    let text = JSON.array([row.json]).bytes
    for listener in owners[account] ?? [] where listener.subscription.channel == channel {
      guard isWanted(asset, listener) else { continue }
      send(listener, text)
    }
  }
}
