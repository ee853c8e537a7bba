import Algos
import Ledger
import Matching
import Money
import Structures

extension Exchange {
  mutating func configure(
    _ new: ExchangeConfiguration, _ emit: (Event) -> Void
  ) throws(Refusal) {
    if let problem = new.problem { throw .invalidConfiguration(problem) }
    if let old = configuration, let problem = new.problem(after: old) {
      throw .invalidConfiguration(problem)
    }
    if configuration == nil {
      let time = box.trading.time
      box = TradingBox(Trading(capacity: new.capacity))
      box.trading.time = time
      box.trading.clientSeed = MixSeed(hashKey)
      algos = AlgoBook(capacity: Int(new.capacity.algos))
    }
    configuration = new
    box.trading.isConfigured = true
    box.trading.ledger.grow(toAssets: new.assets.count)
    for (index, instrument) in new.instruments.enumerated() {
      guard let scale = scale(of: instrument) else {
        preconditionFailure("the scale was checked with the configuration")
      }
      box.trading.list(instrument, as: UInt32(index), scale: scale)
    }
    emit(.configured(new))
  }

  /// Takes the key of all hashes of customers' texts, as long as there are none.
  mutating func keyHashes(_ key: HashKey) throws(Refusal) {
    guard configuration == nil else {
      throw .malformed(field: "hashKey", problem: "comes before the first configuration or never")
    }
    hashKey = key
    customers = CustomerRegister(key)
    deposits = DepositRegister(key)
    withdrawals = WithdrawalRegister(key)
  }

  func scale(of instrument: Instrument) -> NotionalScale? {
    guard let base = asset(instrument.base) else { return nil }
    return NotionalScale(
      tickUnits: instrument.tickUnits, lotUnits: instrument.lotUnits, baseDecimals: base.decimals)
  }
}
