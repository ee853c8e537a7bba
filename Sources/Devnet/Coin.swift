public import Bitcoin

/// An unspent transaction output, with where it came from.
public struct Coin: Hashable, Sendable {
  public let output: TransactionOutput
  /// Height of the block that holds it.
  public let height: Int
  /// Whether a coinbase created it.
  public let isCoinbase: Bool
}

/// Anything that can tell which outputs are unspent.
protocol CoinView {
  /// The coin at `outpoint`, or `nil` when it does not exist or is spent.
  func coin(at outpoint: Outpoint) -> Coin?
}

/// Changes over a set of coins, which can be looked at before they are made.
struct CoinOverlay: CoinView {
  private let base: any CoinView
  private(set) var created: [Outpoint: Coin] = [:]
  private(set) var spent: Set<Outpoint> = []

  init(over base: any CoinView) { self.base = base }

  func coin(at outpoint: Outpoint) -> Coin? {
    if let coin = created[outpoint] { return coin }
    return spent.contains(outpoint) ? nil : base.coin(at: outpoint)
  }

  mutating func spend(_ outpoint: Outpoint) {
    created[outpoint] = nil
    spent.insert(outpoint)
  }

  /// Adds the spendable outputs of `transaction`.
  mutating func create(from transaction: Transaction, height: Int) {
    let id = transaction.id
    for (index, output) in transaction.outputs.enumerated() where !output.script.isUnspendable {
      let coin = Coin(output: output, height: height, isCoinbase: transaction.isCoinbase)
      created[Outpoint(transaction: id, index: UInt32(index))] = coin
    }
  }
}
