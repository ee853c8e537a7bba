import Engine
import Money
import Structures

/// Commands from a seed: `plausible` ones that a live exchange could see, and `arbitrary` ones.
struct RandomCommands {
  private var random: SplitMix64
  private var blocks = 0
  private var coins = 0

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  mutating func number(_ range: ClosedRange<Int64>) -> Int64 { .random(in: range, using: &random) }
  mutating func chance(_ one: Int, in all: Int) -> Bool {
    Int.random(in: 0..<all, using: &random) < one
  }
  mutating func id<T>(upTo last: Int) -> Identifier<T> {
    Identifier(UInt64(number(0...Int64(max(last, 0) + 1))))
  }
  mutating func pick<T>(_ list: [T]) -> T? { list.randomElement(using: &random) }
  mutating func bytes(_ counts: ClosedRange<Int>) -> [UInt8] {
    (0..<Int.random(in: counts, using: &random)).map { _ in .random(in: 0...255, using: &random) }
  }
  mutating func text() -> String {
    String(
      (0..<Int.random(in: 0...8, using: &random)).compactMap { _ in
        "aB3é漢".randomElement(using: &random)
      })
      + String(number(0...9))
  }
  /// A short ASCII text, at times with a dash, which no id may have.
  mutating func identifierText() -> ClientOrderID {
    let letters = (0..<Int.random(in: 0...8, using: &random)).compactMap { _ in
      "aB3x".randomElement(using: &random)
    }
    return ClientOrderID(String(letters) + (chance(1, in: 8) ? "-" : "") + "\(number(0...9))") ?? ""
  }
  mutating func amount() -> Amount {
    chance(1, in: 12)
      ? Amount(units: .random(in: .min ... .max, using: &random))
      : Amount(units: number(-5...300_000))
  }
  private mutating func time(_ now: Timestamp) -> Timestamp {
    chance(1, in: 12)
      ? Timestamp(milliseconds: .random(in: .min ... .max, using: &random))
      : now.advanced(byMilliseconds: number(0...10_000_000))
  }

  // MARK: What a live exchange could see

  /// Three customers with money in both wallets, a signing key and an address that has cooled off.
  static var prelude: [Command] {
    let nothing = [UInt8](repeating: 0, count: 64)
    let accounts = (UInt64(1)...3).map(AccountID.init)
    var commands: [Command] = accounts.map { .openAccount(name: "customer \($0)") }
    for account in accounts {
      let index = UInt32(account.raw - 1)
      commands += [
        .assignDepositAddress(
          account: account, asset: TestExchange.btc, index: index, address: "address \(index)"),
        .enrolSigningKey(account: account, publicKey: identifier(9), proof: nothing),
        .addAddress(
          AddAddress(
            account: account, asset: TestExchange.btc, chain: "BTC-Bitcoin", address: "to 0",
            label: "", nonce: 1, signature: nothing)),
      ]
      for asset in [TestExchange.usdt, TestExchange.gold] {
        for name in ["dave", "erin"] {
          commands.append(
            .attestReceipt(
              AttestReceipt(
                operatorName: name, account: account, asset: asset,
                amount: Amount(units: 1_000_000), reference: "first \(account)", signature: nothing
              )))
        }
        commands.append(
          .transfer(
            account: account, asset: asset, amount: Amount(units: 900_000), from: .funding,
            to: .trading))
      }
    }
    for height in UInt32(1)...3 {
      commands.append(
        .connectBlock(
          ConnectBlock(
            point: ChainPoint(height: height, hash: identifier(Int(height), kind: 69)),
            previous: identifier(Int(height) - 1, kind: 69),
            received: height > 1
              ? []
              : accounts.map { account in
                ConnectBlock.Received(
                  outpoint: ChainOutpoint(
                    transaction: identifier(Int(account.raw), kind: 49), index: 0),
                  script: ScriptIndex(branch: .deposit, index: UInt32(account.raw - 1)),
                  amount: Amount(units: 2_000_000))
              }, spent: [])))
    }
    for account in accounts {
      commands.append(
        .transfer(
          account: account, asset: TestExchange.btc, amount: Amount(units: 500_000),
          from: .funding, to: .trading))
    }
    return commands
  }

  mutating func plausible(for exchange: Exchange) -> Command {
    let accounts = exchange.accounts.map(\.id)
    guard accounts.count >= 3, let account = pick(accounts) else {
      return .openAccount(name: "customer \(accounts.count)")
    }
    if chance(1, in: 4) { return plausibleTrading(for: exchange, accounts, account) }
    if chance(1, in: 12) { return plausibleChange(for: exchange, account) }
    let asset: AssetID = id(upTo: 3)
    let open = exchange.openWithdrawals
    switch Int.random(in: 0..<40, using: &random) {
    case 0..<12: return placeOrder(account)
    case 12, 13:
      let order = pick(exchange.openOrders(of: account))?.id ?? OrderID(1_000_000)
      return .cancelOrder(account: account, order: .id(order))
    case 14..<17:
      let order = pick(exchange.openOrders(of: account))?.id ?? OrderID(1_000_003)
      return .amendOrder(
        AmendOrder(
          account: account, order: .id(order), requestID: "",
          size: chance(1, in: 2)
            ? Lots(number(0...40)) : nil,
          price: chance(1, in: 2)
            ? Price(ticks: number(90...110)) : nil, cancelOnFailure: chance(1, in: 4)))
    case 17, 18:
      return .transfer(
        account: account, asset: asset, amount: Amount(units: number(0...200_000)),
        from: chance(2, in: 3) ? .funding : .trading, to: chance(2, in: 3) ? .trading : .funding)
    case 19, 20:
      return .attestReceipt(
        AttestReceipt(
          operatorName: chance(1, in: 2) ? "dave" : "erin", account: account,
          asset: chance(1, in: 2) ? TestExchange.usdt : TestExchange.gold,
          amount: Amount(units: 500_000), reference: "payment \(number(0...30))",
          signature: Array(repeating: 0, count: 64)))
    case 21:
      return .assignDepositAddress(
        account: account, asset: TestExchange.btc, index: exchange.nextDepositIndex,
        address: "address \(exchange.nextDepositIndex)")
    case 22:
      return .depositSeen(
        outpoint: newCoin(), script: script(exchange), amount: Amount(units: number(1...50_000)))
    case 23..<27: return connect(exchange)
    case 27: return exchange.tip.map(Command.disconnectBlock) ?? .tick
    case 28:
      return .addAddress(
        AddAddress(
          account: account, asset: TestExchange.btc, chain: "BTC-Bitcoin",
          address: "to \(number(0...3))", label: "", nonce: UInt64(number(1...50)),
          signature: Array(repeating: 0, count: 64)))
    case 29:
      return .enrolSigningKey(
        account: account, publicKey: identifier(Int(number(0...3))),
        proof: Array(repeating: 0, count: 64))
    case 30..<32:
      return .requestWithdrawal(
        RequestWithdrawal(
          account: account, asset: TestExchange.btc, address: "to \(number(0...1))",
          amount: Amount(units: number(900...300_000)), clientID: ""))
    case 32:
      return .cancelWithdrawal(account: account, withdrawal: pick(open)?.id ?? WithdrawalID(1))
    case 33:
      return .reviewWithdrawal(
        ReviewWithdrawal(
          operatorName: chance(1, in: 2) ? "dave" : "erin",
          withdrawal: pick(open)?.id ?? WithdrawalID(1), approves: chance(3, in: 4),
          reason: "no", signature: Array(repeating: 0, count: 64)))
    case 34, 35:
      return .guardReleased(
        withdrawal: pick(open.filter { $0.state == .approved })?.id ?? WithdrawalID(1),
        release: [1])
    case 36:
      if chance(1, in: 6) { return child(exchange) }
      return chance(1, in: 3) ? replacement(exchange) : payout(exchange)
    case 37:
      if chance(1, in: 3) { return cold(exchange) }
      if chance(1, in: 8), let waiting = pick(exchange.openPayouts.filter { $0.state == .built }) {
        return .payoutLost(payout: waiting.id, .unsigned)
      }
      return .payoutSigned(
        payout: pick(exchange.openPayouts)?.id ?? PayoutID(1), transaction: [1, 2])
    case 38:
      guard let tip = exchange.tip else { return .tick }
      if chance(1, in: 3) {
        return .chainJudged(
          asset: TestExchange.btc, problem: chance(1, in: 3) ? "two branches" : nil)
      }
      let onChain = exchange.ownedOutputs.reduce(Amount.zero) { $0 + $1.amount }
      return .reservesObserved(
        asset: TestExchange.btc, at: tip, onChain: chance(1, in: 6) ? .zero : onChain)
    default:
      return .guardReported(
        GuardReport(
          connected: chance(3, in: 4), signersReachable: UInt32(number(0...3)), signersTotal: 3,
          threshold: 2, halted: chance(1, in: 6) ? "head differs" : nil))
    }
  }

  private mutating func placeOrder(_ account: AccountID) -> Command {
    let type =
      pick([OrderType.limit, .limit, .limit, .market, .postOnly, .fok, .ioc]) ?? .limit
    let byBudget = type == .market && chance(1, in: 2)
    return .placeOrder(
      PlaceOrder(
        account: account,
        instrument: chance(1, in: 2) ? TestExchange.btcUsdt : TestExchange.goldUsdt,
        clientOrderID: chance(1, in: 3) ? ClientOrderID("id\(number(0...5))") ?? "" : "", tag: "",
        side: chance(1, in: 2) ? .buy : .sell, type: type,
        price: type == .market ? nil : Price(ticks: number(90...110)),
        size: byBudget ? .quote(Amount(units: number(1...4000))) : .base(Lots(number(1...40))),
        refuseShrinking: chance(1, in: 2)))
  }

  private mutating func newCoin() -> ChainOutpoint {
    coins += 1
    // Now and then a coin that was there before.
    let number = chance(1, in: 10) ? Int.random(in: 1...coins, using: &random) : coins
    return ChainOutpoint(transaction: identifier(number, kind: 50), index: 0)
  }

  private mutating func script(_ exchange: Exchange) -> ScriptIndex {
    ScriptIndex(
      branch: .deposit, index: UInt32(number(0...Int64(max(exchange.nextDepositIndex, 1)) - 1)))
  }

  private mutating func connect(_ exchange: Exchange) -> Command {
    blocks += 1
    var received: [ConnectBlock.Received] = []
    for deposit in exchange.pendingDeposits where chance(1, in: 2) {
      guard case .chain(let outpoint) = deposit.source, deposit.state == .seen else { continue }
      received.append(
        .init(outpoint: outpoint, script: script(exchange), amount: deposit.amount))
    }
    if chance(1, in: 2), exchange.nextDepositIndex > 0 {
      received.append(
        .init(
          outpoint: newCoin(), script: script(exchange), amount: Amount(units: number(1...400_000))
        ))
    }
    var spent: [ConnectBlock.Spent] = []
    for payout in exchange.openPayouts where payout.state == .signed && chance(1, in: 2) {
      spent += payout.inputs.map { .init(outpoint: $0, by: payout.transaction) }
      for (place, amount) in payout.version.changes.enumerated() {
        received.append(
          .init(
            outpoint: exchange.changeOutpoints(of: payout)[place],
            script: ScriptIndex(
              branch: .change, index: (payout.changeIndex ?? 0) + UInt32(place)), amount: amount))
      }
      for (position, payment) in payout.cold.enumerated() {
        received.append(
          .init(
            outpoint: ChainOutpoint(
              transaction: payout.transaction, index: UInt32(position)),
            script: ScriptIndex(branch: .cold, index: payment.index), amount: payment.amount))
      }
    }
    if chance(1, in: 12), let coin = pick(exchange.coldOutputs) {
      let name = identifier(blocks, kind: 61)
      spent.append(.init(outpoint: coin.outpoint, by: name))
      let lost = Amount(units: number(0...700))
      if lost < coin.amount {
        received.append(
          .init(
            outpoint: ChainOutpoint(transaction: name, index: 0),
            script: ScriptIndex(branch: .change, index: exchange.openRefill?.changeIndex ?? 9_999),
            amount: coin.amount - lost))
      }
    }
    if chance(1, in: 120), let coin = pick(exchange.ownedOutputs) {
      spent.append(.init(outpoint: coin.outpoint, by: identifier(blocks, kind: 60)))
    }
    return .connectBlock(
      ConnectBlock(
        point: ChainPoint(
          height: (exchange.tip?.height ?? 0) + 1, hash: identifier(blocks, kind: 70)),
        previous: exchange.tip?.hash ?? identifier(0), received: received, spent: spent))
  }

  /// Pays every released withdrawal that the free coins cover.
  private mutating func payout(_ exchange: Exchange) -> Command {
    let released = exchange.openWithdrawals.filter { $0.state == .released }
    let coins = exchange.spendableOutputs
    let inputs = coins.reduce(Amount.zero) { $0 + $1.amount }
    let amounts = released.reduce(Amount.zero) { $0 + $1.amount }
    let fee = Amount(units: chance(1, in: 8) ? 100_000 : 300)
    let change = inputs - amounts - fee
    let part = Amount(units: number(1...50_000))
    return .payoutBuilt(
      PayoutBuilt(
        asset: TestExchange.btc, withdrawals: released.map(\.id), inputs: coins.map(\.outpoint),
        changeIndex: change > .zero ? exchange.nextChangeIndex : nil, change: change,
        networkFee: fee, unsigned: [0], transaction: identifier(blocks, kind: 80),
        split: chance(1, in: 3) && change > part ? [change - part, part] : []))
  }

  /// A child that spends the change of some payout that is signed.
  private mutating func child(_ exchange: Exchange) -> Command {
    guard let parent = pick(exchange.openPayouts.filter { $0.state == .signed }),
      let place = exchange.changeOutpoints(of: parent).randomElement(using: &random),
      let coin = exchange.unconfirmedChange(place)
    else { return .tick }
    let fee = Amount(units: number(0...400))
    return .payoutBuilt(
      PayoutBuilt(
        asset: parent.asset, withdrawals: [], inputs: [place],
        changeIndex: exchange.nextChangeIndex, change: coin.amount - fee, networkFee: fee,
        unsigned: [0],
        transaction: identifier(Int.random(in: 0...1_000_000, using: &random), kind: 82)))
  }

  /// Something of cold storage.
  private mutating func cold(_ exchange: Exchange) -> Command {
    let newest = exchange.coldBatches.last
    switch number(0...4) {
    case 0:
      return .coldWallet(
        ColdWallet(descriptor: "wsh(cold)#test", maximumFee: Amount(units: number(400...600))))
    case 1:
      let epoch = (newest?.epoch ?? 0) + UInt32(number(0...1))
      return .registerColdBatch(
        ColdBatch(
          number: (newest?.number ?? 0) + 1, firstIndex: newest?.end ?? 0,
          count: UInt32(number(1...4)), addressCap: Amount(units: number(50_000...100_000)),
          epoch: epoch,
          epochCap: epoch == newest?.epoch ? newest?.epochCap ?? .zero : Amount(units: 200_000),
          signed: [7]))
    case 2:
      return .planFloat(
        FloatPlan(
          targetBasisPoints: chance(1, in: 2) ? 250 : 500, usualTargetBasisPoints: 500,
          lowBasisPoints: 5_000, highBasisPoints: 15_000,
          refill: chance(2, in: 3)
            ? RefillNeed(
              amount: Amount(units: number(1...9_000)), missing: Amount(units: number(0...2)))
            : nil))
    default:
      guard case .payoutBuilt(var built) = payout(exchange) else { return .tick }
      built.change += built.withdrawals.reduce(Amount.zero) {
        $0 + (exchange.withdrawal($1)?.amount ?? .zero)
      }
      built.withdrawals = []
      let part = Amount(units: number(0...90_000))
      built.cold = exchange.usableColdAddresses.prefix(2).map {
        ColdPayment(index: $0, amount: part)
      }
      built.change -= built.cold.reduce(Amount.zero) { $0 + $1.amount }
      built.split = []
      built.changeIndex = built.change > .zero ? exchange.nextChangeIndex : nil
      return .payoutBuilt(built)
    }
  }

  /// A dearer version of some payout, from all free coins besides.
  private mutating func replacement(_ exchange: Exchange) -> Command {
    guard let payout = pick(exchange.openPayouts) else { return .tick }
    let more = chance(1, in: 2) ? exchange.spendableOutputs : []
    let fee = Amount(units: .random(in: 0...400, using: &random))
    let change =
      more.reduce(payout.change + payout.networkFee) { $0 + $1.amount } - payout.networkFee - fee
    return .payoutReplaced(
      payout: payout.id,
      by: PayoutBuilt(
        asset: payout.asset, withdrawals: payout.withdrawals,
        inputs: payout.inputs + more.map(\.outpoint),
        changeIndex: change > .zero ? payout.changeIndex ?? exchange.nextChangeIndex : nil,
        change: change, networkFee: payout.networkFee + fee, unsigned: [0],
        transaction: identifier(Int.random(in: 0...1_000_000, using: &random), kind: 81),
        cold: payout.cold))
  }

  // MARK: Anything at all

  mutating func arbitrary() -> Command {
    if chance(1, in: 3) { return arbitraryTrading() }
    let now = Timestamp(milliseconds: 1_700_000_000_000)
    let account: AccountID = id(upTo: 3)
    let asset: AssetID = id(upTo: 3)
    let withdrawal: WithdrawalID = id(upTo: 5)
    let wallet = pick(Wallet.allCases) ?? .funding
    let outpoint = ChainOutpoint(
      transaction: bytes(32...32), index: .random(in: 0 ... .max, using: &random))
    let point = ChainPoint(
      height: .random(in: 0 ... .max, using: &random), hash: bytes(31...33))
    switch Int.random(in: 0..<44, using: &random) {
    case 0:
      var configuration = ExchangeConfiguration.sample
      configuration.assets[0].minimumDeposit = amount()
      configuration.assets[0].withdrawableConfirmations = UInt32(number(0...400))
      configuration.assets[0].depositLadder = (0..<number(0...3)).map { _ in
        ConfirmationStep(from: amount(), confirmations: UInt32(number(0...400)))
      }
      configuration.assets[1].decimals = Int(number(-2...20))
      configuration.instruments[0].maximumSize = Lots(amount().units)
      configuration.credentialHoldMilliseconds = amount().units
      return .configure(configuration)
    case 1: return .tick
    case 26:
      return .keyHashes(HashKey(.random(in: 0 ... .max, using: &random), UInt64(number(0...9))))
    case 2: return .openAccount(name: text())
    case 3:
      return .createAPIKey(
        key: text(), account: account, label: text(),
        permissions: Permissions(rawValue: UInt8(number(0...7))), sealed: bytes(0...40))
    case 4: return .revokeAPIKey(key: text())
    case 5:
      return .enrolSigningKey(account: account, publicKey: bytes(31...33), proof: bytes(64...64))
    case 6:
      return .addAddress(
        AddAddress(
          account: account, asset: asset, chain: "BTC-Bitcoin", address: text(), label: text(),
          nonce: .random(in: 0 ... .max, using: &random), signature: bytes(63...64)))
    case 7: return .removeAddress(account: account, entry: id(upTo: 3))
    case 8:
      return .transfer(
        account: account, asset: asset, amount: amount(), from: wallet,
        to: pick(Wallet.allCases) ?? .trading)
    case 9:
      return .placeOrder(
        PlaceOrder(
          account: account, instrument: id(upTo: 2), clientOrderID: identifierText(),
          tag: OrderTag(identifierText().description.prefix(16)) ?? "",
          side: chance(1, in: 2) ? .buy : .sell,
          type: pick([.limit, .market, .postOnly, .fok, .ioc]) ?? .limit,
          price: Price(ticks: amount().units),
          size: chance(1, in: 2) ? .base(Lots(amount().units)) : .quote(amount()),
          refuseShrinking: chance(1, in: 2)))
    case 10: return .cancelOrder(account: account, order: .client(identifierText()))
    case 11:
      return .amendOrder(
        AmendOrder(
          account: account, order: .id(OrderID(1_000_000)), requestID: identifierText(),
          size: chance(1, in: 2) ? Lots(amount().units) : nil, price: Price(ticks: amount().units),
          cancelOnFailure: chance(1, in: 2)))
    case 12:
      return .assignDepositAddress(
        account: account, asset: asset, index: UInt32(number(0...4)), address: text())
    case 13:
      return .attestReceipt(
        AttestReceipt(
          operatorName: pick(["dave", "erin", "frank"]) ?? "", account: account, asset: asset,
          amount: amount(), reference: text(), signature: bytes(63...64)))
    case 14:
      return .depositSeen(
        outpoint: outpoint,
        script: ScriptIndex(branch: .deposit, index: UInt32(number(0...4))), amount: amount())
    case 15:
      return .connectBlock(
        ConnectBlock(
          point: point, previous: bytes(32...32),
          received: [
            .init(
              outpoint: outpoint, script: ScriptIndex(branch: .change, index: 0), amount: amount())
          ], spent: chance(1, in: 2) ? [.init(outpoint: outpoint, by: bytes(32...32))] : []))
    case 16: return .disconnectBlock(point)
    case 17:
      return .requestWithdrawal(
        RequestWithdrawal(
          account: account, asset: asset, address: text(), amount: amount(), clientID: text()))
    case 18: return .cancelWithdrawal(account: account, withdrawal: withdrawal)
    case 19:
      return .reviewWithdrawal(
        ReviewWithdrawal(
          operatorName: "dave", withdrawal: withdrawal, approves: chance(1, in: 2),
          reason: text(), signature: bytes(64...64)))
    case 20: return .guardHeld(withdrawal: withdrawal, until: time(now), reason: .said(text()))
    case 21: return .guardRefused(withdrawal: withdrawal, reason: text())
    case 22: return .guardReleased(withdrawal: withdrawal, release: bytes(0...40))
    case 23:
      return .payoutBuilt(
        PayoutBuilt(
          asset: asset, withdrawals: [withdrawal], inputs: [outpoint],
          changeIndex: chance(1, in: 2) ? UInt32(number(0...5)) : nil, change: amount(),
          networkFee: amount(), unsigned: bytes(0...40), transaction: bytes(31...33),
          split: chance(1, in: 2) ? [amount(), amount()] : []))
    case 24: return .payoutSigned(payout: id(upTo: 3), transaction: bytes(0...40))
    case 25:
      return .payoutReplaced(
        payout: id(upTo: 3),
        by: PayoutBuilt(
          asset: asset, withdrawals: [withdrawal], inputs: [outpoint], changeIndex: nil,
          change: amount(), networkFee: amount(), unsigned: bytes(0...40),
          transaction: bytes(31...33)))
    case 27:
      return .guardReported(
        GuardReport(
          connected: chance(1, in: 2), signersReachable: UInt32(number(0...5)),
          signersTotal: UInt32(number(0...5)), threshold: UInt32(number(0...5)),
          halted: chance(1, in: 2) ? text() : nil))
    case 28:
      return .chainJudged(asset: asset, problem: chance(1, in: 2) ? text() : nil)
    case 29: return .coldWallet(ColdWallet(descriptor: text(), maximumFee: amount()))
    case 30:
      return .registerColdBatch(
        ColdBatch(
          number: UInt32(number(0...3)), firstIndex: UInt32(number(0...9)),
          count: UInt32(number(0...9)), addressCap: amount(), epoch: UInt32(number(0...3)),
          epochCap: amount(), signed: bytes(0...40)))
    case 31:
      return .planFloat(
        FloatPlan(
          targetBasisPoints: UInt32(number(0...20_000)),
          usualTargetBasisPoints: UInt32(number(0...20_000)), lowBasisPoints: UInt32(number(0...9)),
          highBasisPoints: 10_000,
          refill: chance(1, in: 2) ? RefillNeed(amount: amount(), missing: amount()) : nil))
    case 32:
      return .payoutBuilt(
        PayoutBuilt(
          asset: asset, withdrawals: [], inputs: [outpoint],
          changeIndex: chance(1, in: 2) ? UInt32(number(0...5)) : nil, change: amount(),
          networkFee: amount(), unsigned: bytes(0...40), transaction: bytes(31...33),
          cold: [ColdPayment(index: UInt32(number(0...5)), amount: amount())]))
    case 33: return .guardHeld(withdrawal: withdrawal, until: time(now), reason: .awaitsRefill)
    case 34:
      return .payoutLost(
        payout: id(upTo: 3),
        chance(1, in: 2) ? .unsigned : .conflict(transaction: bytes(31...33), in: point))
    case 35:
      return .keyHoldersReported(
        KeyHoldersReport(
          live: UInt32(number(0...4)), threshold: UInt32(number(0...4)),
          seats: UInt32(number(0...4)), frozen: chance(1, in: 4), reduced: chance(1, in: 2),
          claims: UInt32(number(0...3)), successorAt: chance(1, in: 2) ? amount().units : nil,
          logCount: UInt64(number(0...9)), logHead: bytes(31...32), signature: bytes(63...64)))
    case 36:
      return .decideService(
        ServiceDecision(
          operatorName: pick(["dave", "erin", "frank"]) ?? "", asset: asset,
          action: pick(ServiceDecision.Action.allCases) ?? .explain,
          reasonClass: pick(SuspensionClass.allCases) ?? .maintenance, text: text(),
          number: UInt64(number(0...4)), signature: bytes(63...64)))
    case 37:
      return .reopeningChecked(
        ReopeningCheck(
          asset: asset, keysProved: UInt32(number(0...3)), keysNeeded: UInt32(number(0...3)),
          countersEqual: UInt32(number(0...3)), countersNeeded: UInt32(number(0...3)),
          judged: chance(1, in: 2) ? UInt32(number(0...9)) : nil,
          drainPerHour: UInt32(number(0...9)), signature: bytes(63...64)))
    case 38:
      return .rotateWallet(WalletRotation(descriptor: text(), maximumFee: amount()))
    case 39: return .setContact(account: account, contact: text())
    case 40:
      return .noticeGiven(
        NoticeGiven(
          account: account, change: id(upTo: 4), codeDigest: bytes(31...32),
          cancellableUntil: chance(1, in: 2) ? time(now) : nil))
    case 41:
      return .cancelChange(
        CancelChange(
          account: account, change: id(upTo: 4),
          authority: chance(1, in: 2)
            ? .code(bytes(15...16)) : .key(bytes(31...32), signature: bytes(63...64))))
    case 42:
      return .endHold(
        EndHold(
          account: account, change: id(upTo: 4),
          authority: chance(1, in: 2)
            ? .operatorNamed(pick(["dave", "erin", "frank"]) ?? "dave", signature: bytes(63...64))
            : .key(bytes(31...32), signature: bytes(63...64))))
    default: return .reservesObserved(asset: asset, at: point, onChain: amount())
    }
  }
}
