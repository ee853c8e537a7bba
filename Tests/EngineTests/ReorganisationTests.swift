import Engine
import Money
import Structures
import Testing

/// Random chains that change their mind, with customers who move what they were credited.
@Suite struct ReorganisationTests {
  /// A chain that can be taken back, the coins that float between its branches, and what the events
  /// say of each deposit.
  private struct Storm {
    var world: TestExchange
    var random: SplitMix64
    let accounts: [AccountID]
    /// Coins that are in no block now.
    var floating: [ConnectBlock.Received] = []
    /// What each block brought, from the tenth on.
    var blocks: [[ConnectBlock.Received]] = []
    /// Credits less what was taken back, by deposit.
    var credited: [DepositID: Int64] = [:]
    var states: [DepositID: Deposit.State] = [:]
    /// Times that money was taken back.
    var takenBack = 0
    private var fork: UInt8 = 0
    private var coins = 0
    private let seed: UInt64

    init(seed: UInt64) {
      self.seed = seed
      random = SplitMix64(seed: seed)
      var configuration = ExchangeConfiguration.sample
      configuration.assets[0].depositConfirmations = 1
      configuration.assets[0].depositLadder = [
        ConfirmationStep(from: Amount(units: 5000), confirmations: 2),
        ConfirmationStep(from: Amount(units: 20_000), confirmations: 4),
      ]
      configuration.assets[0].withdrawableConfirmations = 5
      var world = TestExchange()
      world.checksEverything = false
      world.run(.configure(configuration))
      let accounts = ["alice", "bob", "carol"].map { name in world.open(name) }
      for (index, account) in accounts.enumerated() {
        world.run(
          .assignDepositAddress(
            account: account, asset: TestExchange.btc, index: UInt32(index), address: "bc\(index)"))
      }
      for _ in 0..<10 { world.connect() }
      self.world = world
      self.accounts = accounts
    }

    /// Carries out a command and checks what its events say.
    mutating func run(_ command: Command) {
      var wasReversed: Set<DepositID> = []
      for event in world.run(command) {
        switch event {
        case .deposit(let deposit):
          let before = states[deposit.id]
          #expect(
            Self.mayFollow(before, deposit.state),
            "seed \(seed): \(String(describing: before)) → \(deposit.state)")
          states[deposit.id] = deposit.state
          if deposit.state == .reversed { wasReversed.insert(deposit.id) }
        case .bill(let bill) where bill.reason == .deposit:
          let id = DepositID(bill.reference)
          credited[id, default: 0] += bill.change.units
          if bill.change < .zero {
            takenBack += 1
            #expect(wasReversed.contains(id), "seed \(seed): money went without a reversal")
          }
        default: break
        }
      }
      check()
    }

    /// Which state comes after which.
    private static func mayFollow(_ before: Deposit.State?, _ after: Deposit.State) -> Bool {
      switch (before, after) {
      case (nil, .seen), (nil, .confirming), (nil, .belowMinimum): true
      case (.seen, .confirming), (.seen, .belowMinimum): true
      case (.confirming, .credited), (.confirming, .seen): true
      case (.belowMinimum, .seen): true
      case (.credited, .withdrawable), (.credited, .reversed): true
      case (.withdrawable, .reversed): true
      case (.reversed, .seen), (.reversed, .credited): true
      default: false
      }
    }

    /// What must hold after every command.
    private func check() {
      var owed: Int64 = 0
      var wrong: [Deposit] = []
      for deposit in states.keys.compactMap({ world.exchange.deposit($0) }) {
        let sum = credited[deposit.id, default: 0]
        // Never twice, never half: a deposit is in the books whole or not at all.
        let isOwed = deposit.state.isCredited || deposit.state == .reversed
        if sum != (isOwed ? deposit.amount.units : 0) { wrong.append(deposit) }
        owed += sum
      }
      #expect(wrong.isEmpty, "seed \(seed)")
      #expect(world.exchange.owed(TestExchange.btc).units == owed, "seed \(seed)")
      let isNegative = accounts.contains { account in
        [Wallet.funding, .trading].contains { world.available(account, TestExchange.btc, $0) < 0 }
      }
      #expect(!isNegative, "seed \(seed)")
      let standing = states.values.count { $0 == .reversed }
      #expect(world.exchange.suspensions.count == standing, "seed \(seed)")
    }

    mutating func connect() {
      var received: [ConnectBlock.Received] = []
      floating.shuffle(using: &random)
      while !floating.isEmpty, Int.random(in: 0..<3, using: &random) > 0 {
        received.append(floating.removeLast())
      }
      while Int.random(in: 0..<3, using: &random) == 0 { received.append(newCoin()) }
      append(received)
    }

    mutating func append(_ received: [ConnectBlock.Received]) {
      guard let tip = world.exchange.tip else { return }
      fork &+= 1
      let point = ChainPoint(
        height: tip.height + 1, hash: identifier(Int(tip.height), kind: fork))
      blocks.append(received)
      run(
        .connectBlock(ConnectBlock(point: point, previous: tip.hash, received: received, spent: []))
      )
    }

    private mutating func newCoin() -> ConnectBlock.Received {
      coins += 1
      let index = UInt32.random(in: 0..<UInt32(accounts.count), using: &random)
      // Some below the minimum of 10.
      let units =
        Int64.random(in: 1...3, using: &random) == 1
        ? 5 : Int64.random(in: 10...30_000, using: &random)
      return .init(
        outpoint: ChainOutpoint(transaction: identifier(coins, kind: 7), index: 0),
        script: ScriptIndex(branch: .deposit, index: index), amount: Amount(units: units))
    }

    mutating func reorganise(depth: Int) {
      for _ in 0..<min(depth, blocks.count) {
        guard let tip = world.exchange.tip else { return }
        floating += blocks.removeLast()
        run(.disconnectBlock(tip))
      }
      // The other branch is longer.
      for _ in 0...depth { connect() }
    }

    /// A customer moves what he has.
    mutating func move() {
      guard let account = accounts.randomElement(using: &random) else { return }
      let toTrading = Bool.random(using: &random)
      let has = world.available(account, TestExchange.btc, toTrading ? .funding : .trading)
      guard has > 0 else { return }
      let amount = Amount(units: .random(in: 1...has, using: &random))
      run(
        .transfer(
          account: account, asset: TestExchange.btc, amount: amount,
          from: toTrading ? .funding : .trading, to: toTrading ? .trading : .funding))
    }
  }

  @Test(arguments: UInt64(0)..<16)
  func `whatever the chain does, a deposit is credited once and goes only with a reversal`(
    seed: UInt64
  ) {
    var storm = Storm(seed: seed)
    for _ in 0..<60 {
      switch Int.random(in: 0..<10, using: &storm.random) {
      case ..<5: storm.connect()
      case ..<7: storm.move()
      case ..<9: storm.reorganise(depth: .random(in: 1...4, using: &storm.random))
      default: storm.reorganise(depth: .random(in: 5...9, using: &storm.random))
      }
    }
    #expect(storm.world.exchange.isConsistent)
    // In the end one branch has every coin, deep enough for all.
    let rest = storm.floating
    storm.floating = []
    storm.append(rest)
    for _ in 0..<6 { storm.append([]) }
    for (id, state) in storm.states {
      let isSettled =
        switch state {
        case .withdrawable, .belowMinimum: true
        default: false
        }
      #expect(isSettled, "seed \(seed): \(id) is \(state)")
    }
    #expect(storm.world.exchange.suspensions.isEmpty)
    #expect(storm.states.count > 15, "seed \(seed)")
  }

  @Test func `the storms do take credits back`() {
    let taken = (UInt64(0)..<4).reduce(0) { sum, seed in
      var storm = Storm(seed: seed)
      for _ in 0..<20 {
        storm.connect()
        storm.reorganise(depth: .random(in: 1...6, using: &storm.random))
      }
      return sum + storm.takenBack
    }
    #expect(taken > 20)
  }
}
