import Algos
import Engine
import Matching
import Money
import Structures

// Commands of algo orders, timers, sub-accounts, halts and adjustments from a seed.

extension RandomCommands {
  /// Instruments with notionals that are whole and that are not.
  private mutating func market() -> InstrumentID {
    chance(1, in: 2) ? TestExchange.btcUsdt : TestExchange.goldUsdt
  }

  private mutating func nearPrice() -> Price { Price(ticks: number(88...112)) ?? price(1) }

  private func price(_ ticks: Int64) -> Price {
    guard let price = Price(ticks: ticks) else { preconditionFailure("a price is positive") }
    return price
  }

  private mutating func leg(_ range: ClosedRange<Int64>) -> TriggerLeg {
    TriggerLeg(
      trigger: price(number(range)), order: chance(1, in: 2) ? .market : .limit(nearPrice()))
  }

  private mutating func distance() -> PriceDistance {
    chance(1, in: 2)
      ? .spread(ticks: number(1...6)) : .ratio(millionths: number(1_000...60_000))
  }

  /// A plan that fits a last price of about `last`.
  private mutating func plan(_ side: Side, last: Int64) -> AlgoPlan {
    let above = leg(last + 1...last + 9)
    let below = leg(max(last - 9, 1)...max(last - 1, 1))
    let (profit, loss) = side == .sell ? (above, below) : (below, above)
    let slicing = Slicing(
      slice: Lots(number(2...6)), distance: .spread(ticks: number(1...3)), limit: nearPrice())
    switch number(0...6) {
    case 0: return .conditional(takeProfit: profit, stopLoss: nil)
    case 1: return .conditional(takeProfit: nil, stopLoss: loss)
    case 2: return .oco(takeProfit: profit, stopLoss: loss)
    case 3:
      return .trigger(
        chance(1, in: 2) ? above : below, execution: pick([.normal, .fok, .ioc]) ?? .normal)
    case 4: return .trailing(callback: distance(), active: chance(1, in: 2) ? profit.trigger : nil)
    case 5: return .iceberg(slicing)
    default: return .twap(slicing, intervalMilliseconds: number(5_000...120_000))
    }
  }

  private mutating func algo(_ exchange: Exchange, _ account: AccountID) -> AlgoReference {
    if let open = pick(exchange.openAlgos(of: account)) { return .id(open.id) }
    return .client("stop")
  }

  /// What a live exchange could see beside plain orders.
  mutating func plausibleTrading(
    for exchange: Exchange, _ accounts: [AccountID], _ account: AccountID
  ) -> Command {
    let instrument = market()
    let side: Side = chance(1, in: 2) ? .buy : .sell
    let last = exchange.lastPrice(instrument)?.ticks ?? 100
    let asset = pick([TestExchange.btc, TestExchange.usdt, TestExchange.gold]) ?? TestExchange.btc
    let name = chance(1, in: 2) ? "dave" : "erin"
    let signature = [UInt8](repeating: 0, count: 64)
    if exchange.state(of: instrument) != .live, chance(1, in: 3) {
      return .setInstrumentState(operatorName: name, instrument: instrument, state: .live)
    }
    switch number(0...24) {
    case 0...9:
      return .placeAlgo(
        PlaceAlgo(
          account: account, instrument: instrument, clientID: chance(1, in: 6) ? "stop" : "",
          tag: "", side: side,
          size: chance(1, in: 8)
            ? .quote(Amount(units: number(1...4000))) : .base(Lots(number(1...20))),
          plan: plan(side, last: last)))
    case 10: return .cancelAlgo(account: account, algo: algo(exchange, account))
    case 11:
      return .amendAlgo(
        AmendAlgo(
          account: account, algo: algo(exchange, account), requestID: "",
          amendment: AlgoAmendment(
            size: chance(1, in: 2) ? Lots(number(0...20)) : nil,
            trigger: chance(1, in: 3) ? nearPrice() : nil,
            callback: chance(1, in: 3) ? distance() : nil), cancelOnFailure: chance(1, in: 4)))
    case 12...14:
      let limit = nearPrice()
      return .placeOrderWithAlgos(
        PlaceOrder(
          account: account, instrument: instrument, clientOrderID: "", tag: "", side: side,
          type: chance(1, in: 4) ? .ioc : .limit, price: limit, size: .base(Lots(number(2...30))),
          refuseShrinking: false),
        attached: (0..<number(1...2)).map { _ in
          AttachedAlgo(clientID: "", plan: plan(side == .buy ? .sell : .buy, last: limit.ticks))
        })
    case 15:
      return .cancelOrders(
        account: account, instrument: chance(1, in: 2) ? instrument : nil,
        side: chance(1, in: 2) ? side : nil)
    case 16:
      return .cancelAllAfter(
        account: account, milliseconds: chance(1, in: 3) ? 0 : number(9_000...121_000),
        tag: chance(1, in: 2) ? "bot" : "")
    case 17:
      return .setSelfTradePrevention(
        account: account, mode: pick([.cancelMaker, .cancelTaker, .cancelBoth]) ?? .cancelMaker)
    case 18: return .setFeeTier(operatorName: name, account: account, tier: UInt8(number(0...1)))
    case 19: return .openSubaccount(master: account, name: "sub \(number(0...9))")
    case 20, 21:
      return .transferBetween(
        TransferBetween(
          from: account, to: pick(accounts) ?? account, asset: asset,
          amount: Amount(units: number(1...100_000)), fromWallet: .trading, toWallet: .trading))
    case 22:
      return .setInstrumentState(
        operatorName: name, instrument: instrument,
        state: exchange.state(of: instrument) == .live
          ? pick([.suspend, .preopen, .preopen]) ?? .preopen
          : chance(1, in: 4) ? .suspend : .live)
    case 23:
      return .proposeAdjustment(
        ProposeAdjustment(
          operatorName: name, kind: chance(1, in: 2) ? .correction : .reward, account: account,
          asset: asset, wallet: .trading, amount: Amount(units: number(-50...50)), reason: "why",
          signature: signature))
    default:
      return .decideAdjustment(
        DecideAdjustment(
          operatorName: name, adjustment: pick(exchange.proposedAdjustments)?.id ?? AdjustmentID(1),
          approves: chance(3, in: 4), signature: signature))
    }
  }

  /// Anything at all.
  mutating func arbitraryTrading() -> Command {
    let account: AccountID = id(upTo: 3)
    let instrument: InstrumentID = id(upTo: 2)
    let side: Side = chance(1, in: 2) ? .buy : .sell
    let plan = plan(side, last: number(1...200))
    let reference: AlgoReference =
      chance(1, in: 2) ? .id(AlgoID(UInt64(number(0...5)))) : .client(identifierText())
    switch number(27...39) {
    case 27:
      return .placeOrderWithAlgos(
        PlaceOrder(
          account: account, instrument: instrument, clientOrderID: identifierText(), tag: "",
          side: side, type: pick([.limit, .market, .ioc]) ?? .limit,
          price: Price(ticks: amount().units), size: .base(Lots(amount().units)),
          refuseShrinking: false),
        attached: (0..<number(0...3)).map { _ in
          AttachedAlgo(clientID: identifierText(), plan: plan)
        })
    case 28:
      return .cancelOrders(
        account: account, instrument: chance(1, in: 2) ? instrument : nil,
        side: chance(1, in: 2) ? side : nil)
    case 29:
      return .cancelAllAfter(
        account: account, milliseconds: amount().units,
        tag: OrderTag(identifierText().description.prefix(16)) ?? "")
    case 30:
      return .placeAlgo(
        PlaceAlgo(
          account: account, instrument: instrument, clientID: identifierText(), tag: "", side: side,
          size: chance(1, in: 2) ? .base(Lots(amount().units)) : .quote(amount()), plan: plan))
    case 31: return .cancelAlgo(account: account, algo: reference)
    case 32:
      let change: AlgoAmendment.Leg =
        pick([
          .keep, .remove, .change(trigger: Price(ticks: amount().units), order: .market),
        ]) ?? .keep
      return .amendAlgo(
        AmendAlgo(
          account: account, algo: reference, requestID: identifierText(),
          amendment: AlgoAmendment(
            size: chance(1, in: 2) ? Lots(amount().units) : nil, takeProfit: change,
            stopLoss: change, trigger: Price(ticks: amount().units),
            order: chance(1, in: 2) ? .market : nil,
            callback: chance(1, in: 2) ? .spread(ticks: amount().units) : nil,
            active: Price(ticks: amount().units)), cancelOnFailure: chance(1, in: 2)))
    case 33:
      return .setSelfTradePrevention(
        account: account, mode: pick([.cancelMaker, .cancelTaker, .cancelBoth]) ?? .cancelMaker)
    case 34:
      return .setFeeTier(
        operatorName: pick(["dave", "frank"]) ?? "", account: account,
        tier: UInt8(number(0...255)))
    case 35: return .openSubaccount(master: account, name: text())
    case 36:
      return .transferBetween(
        TransferBetween(
          from: account, to: id(upTo: 3), asset: id(upTo: 3), amount: amount(),
          fromWallet: pick(Wallet.allCases) ?? .funding,
          toWallet: pick(Wallet.allCases) ?? .trading))
    case 37:
      return .setInstrumentState(
        operatorName: pick(["dave", "frank"]) ?? "", instrument: instrument,
        state: pick([.live, .suspend, .preopen]) ?? .live)
    case 38:
      return .proposeAdjustment(
        ProposeAdjustment(
          operatorName: "dave", kind: chance(1, in: 2) ? .correction : .reward, account: account,
          asset: id(upTo: 3), wallet: pick(Wallet.allCases) ?? .funding, amount: amount(),
          reason: text(), signature: bytes(63...64)))
    default:
      return .decideAdjustment(
        DecideAdjustment(
          operatorName: pick(["dave", "erin"]) ?? "", adjustment: id(upTo: 3),
          approves: chance(1, in: 2), signature: bytes(63...64)))
    }
  }
}
