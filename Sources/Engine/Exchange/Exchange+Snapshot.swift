import Algos
import Ledger
import Matching
import Money
public import Wire
import Structures

// The canonical snapshot. Only what cannot be derived is written; indexes are rebuilt on reading.

extension Exchange {
  private static let magic = Array("HFXS".utf8)
  private static let version: UInt16 = 16

  /// Returns the whole state in its canonical form: equal states give equal bytes, on any machine.
  public func encode() -> [UInt8] {
    var writer = ByteWriter()
    writer.write(fixed: Self.magic)
    writer.write(Self.version)
    writer.write(hashKey.word0)
    writer.write(hashKey.word1)
    writer.write(configuration)
    writer.write(time)
    writer.write(suspensions)
    writer.write(guardReport)
    writer.write(endedSuspensions)
    writer.write(serviceDecisions)
    writer.write(keyHolders)
    writer.write(formerWallets)
    customers.encode(into: &writer)
    if !isEmpty { box.trading.encode(into: &writer) }
    writer.write(algos)
    timers.encode(into: &writer)
    adjustments.encode(into: &writer)
    chain.encode(into: &writer)
    cold.encode(into: &writer)
    deposits.encode(into: &writer)
    withdrawals.encode(into: &writer)
    writer.write(changes)
    return writer.bytes
  }

  /// Reads a snapshot back.
  ///
  /// - Throws: ``WireError`` when the bytes are not the canonical form of a consistent state.
  public init(decoding bytes: [UInt8]) throws(WireError) {
    self.init()
    var reader = ByteReader(bytes)
    guard try reader.read(fixed: 4) == Self.magic, try reader.read(UInt16.self) == Self.version
    else { throw .malformed(at: 0) }
    hashKey = HashKey(try reader.read(), try reader.read())
    configuration = try reader.readOptional(ExchangeConfiguration.init(from:))
    let time: Timestamp = try reader.read()
    guard configuration?.problem == nil, time <= Self.endOfTime else {
      throw .malformed(at: reader.offset)
    }
    suspensions = try reader.read()
    guardReport = try reader.readOptional(GuardReport.init(from:))
    endedSuspensions = try reader.read()
    serviceDecisions = try reader.read()
    keyHolders = try reader.readOptional(KeyHoldersReport.init(from:))
    formerWallets = try reader.read()
    customers = try CustomerRegister(from: &reader, hashKey)
    if let configuration {
      box = TradingBox(
        try Trading(from: &reader, configuration, hashKey) { scale(of: $0) })
    }
    for account in 0..<box.trading.accountCount {
      let master = box.trading.accounts[account].master
      if master != account { customers.addSubaccount(Int(account), of: Int(master)) }
    }
    box.trading.time = time.milliseconds
    algos = try reader.read()
    for market in 0..<box.trading.markets.count { setEdges(of: market) }
    timers = try TimerRegister(from: &reader, accounts: customers.count)
    adjustments = try AdjustmentRegister(
      from: &reader, accounts: customers.count,
      assets: configuration?.assets.count ?? 0)
    chain = try ChainRegister(from: &reader, accounts: customers.count)
    cold = try ColdRegister(from: &reader)
    deposits = try DepositRegister(from: &reader, hashKey, accounts: customers.count)
    withdrawals = try WithdrawalRegister(from: &reader, hashKey, accounts: customers.count)
    changes = try reader.read()
    setNextDue()
    try reader.finish()
    guard isConsistent else { throw .malformed(at: reader.offset) }
  }
}

extension Payout.State {
  /// Whether a block has it.
  package var isInBlock: Bool {
    switch self {
    case .built, .signed, .lost: false
    case .mined, .confirmed: true
    }
  }

  /// Whether it was given up.
  var isLost: Bool {
    if case .lost = self { true } else { false }
  }
}
