import Engine
import Money
import Risk
import Structures
import Testing

@Suite struct PayoutReplacementTests {
  private static let first = WithdrawalID(1)
  private static let payout = PayoutID(1)

  /// A signed payout of 50 000 at a fee of 300, and a further coin of 400 000.
  private func broadcast() -> (world: TestExchange, built: PayoutBuilt, spare: ChainOutpoint) {
    var world = TestExchange()
    let alice = world.openWithdrawer("alice", coins: 1_000_000)
    world.run(world.request(alice, 50_000))
    world.run(.guardReleased(withdrawal: Self.first, release: [9]))
    let built = world.payout([Self.first])
    world.run(.payoutBuilt(built))
    world.run(.payoutSigned(payout: Self.payout, transaction: [1]))
    let spare = world.deposit(400_000, to: alice)
    world.connect()
    world.connect()
    return (world, built, spare)
  }

  /// The same payout with a fee that is `more` higher, from `extra` coins of 400 000 besides.
  private func dearer(
    _ built: PayoutBuilt, by more: Int64, extra: [ChainOutpoint] = [], name: Int = 70
  ) -> PayoutBuilt {
    var next = built
    next.inputs += extra
    next.networkFee += Amount(units: more)
    next.change += Amount(units: 400_000 * Int64(extra.count) - more)
    next.transaction = identifier(name, kind: 200)
    return next
  }

  @Test(arguments: [false, true], [false, true])
  func `whichever version a block has is the one that counts`(
    oldIsMined: Bool, isSigned: Bool
  ) throws {
    var (world, built, spare) = broadcast()
    let next = dearer(built, by: 150, extra: [spare])
    world.run(.payoutReplaced(payout: Self.payout, by: next))
    #expect(world.state(Self.first) == .broadcast, "the old version is still out there")
    #expect(world.exchange.payout(Self.payout)?.broadcast?.transaction == built.transaction)
    #expect(world.exchange.spendableOutputs.isEmpty, "the further coin is set aside")
    if isSigned {
      world.run(.payoutSigned(payout: Self.payout, transaction: [2]))
      #expect(world.exchange.payout(Self.payout)?.broadcast?.transaction == next.transaction)
      #expect(world.exchange.withdrawal(Self.first)?.transaction == next.transaction)
    }
    let winner = oldIsMined ? built : next
    let fee: Int64 = oldIsMined ? 300 : 450
    let owed = world.exchange.owed(TestExchange.btc).units
    let block = world.mined(winner)
    world.connect(received: block.received, spent: block.spent)
    let point = try #require(world.exchange.tip)
    #expect(world.state(Self.first) == .mined(point))
    #expect(world.exchange.withdrawal(Self.first)?.transaction == winner.transaction)
    #expect(world.exchange.inFlight(TestExchange.btc) == Amount(units: 50_000 + fee))
    if oldIsMined, !isSigned {
      #expect(
        world.refusal(.payoutSigned(payout: Self.payout, transaction: [2]))
          == .payoutMismatch("already signed"))
    }
    world.connect()
    #expect(world.state(Self.first) == .confirmed(point))
    #expect(world.exchange.owed(TestExchange.btc).units == owed - 50_000 - fee)
    let coins = world.exchange.ownedOutputs.reduce(0) { $0 + $1.amount.units }
    #expect(coins == world.exchange.owed(TestExchange.btc).units)
    #expect(world.exchange.spendableOutputs.count == (oldIsMined ? 2 : 1), "what is left is free")
    #expect(world.exchange.suspensions.isEmpty)
    #expect(world.exchange.isConsistent)
  }

  @Test func `a reorganisation may swap one version for another`() throws {
    var (world, built, spare) = broadcast()
    let next = dearer(built, by: 150, extra: [spare])
    world.run(.payoutReplaced(payout: Self.payout, by: next))
    world.run(.payoutSigned(payout: Self.payout, transaction: [2]))
    let old = world.mined(built)
    world.connect(received: old.received, spent: old.spent)
    world.disconnect()
    #expect(world.state(Self.first) == .broadcast)
    #expect(world.exchange.spendableOutputs.isEmpty)
    let new = world.mined(next)
    world.connect(received: new.received, spent: new.spent, fork: 1)
    world.connect(fork: 1)
    if case .confirmed? = world.state(Self.first) {} else { Issue.record("not confirmed") }
    #expect(world.exchange.payout(Self.payout)?.transaction == next.transaction)
    #expect(world.exchange.owed(TestExchange.btc) == Amount(units: 1_400_000 - 50_450))
    #expect(world.exchange.suspensions.isEmpty)
  }

  @Test func `a replacement that could pay twice or keeps less of its word is refused`() {
    var (world, built, spare) = broadcast()
    let good = dearer(built, by: 150)
    func bad(_ change: (inout PayoutBuilt) -> Void) -> Command {
      var next = good
      change(&next)
      return .payoutReplaced(payout: Self.payout, by: next)
    }
    let refused = [
      bad { $0.inputs = [spare] }, bad { $0.withdrawals = [] },
      bad { $0.withdrawals += $0.withdrawals },
      bad {
        $0.networkFee = built.networkFee
        $0.change = built.change
      },
      bad {
        $0.networkFee = Amount(units: 501)
        $0.change = built.change - Amount(units: 201)
      },
      bad { $0.change -= Amount(units: 1) }, bad { $0.changeIndex = 1 },
      bad { $0.transaction = built.transaction },
    ]
    for command in refused {
      guard case .payoutMismatch? = world.refusal(command) else {
        Issue.record("taken: \(command)")
        continue
      }
    }
    #expect(world.refusal(.payoutReplaced(payout: PayoutID(9), by: good)) == .unknownPayout)
    #expect(world.refusal(.payoutReplaced(payout: Self.payout, by: good)) == nil)
    #expect(
      world.refusal(.payoutReplaced(payout: Self.payout, by: dearer(good, by: 10, name: 71)))
        == .payoutMismatch("only a signed payout that no block has can be replaced"))
  }

  @Test func `versions survive a snapshot`() throws {
    var (world, built, spare) = broadcast()
    let next = dearer(built, by: 150, extra: [spare])
    world.run(.payoutReplaced(payout: Self.payout, by: next))
    let copy = try Exchange(decoding: world.exchange.encode())
    #expect(copy.payout(Self.payout) == world.exchange.payout(Self.payout))
    #expect(copy.payout(Self.payout)?.others.map(\.transaction) == [built.transaction])
    world.exchange = copy
    let block = world.mined(built)
    world.connect(received: block.received, spent: block.spent)
    world.connect()
    if case .confirmed? = world.state(Self.first) {} else { Issue.record("not confirmed") }
    #expect(world.exchange.suspensions.isEmpty)
  }
}
