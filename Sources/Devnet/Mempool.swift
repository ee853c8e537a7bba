public import Bitcoin

/// Valid transactions that no active block holds yet.
public struct Mempool: Sendable {
  private(set) var entries: [TransactionID: MempoolEntry] = [:]
  /// Which transaction of the mempool spends an output.
  private(set) var spenders: [Outpoint: TransactionID] = [:]
  /// Serialised size of all transactions.
  private(set) var byteCount = 0
  private var arrivals = 0

  /// Creates an empty mempool.
  public init() {}

  /// Entries in the order of their arrival.
  var inOrder: [MempoolEntry] { entries.values.sorted { $0.arrival < $1.arrival } }

  /// The entry of a transaction.
  public func entry(_ id: TransactionID) -> MempoolEntry? { entries[id] }

  /// What a transaction would become in the mempool, and what it would push out.
  struct Acceptance {
    let entry: MempoolEntry
    let replaced: Set<TransactionID>
  }

  /// Adds an accepted transaction and removes those it replaces.
  mutating func add(_ acceptance: Acceptance) {
    for id in acceptance.replaced { remove(id) }
    let entry = acceptance.entry
    entries[entry.id] = entry
    byteCount += entry.transaction.bytes.count
    for input in entry.transaction.inputs { spenders[input.outpoint] = entry.id }
    arrivals = max(arrivals, entry.arrival)
  }

  var nextArrival: Int { arrivals + 1 }

  /// Removes one entry; its descendants stay.
  private mutating func remove(_ id: TransactionID) {
    guard let entry = entries.removeValue(forKey: id) else { return }
    byteCount -= entry.transaction.bytes.count
    for input in entry.transaction.inputs { spenders[input.outpoint] = nil }
  }

  /// Removes what `block` confirms, and what it makes impossible with all descendants.
  mutating func removeConfirmed(by block: Block) {
    for transaction in block.transactions {
      remove(transaction.id)
      for input in transaction.inputs {
        guard let conflict = spenders[input.outpoint] else { continue }
        for id in descendants(of: [conflict]) { remove(id) }
      }
    }
  }
}

extension Mempool {
  /// Entries that create an input of `entry`.
  func parents(of entry: MempoolEntry) -> Set<TransactionID> {
    Set(entry.transaction.inputs.map(\.outpoint.transaction).filter { entries[$0] != nil })
  }

  /// Entries that spend an output of `entry`.
  func children(of entry: MempoolEntry) -> Set<TransactionID> {
    Set(
      entry.transaction.outputs.indices.compactMap {
        spenders[Outpoint(transaction: entry.id, index: UInt32($0))]
      })
  }

  /// `ids` and everything that depends on them.
  func descendants(of ids: Set<TransactionID>) -> Set<TransactionID> {
    reach(from: ids) { children(of: $0) }
  }

  /// `ids` and everything they depend on.
  func ancestors(of ids: Set<TransactionID>) -> Set<TransactionID> {
    reach(from: ids) { parents(of: $0) }
  }

  /// `ids` and everything connected to them in either direction.
  func clusters(of ids: Set<TransactionID>) -> Set<TransactionID> {
    reach(from: ids) { parents(of: $0).union(children(of: $0)) }
  }

  private func reach(
    from start: Set<TransactionID>, _ next: (MempoolEntry) -> Set<TransactionID>
  ) -> Set<TransactionID> {
    var found = start
    var open = Array(start)
    while let id = open.popLast() {
      guard let entry = entries[id] else { continue }
      for id in next(entry) where found.insert(id).inserted { open.append(id) }
    }
    return found
  }

  /// The entries of `ids` in the order of their arrival, so parents before children.
  func ordered(_ ids: Set<TransactionID>) -> [MempoolEntry] {
    ids.compactMap { entries[$0] }.sorted { $0.arrival < $1.arrival }
  }
}

/// The coins of a chain together with the outputs of a mempool.
struct MempoolCoinView: CoinView {
  let chain: Chain
  let mempool: Mempool

  func coin(at outpoint: Outpoint) -> Coin? {
    if let entry = mempool.entry(outpoint.transaction) {
      guard Int(outpoint.index) < entry.transaction.outputs.count else { return nil }
      let output = entry.transaction.outputs[Int(outpoint.index)]
      guard !output.script.isUnspendable else { return nil }
      return Coin(output: output, height: chain.height + 1, isCoinbase: false)
    }
    return chain.coin(at: outpoint)
  }
}
