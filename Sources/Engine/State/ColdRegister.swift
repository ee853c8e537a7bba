import Money
import Structures
import Wire

/// What the core knows of cold storage: which addresses may get how much, and what is on the way.
struct ColdRegister: Sendable {
  /// A transaction that moved cold coins, until the house has paid for it and no reorganisation can
  /// take its block any more.
  struct Move: Equatable, Sendable {
    var point: ChainPoint
    /// What the house still owes of what the network took.
    var fee: Amount
    /// What it has paid, by where from: given back when the block goes.
    var fromWithdrawalFees = Amount.zero
    var fromTradingFees = Amount.zero
  }

  /// Addresses in one sweep.
  static let paymentLimit = 20

  var wallet: ColdWallet?
  /// In the order of their numbers.
  private(set) var batches: [ColdBatch] = []
  /// No address below this is used again.
  private(set) var nextIndex: UInt32 = 0
  /// What addresses of the newest batch's epoch got.
  private(set) var usedInEpoch = Amount.zero
  /// The positions after the last that ever got a coin, by branch.
  private(set) var ends: (deposit: UInt32, change: UInt32) = (0, 0)
  /// Positions from ``nextIndex`` on that somebody paid to unasked: they are never used.
  private(set) var spoilt: Set<UInt32> = []
  var moves: [Move] = []
  var plan: FloatPlan?
  /// The last request.
  var refill: Refill?

  init() {}

  /// The epoch whose addresses may be used: what earlier ones left over never is.
  var epoch: UInt32? { batches.last?.epoch }

  /// Positions that may be used now, in order: each gets coins once, whoever sends them.
  var usable: [UInt32] {
    guard let newest = batches.last,
      let first = batches.first(where: { $0.epoch == newest.epoch })
    else { return [] }
    let start = min(max(nextIndex, first.firstIndex), newest.end)
    return (start..<newest.end).filter { !spoilt.contains($0) }
  }

  /// What the epoch's addresses may still get.
  var roomInEpoch: Amount { (batches.last?.epochCap ?? .zero) - usedInEpoch }

  func batch(of index: UInt32) -> ColdBatch? {
    batches.last { $0.firstIndex <= index && index < $0.end }
  }

  /// Takes a batch that follows the newest one.
  mutating func add(_ batch: ColdBatch) {
    if batch.epoch != epoch { usedInEpoch = .zero }
    batches.append(batch)
  }

  /// Uses the next addresses up.
  mutating func use(_ payments: [ColdPayment]) {
    for payment in payments {
      nextIndex = max(nextIndex, payment.index + 1)
      usedInEpoch += payment.amount
    }
    spoilt = spoilt.filter { $0 >= nextIndex }
  }

  /// Takes note that a place got a coin.
  mutating func note(_ script: ScriptIndex) {
    switch script.branch {
    case .deposit, .change: break
    case .cold:
      ends.deposit = max(ends.deposit, script.index + 1)
      if script.index >= nextIndex { spoilt.insert(script.index) }
    case .coldChange: ends.change = max(ends.change, script.index + 1)
    }
  }
}

extension ColdRegister {
  func encode(into writer: inout ByteWriter) {
    writer.write(optional: wallet) { $0.write($1) }
    writer.write(batches)
    writer.write(nextIndex)
    writer.write(usedInEpoch)
    writer.write(ends.deposit)
    writer.write(ends.change)
    writer.write(list: spoilt.sorted()) { $0.write($1) }
    writer.write(list: moves) {
      $0.write($1.point)
      $0.write($1.fee)
      $0.write($1.fromWithdrawalFees)
      $0.write($1.fromTradingFees)
    }
    writer.write(optional: plan) { $0.write($1) }
    writer.write(optional: refill) { $0.write($1) }
  }

  init(from reader: inout ByteReader) throws(WireError) {
    self.init()
    wallet = try reader.readOptional(ColdWallet.init(from:))
    for batch in try reader.read([ColdBatch].self) {
      guard wallet != nil, problem(of: batch) == nil else {
        throw .malformed(at: reader.offset)
      }
      batches.append(batch)
    }
    nextIndex = try reader.read()
    usedInEpoch = try reader.read()
    guard nextIndex <= batches.last?.end ?? 0, usedInEpoch >= .zero,
      usedInEpoch <= batches.last?.epochCap ?? .zero
    else { throw .malformed(at: reader.offset) }
    ends = (deposit: try reader.read(), change: try reader.read())
    let positions = try reader.readList { r throws(WireError) in try r.read(UInt32.self) }
    guard positions.first ?? nextIndex >= nextIndex,
      zip(positions, positions.dropFirst()).allSatisfy({ $0 < $1 })
    else { throw .malformed(at: reader.offset) }
    spoilt = Set(positions)
    moves = try reader.readList { r throws(WireError) in
      Move(
        point: try r.read(), fee: try r.read(), fromWithdrawalFees: try r.read(),
        fromTradingFees: try r.read())
    }
    plan = try reader.readOptional(FloatPlan.init(from:))
    refill = try reader.readOptional(Refill.init(from:))
  }

  /// What is wrong with `batch` as the next one, or `nil`.
  func problem(of batch: ColdBatch) -> String? {
    let newest = batches.last
    guard batch.number == (newest?.number ?? 0) + 1, batch.firstIndex == newest?.end ?? 0 else {
      return "batch \(batch.number) from position \(batch.firstIndex) does not follow batch "
        + "\(newest?.number ?? 0)"
    }
    guard (1...10_000).contains(batch.count),
      UInt64(batch.firstIndex) + UInt64(batch.count) <= 1 << 31
    else { return "count: \(batch.count) is out of range; allowed 1 to 10000" }
    guard batch.addressCap > .zero, batch.addressCap <= batch.epochCap,
      batch.epochCap <= Exchange.everySatoshi
    else { return "the caps are not 1 ≤ address ≤ epoch ≤ all coins" }
    guard batch.epoch >= newest?.epoch ?? 0 else {
      return "epoch \(batch.epoch) is before epoch \(newest?.epoch ?? 0)"
    }
    if let newest, newest.epoch == batch.epoch, newest.epochCap != batch.epochCap {
      return "epoch \(batch.epoch) was given another cap before"
    }
    guard (1...4096).contains(batch.signed.count) else {
      return "signed: must have 1 to 4096 bytes"
    }
    return nil
  }
}
