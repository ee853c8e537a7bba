import Bitcoin
import ColdAddresses
import Custody
public import Descriptors
import Engine
public import JSON
public import Journal
import Money
public import Nodes
import PSBT
import Statements
import Structures
import Wire

/// What operators see of hot and cold, and what they carry between the two.
public struct FloatActions: Sendable {
  private let sequencer: Sequencer
  private let node: BitcoinNode
  private let hot: Descriptor
  private let cold: ServeConfiguration.ColdStorage?

  /// - Parameter cold: Without it nothing is moved, and the status says so.
  public init(
    sequencer: Sequencer, node: BitcoinNode, hot: Descriptor, cold: ServeConfiguration.ColdStorage?
  ) {
    self.sequencer = sequencer
    self.node = node
    self.hot = hot
    self.cold = cold
  }

  // MARK: - Status

  /// How much is hot and how much cold, what the guard plans, and who waits for it.
  public func status() async throws -> JSON {
    let hot = hot
    return try await sequencer.read { exchange in
      guard let asset = exchange.bitcoinAsset() else {
        return ["ok": true, "coldStorage": false, "note": "no asset is on the Bitcoin chain"]
      }
      let owed = exchange.owed(asset)
      let float = exchange.hotFloat
      var status: [JSON.Member] = [
        .init("ok", true), .init("coldStorage", .bool(exchange.coldWallet != nil)),
        .init("hot", .string(Self.bitcoins(float))),
        .init("cold", .string(Self.bitcoins(exchange.coldTotal))),
        .init("owed", .string(Self.bitcoins(owed))),
        .init("shareBasisPoints", owed > .zero ? .integer(Self.share(float, of: owed)) : .null),
      ]
      guard exchange.coldWallet != nil else {
        status.append(
          .init(
            "note",
            "no cold wallet is configured: nothing is swept and no refill can be asked for"))
        return .object(status)
      }
      status += Self.plan(exchange, owed: owed)
      status.append(.init("refill", Self.refill(exchange, hot: hot)))
      status.append(
        .init(
          "waiting",
          .array(
            exchange.withdrawalsAwaitingRefill.enumerated().map { position, withdrawal in
              [
                "position": .integer(position + 1), "withdrawal": .string("\(withdrawal.id)"),
                "amount": .string(Self.bitcoins(withdrawal.amount)),
                "requestedAt": .integer(withdrawal.requestedAt.milliseconds),
              ]
            })
        ))
      return .object(status)
    }
  }

  private static func plan(_ exchange: borrowing Exchange, owed: Amount) -> [JSON.Member] {
    let usable = exchange.usableColdAddresses
    let addresses: JSON = [
      "left": .integer(usable.count), "next": usable.first.map { .integer(Int64($0)) } ?? .null,
      "epoch": exchange.coldBatches.last.map { .integer(Int64($0.epoch)) } ?? .null,
      "roomInEpoch": .string(bitcoins(exchange.roomInColdEpoch)),
      "batches": .integer(exchange.coldBatches.count),
    ]
    let sweep = JSON.Member("sweepUnderWay", .string(bitcoins(exchange.sweepUnderWay)))
    guard let plan = exchange.floatPlan,
      let policy = FloatPolicy(
        targetBasisPoints: Int64(plan.targetBasisPoints),
        lowBasisPoints: Int64(plan.lowBasisPoints), highBasisPoints: Int64(plan.highBasisPoints))
    else {
      return [
        .init("note", "the guard has not planned the float yet"), .init("coldAddresses", addresses),
        sweep,
      ]
    }
    let band = policy.band(owed.units)
    return [
      .init("targetBasisPoints", .integer(policy.targetBasisPoints)),
      .init("usualTargetBasisPoints", .integer(Int64(plan.usualTargetBasisPoints))),
      .init("target", .string(bitcoins(Amount(units: policy.target(owed.units))))),
      .init("low", .string(bitcoins(Amount(units: band.lowerBound)))),
      .init("high", .string(bitcoins(Amount(units: band.upperBound)))),
      .init("coldAddresses", addresses), sweep,
    ]
  }

  private static func refill(_ exchange: borrowing Exchange, hot: Descriptor) -> JSON {
    guard let last = exchange.lastRefill else { return .null }
    let script = try? hot.script(branch: 1, index: last.changeIndex).scriptPubKey
    let address = script.flatMap { Address.text(for: $0, network: hot.network) }
    var fields: [JSON.Member] = [
      .init("number", .integer(Int64(clamping: last.number))),
      .init("amount", .string(bitcoins(last.need.amount))),
      .init("missing", .string(bitcoins(last.need.missing))),
      .init("address", .string(address ?? "")),
      .init("index", .integer(Int64(last.changeIndex))),
      .init("requestedAt", .integer(last.requestedAt.milliseconds)),
      .init("updatedAt", .integer(last.updatedAt.milliseconds)),
    ]
    switch last.state {
    case .open: fields.append(.init("state", "open"))
    case .withdrawn: fields.append(.init("state", "withdrawn"))
    case .arrived(let point, let amount):
      fields.append(.init("state", "arrived"))
      fields.append(.init("arrived", .string(bitcoins(amount))))
      fields.append(.init("height", .integer(Int64(point.height))))
    }
    return .object(fields)
  }

  private static func share(_ part: Amount, of whole: Amount) -> Int64 {
    Int64(clamping: Int128(part.units) * 10_000 / Int128(whole.units))
  }

  private static func bitcoins(_ amount: Amount) -> String {
    DecimalText.text(units: amount.units, decimals: 8)
  }

  // MARK: - Addresses and refills

  /// Registers a batch of cold addresses, after deriving all of them.
  public func registerBatch(_ body: JSON) async throws -> JSON {
    let cold = try configured()
    guard let text = body["batch"]?.string, text.utf8.count <= 2048, let bytes = Hex.bytes(text),
      let signed = try? Signed<ColdAddressBatch>(bytes: bytes)
    else { throw OperatorActions.Refusal.field("batch", "is no batch of cold addresses") }
    let known = try await sequencer.read { $0.coldBatches.last?.signed }
    let batch: ColdAddressBatch
    do {
      let previous = try known.map { try Signed<ColdAddressBatch>(bytes: $0).statement }
      batch = try ColdAddressBatch.verify(
        signed, issuedBy: cold.issuerKey, of: cold.descriptor, following: previous)
    } catch {
      throw OperatorActions.Refusal.field("batch", "\(error)")
    }
    let committed = try await sequencer.submit(
      .registerColdBatch(
        ColdBatch(
          number: batch.number, firstIndex: batch.firstIndex, count: batch.count,
          addressCap: Amount(units: batch.addressCap), epoch: batch.epoch,
          epochCap: Amount(units: batch.epochCap), signed: bytes)))
    if let refusal = committed.refusal { throw OperatorActions.Refusal.refused(refusal) }
    return [
      "ok": true, "number": .integer(Int64(batch.number)),
      "firstIndex": .integer(Int64(batch.firstIndex)), "count": .integer(Int64(batch.count)),
      "epoch": .integer(Int64(batch.epoch)),
    ]
  }

  /// The request that the vault signs for the open refill.
  public func refill() async throws -> JSON {
    let cold = try configured()
    let (open, coins, ends, means) = try await sequencer.read {
      ($0.openRefill, $0.coldOutputs, $0.coldEnds, $0.meansForCold)
    }
    guard let open else {
      throw OperatorActions.Refusal.notNow("no refill is asked for")
    }
    let transaction = RefillTransaction(
      hot: hot, cold: cold.descriptor, maximumFee: cold.wallet.maximumFee.units)
    do {
      let estimate = try await node.feeRate(forConfirmationWithin: 6)
      let rate = estimate.flatMap { FeeRate(satsPerKVByte: $0) } ?? .usual
      let plan = try transaction.plan(
        open, coins: coins, rate: max(rate, .relayed), changeIndex: ends.change)
      var previous: [Transaction] = []
      for coin in plan.coins { previous.append(try await self.previous(of: coin)) }
      let psbt = try transaction.psbt(
        plan, for: open, previous: previous, changeIndex: ends.change)
      return [
        "ok": true, "number": .integer(Int64(clamping: open.number)),
        "amount": .string(Self.bitcoins(Amount(units: plan.amount))),
        "change": .string(Self.bitcoins(Amount(units: plan.change))),
        "fee": .string(Self.bitcoins(Amount(units: plan.fee))),
        "house": .string(Self.bitcoins(means)),
        "debt": .string(Self.bitcoins(Amount(units: plan.debt(means: means.units)))),
        "coins": .integer(plan.coins.count), "psbt": .string(Base64.text(psbt.bytes)),
      ]
    } catch let failure as RefillTransaction.Failure {
      throw OperatorActions.Refusal.notNow("\(failure)")
    } catch let failure as NodeError {
      throw OperatorActions.Refusal.notNow("the node: \(failure)")
    }
  }

  private func previous(of coin: OwnedOutput) async throws -> Transaction {
    guard let id = TransactionID(bytes: coin.outpoint.transaction),
      let block = try await node.blockHash(at: Int(coin.height)),
      let found = try await node.transaction(id, in: block)
    else { throw RefillTransaction.Failure.psbt("the node does not have a coin's transaction") }
    return found.transaction
  }

  private func configured() throws -> ServeConfiguration.ColdStorage {
    guard let cold else {
      throw OperatorActions.Refusal.notNow("no cold wallet is configured")
    }
    return cold
  }
}
