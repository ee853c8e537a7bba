import Engine
import Foundation
import Journal
import Money
import Structures
import Testing

/// Draws commands that are accepted about as often as they are refused.
private struct Traffic {
  var random: SplitMix64
  private var reference = 0
  private var blocks = 0

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  static let opening: [Command] =
    [.configure(Fixture.configuration), .openAccount(name: "alice"), .openAccount(name: "bob")]
    + (1...2).flatMap { account -> [Command] in
      let account = AccountID(UInt64(account))
      return [
        .enrolSigningKey(
          account: account, publicKey: [UInt8](repeating: UInt8(account.raw), count: 32),
          proof: [UInt8](repeating: 0, count: 64)),
        .addAddress(
          AddAddress(
            account: account, asset: AssetID(1), chain: "BTC-Chain", address: address(account),
            label: "home", nonce: 1, signature: [UInt8](repeating: 0, count: 64))),
        .assignDepositAddress(
          account: account, asset: AssetID(1), index: UInt32(account.raw - 1),
          address: "deposit-\(account)"),
      ]
    }

  static func address(_ account: AccountID) -> String { "bcrt1-\(account)" }

  private mutating func account() -> AccountID { AccountID(.random(in: 1...3, using: &random)) }

  /// `alice` and `bob` get USDT by two attestations and BTC by blocks; then anything goes.
  mutating func next() -> [Command] {
    switch Int.random(in: 0..<12, using: &random) {
    case 0: return attested()
    case 1: return block()
    case 2, 3:
      let inward = Int.random(in: 0..<4, using: &random) > 0
      return [
        .transfer(
          account: account(), asset: AssetID(.random(in: 1...2, using: &random)),
          amount: Amount(units: .random(in: 0...40_000_000, using: &random)),
          from: inward ? .funding : .trading, to: inward ? .trading : .funding)
      ]
    case 4, 5, 6: return [order()]
    case 7:
      return [
        .cancelOrder(
          account: account(),
          order: .id(OrderID(.random(in: 1_000_000...1_000_030, using: &random))))
      ]
    case 8, 9:
      let account = account()
      return [
        .requestWithdrawal(
          RequestWithdrawal(
            account: account, asset: AssetID(1), address: Self.address(account),
            amount: Amount(units: .random(in: 0...3_000_000, using: &random)), clientID: ""))
      ]
    case 10:
      return [
        .cancelWithdrawal(
          account: account(), withdrawal: WithdrawalID(.random(in: 1...20, using: &random)))
      ]
    default: return [.tick]
    }
  }

  private mutating func attested() -> [Command] {
    reference += 1
    let receipt = AttestReceipt(
      operatorName: "dave", account: account(), asset: AssetID(2),
      amount: Amount(units: .random(in: 1...90_000_000_000, using: &random)),
      reference: "payment-\(reference)", signature: [UInt8](repeating: 0, count: 64))
    var second = receipt
    second.operatorName = Bool.random(using: &random) ? "erin" : "dave"
    return [.attestReceipt(receipt), .attestReceipt(second)]
  }

  private mutating func block() -> [Command] {
    func hash(_ height: Int) -> [UInt8] {
      [UInt8](repeating: 7, count: 28) + withBytes(of: UInt32(height))
    }
    blocks += 1
    var block = ConnectBlock(
      point: ChainPoint(height: UInt32(blocks), hash: hash(blocks)), previous: hash(blocks - 1),
      received: [], spent: [])
    block.received = [
      ConnectBlock.Received(
        outpoint: ChainOutpoint(transaction: hash(1_000_000 + blocks), index: 0),
        script: ScriptIndex(branch: .deposit, index: .random(in: 0...1, using: &random)),
        amount: Amount(units: .random(in: 1...100_000_000, using: &random)))
    ]
    return [.connectBlock(block)]
  }

  private func withBytes(of value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private mutating func order() -> Command {
    let types: [OrderType] = [.limit, .limit, .limit, .market, .postOnly, .fok, .ioc]
    let type = types.randomElement(using: &random) ?? .limit
    return .placeOrder(
      PlaceOrder(
        account: account(), instrument: InstrumentID(1), clientOrderID: "", tag: "",
        side: Bool.random(using: &random) ? .buy : .sell, type: type,
        price: type == .market ? nil : Price(ticks: .random(in: 490...510, using: &random)),
        size: .base(Lots(.random(in: 1...5000, using: &random))), refuseShrinking: false))
  }
}

@Suite struct RandomExchangeTests {
  @Test(arguments: UInt64(0)..<16)
  func `the state in memory is what the journal gives, whatever was refused in between`(
    seed: UInt64
  ) async throws {
    let folder = TestFolder()
    let clock = TestClock()
    var options = SequencerOptions.small
    options.snapshotEvery = 20
    var sequencer = try folder.open(options, clock: clock)
    for committed in try await sequencer.submit(Traffic.opening) {
      #expect(committed.refusal == nil)
    }
    var traffic = Traffic(seed: seed)
    var refused = 0
    var accepted = 0
    for _ in 0..<400 {
      // Time stands still, creeps, jumps over what is due, or goes backwards.
      let steps: [Int64] = [0, 1, 300, 2_000, 90_000, -5_000]
      let step = steps.randomElement(using: &traffic.random) ?? 0
      clock.set(clock.now().milliseconds + step)
      for committed in try await sequencer.submit(traffic.next()) {
        if committed.refusal == nil { accepted += 1 } else { refused += 1 }
      }
      if Int.random(in: 0..<60, using: &traffic.random) == 0 {
        let point = try await sequencer.checkpoint()
        #expect(try folder.reader.verify().stateHash == point.stateHash)
        await sequencer.shutdown()
        sequencer = try folder.open(options, clock: clock)
        #expect(try await sequencer.checkpoint().stateHash == point.stateHash)
      }
    }
    #expect(refused > 40)
    #expect(accepted > 40)
    let point = try await sequencer.checkpoint()
    await sequencer.shutdown()
    let report = try folder.reader.verify()
    #expect(report.stateHash == point.stateHash)
    #expect(report.headHash == point.hash)
    #expect(report.snapshots.allSatisfy { $0.finding == .matches })
    #expect(try folder.reader.replay(after: point.sequence).stateHash == point.stateHash)
    // The traffic reached what makes this hard: trades, and withdrawals that fell due by themselves.
    var trades = 0
    var due = 0
    _ = try folder.reader.replay { (batch: CommittedBatch) throws(JournalError) in
      for entry in batch.entries {
        for event in entry.events {
          if case .trade = event { trades += 1 }
          guard case .withdrawal = event else { continue }
          switch entry.command {
          case .requestWithdrawal, .cancelWithdrawal: break
          default: due += 1
          }
        }
      }
    }
    #expect(trades > 0)
    #expect(due > 0)
  }
}
