import Bitcoin

extension Mempool {
  /// How a transaction comes to the mempool.
  struct Arrival {
    /// Seconds since 1970.
    let time: Int64
    /// Height to remember for it; the tip's when `nil`.
    var height: Int?
    /// Whether it may replace others. See BIP-0125; no signal is needed any more.
    var mayReplace = true
    /// Whether it comes from a disconnected block, which fees and sizes do not bar.
    var isFromBlock = false
    /// Whether its scripts passed these very checks before.
    var hasVerifiedScripts = false
  }

  /// Checks whether `transaction` may enter, without changing anything.
  func acceptance(
    of transaction: Transaction, on chain: Chain, arrival: Arrival
  ) throws(Rejection) -> Acceptance {
    try TransactionRules.check(transaction)
    guard !transaction.isCoinbase else { throw Rejection(.consensus, "coinbase") }
    try Policy.checkStandard(transaction)
    guard transaction.bytesWithoutWitness.count >= 65 else {
      throw Rejection(.policy, "tx-size-small")
    }
    let next = chain.height + 1
    let medianTime = chain.tip.medianTime
    guard TransactionRules.isFinal(transaction, height: next, medianTime: medianTime) else {
      throw Rejection(.premature, "non-final")
    }
    let id = transaction.id
    if let known = entries[id] {
      throw Rejection(
        .conflict,
        known.witnessID == transaction.witnessID
          ? "txn-already-in-mempool" : "txn-same-nonwitness-data-in-mempool")
    }
    let conflicts = Set(transaction.inputs.compactMap { spenders[$0.outpoint] })
    guard conflicts.isEmpty || arrival.mayReplace else {
      throw Rejection(.policy, "bip125-replacement-disallowed")
    }
    let coins = try inputs(of: transaction, id: id, on: chain)
    guard
      TransactionRules.relativeLocksHavePassed(
        transaction, coinHeights: coins.map(\.height), height: next, medianTime: medianTime,
        medianTimeAt: { chain.entry(at: $0).medianTime })
    else { throw Rejection(.premature, "non-BIP68-final") }
    let view = MempoolCoinView(chain: chain, mempool: self)
    let fee = try TransactionRules.fee(of: transaction, in: view, spendHeight: next)
    try Policy.checkInputs(transaction, spending: coins)
    let sigOpsCost = SigOps.cost(transaction, spending: coins)
    let entry = MempoolEntry(
      transaction: transaction, id: id, witnessID: transaction.witnessID, fee: fee,
      adjustedWeight: max(transaction.weight, sigOpsCost * Policy.bytesPerSigOp),
      weight: transaction.weight, time: arrival.time, height: arrival.height ?? chain.height,
      arrival: nextArrival)
    try checkFee(entry, sigOpsCost: sigOpsCost, arrival: arrival)
    let replaced = descendants(of: conflicts)
    try checkReplacement(by: entry, conflicts: conflicts, replaced: replaced)
    try checkCluster(of: entry, without: replaced, arrival: arrival)
    guard byteCount + transaction.bytes.count <= Policy.maxMempoolBytes else {
      throw Rejection(.policy, "mempool full")
    }
    if !arrival.hasVerifiedScripts {
      try ScriptRules.check(
        transaction, spending: coins.map(\.output), flags: .standard,
        failure: "mempool-script-verify-flag-failed", kind: .policy)
    }
    return Acceptance(entry: entry, replaced: replaced)
  }

  private func inputs(
    of transaction: Transaction, id: TransactionID, on chain: Chain
  ) throws(Rejection) -> [Coin] {
    let view = MempoolCoinView(chain: chain, mempool: self)
    var coins: [Coin] = []
    for input in transaction.inputs {
      guard let coin = view.coin(at: input.outpoint) else {
        let isConfirmed = transaction.outputs.indices.contains {
          chain.coin(at: Outpoint(transaction: id, index: UInt32($0))) != nil
        }
        throw isConfirmed
          ? Rejection(.conflict, "txn-already-known")
          : Rejection(.missingInputs, "bad-txns-inputs-missingorspent")
      }
      coins.append(coin)
    }
    return coins
  }

  private func checkFee(
    _ entry: MempoolEntry, sigOpsCost: Int, arrival: Arrival
  ) throws(Rejection) {
    guard entry.fee == 0 || Policy.dustCount(entry.transaction) == 0 else {
      throw Rejection(.policy, "dust", "tx with dust output must be 0-fee")
    }
    guard sigOpsCost <= Policy.maxStandardSigOpsCost else {
      throw Rejection(.policy, "bad-txns-too-many-sigops", "\(sigOpsCost)")
    }
    let least = Policy.fee(rate: Policy.minRelayFeeRate, virtualSize: entry.virtualSize)
    guard arrival.isFromBlock || entry.fee >= least else {
      throw Rejection(.policy, "min relay fee not met", "\(entry.fee) < \(least)")
    }
  }

  /// Rules 3 to 5 of BIP-0125, and that a miner would rather have the replacement.
  private func checkReplacement(
    by entry: MempoolEntry, conflicts: Set<TransactionID>, replaced: Set<TransactionID>
  ) throws(Rejection) {
    guard !conflicts.isEmpty else { return }
    let ancestors = ancestors(of: parents(of: entry))
    if let conflict = ordered(ancestors.intersection(conflicts)).first {
      // Its inputs would vanish together with what it replaces.
      throw Rejection(
        .consensus, "bad-txns-spends-conflicting-tx",
        "\(entry.id.hex) spends conflicting transaction \(conflict.id.hex)")
    }
    let refusal = "rejecting replacement \(entry.id.hex)"
    var clusterCount = 0
    var rest = conflicts
    while let id = rest.first {
      rest.subtract(clusters(of: [id]))
      clusterCount += 1
    }
    guard clusterCount <= Policy.maxReplacedClusters else {
      throw Rejection(
        .policy, "too many potential replacements",
        "\(refusal); too many conflicting clusters "
          + "(\(clusterCount) > \(Policy.maxReplacedClusters))")
    }
    let fees = replaced.reduce(0) { $0 + (entries[$1]?.fee ?? 0) }
    guard entry.fee >= fees else {
      throw Rejection(
        .policy, "insufficient fee",
        "\(refusal), less fees than conflicting txs; "
          + "\(Bitcoins.text(entry.fee)) < \(Bitcoins.text(fees))")
    }
    let relay = Policy.fee(rate: Policy.incrementalFeeRate, virtualSize: entry.virtualSize)
    guard entry.fee - fees >= relay else {
      throw Rejection(
        .policy, "insufficient fee",
        "\(refusal), not enough additional fees to relay; "
          + "\(Bitcoins.text(entry.fee - fees)) < \(Bitcoins.text(relay))")
    }
    let affected = clusters(of: conflicts.union(parents(of: entry)))
    let before = Chunk.chunks(of: ordered(affected), in: self)
    let after = Chunk.chunks(of: ordered(affected.subtracting(replaced)) + [entry], in: self)
    guard Chunk.diagram(of: after, isBetterThan: before) else {
      throw Rejection(
        .policy, "replacement-failed",
        "insufficient feerate: does not improve feerate diagram")
    }
  }

  private func checkCluster(
    of entry: MempoolEntry, without replaced: Set<TransactionID>, arrival: Arrival
  ) throws(Rejection) {
    guard !arrival.isFromBlock else { return }
    let cluster = clusters(of: parents(of: entry)).subtracting(replaced)
    let size = cluster.reduce(entry.adjustedWeight) { $0 + (entries[$1]?.adjustedWeight ?? 0) }
    guard cluster.count < Policy.maxClusterCount, size <= Policy.maxClusterVirtualSize * 4 else {
      throw Rejection(.policy, "too-large-cluster")
    }
  }
}
