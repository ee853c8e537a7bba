public import Engine
public import Money

extension ReservesFigures {
  /// The figures of an asset on the chain.
  ///
  /// - Parameters:
  ///   - exchange: The books, with their tip at `point`.
  ///   - onChain: Sum of the unspent outputs under the wallet's descriptor at `point`.
  /// - Returns: `nil` when the exchange has no such asset.
  public init?(
    _ asset: AssetID, in exchange: borrowing Exchange, onChain: Amount, at point: ChainPoint
  ) {
    guard let kind = exchange.asset(asset) else { return nil }
    self.init(
      asset: asset, code: kind.code, decimals: kind.decimals,
      owedToCustomers: exchange.owedToCustomers(asset), owed: exchange.owed(asset),
      onChain: onChain, uncredited: exchange.uncredited(asset), inFlight: exchange.inFlight(asset),
      evidence: .chain(point))
  }

  /// The figures of an asset on the manual rail, from the receipts in the books.
  public init?(attested asset: AssetID, in exchange: borrowing Exchange) {
    guard let kind = exchange.asset(asset), kind.rail == .manual else { return nil }
    self.init(
      asset: asset, code: kind.code, decimals: kind.decimals,
      owedToCustomers: exchange.owedToCustomers(asset), owed: exchange.owed(asset),
      onChain: exchange.creditedReceipts(asset), uncredited: .zero, inFlight: .zero,
      evidence: .attestedByOperators)
  }
}
