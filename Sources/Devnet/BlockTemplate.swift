import Bitcoin

/// Puts a block together on the tip of a chain.
enum BlockTemplate {
  /// Weight kept free for header, count and coinbase.
  private static let reservedWeight = 8000

  /// Returns the transactions of the mempool that pay best for their weight and fit into a block.
  static func selection(from mempool: Mempool, on chain: Chain) -> [MempoolEntry] {
    // Chunks of a cluster come best first, so sorting all by what they pay keeps parents first.
    var chunks: [Chunk] = []
    var rest = Set(mempool.inOrder.map(\.id))
    for entry in mempool.inOrder where rest.contains(entry.id) {
      let cluster = mempool.clusters(of: [entry.id])
      rest.subtract(cluster)
      chunks += Chunk.chunks(of: mempool.ordered(cluster), in: mempool)
    }
    let sorted = chunks.enumerated().sorted { a, b in
      if a.element.paysMore(than: b.element) { return true }
      return !b.element.paysMore(than: a.element) && a.offset < b.offset
    }
    var selected: [MempoolEntry] = []
    var ids: Set<TransactionID> = []
    var weight = reservedWeight
    for chunk in sorted.map(\.element) where weight + chunk.weight <= Consensus.maximumBlockWeight {
      let members = Set(chunk.entries.map(\.id))
      // A chunk that did not fit takes what depends on it along.
      let isComplete = chunk.entries.allSatisfy { entry in
        mempool.parents(of: entry).allSatisfy { members.contains($0) || ids.contains($0) }
      }
      guard isComplete else { continue }
      selected += chunk.entries
      ids.formUnion(members)
      weight += chunk.weight
    }
    return selected
  }

  /// Returns a block without proof of work whose coinbase pays subsidy and `fees` to `script`.
  ///
  /// - Parameter now: Seconds since 1970; the block is later if the median time past demands it.
  static func block(
    of transactions: [Transaction], fees: Int64, payingTo script: Script, on chain: Chain,
    now: Int64
  ) -> Block {
    let height = chain.height + 1
    var input = Script()
    input.append(number: Int64(height))
    // A coinbase's script has at least two bytes.
    if input.bytes.count < 2 { input.append(.zero) }
    let reserved = [UInt8](repeating: 0, count: 32)
    var coinbase = Transaction(
      version: 2,
      inputs: [
        TransactionInput(
          outpoint: .null, scriptSig: input, sequence: 0xFFFF_FFFE, witness: [reserved])
      ],
      outputs: [TransactionOutput(value: Regtest.subsidy(height: height) + fees, script: script)],
      lockTime: UInt32(height - 1))
    let commitment = Block.witnessCommitment(over: [coinbase] + transactions, reserved: reserved)
    coinbase.outputs.append(Block.witnessCommitmentOutput(commitment))
    let all = [coinbase] + transactions
    let header = BlockHeader(
      version: 0x2000_0000, previous: chain.tip.hash, merkleRoot: Regtest.merkleRoot(of: all),
      time: UInt32(max(chain.tip.medianTime + 1, now)), bits: Regtest.bits, nonce: 0)
    return Block(header: header, transactions: all)
  }

  /// Finds a nonce that `chain` has not seen with this block, or `nil` when `tries` were not enough.
  ///
  /// A block mined again after it was marked invalid would otherwise be the very same block.
  static func mined(_ block: Block, tries: UInt64, on chain: Chain) -> Block? {
    var block = block
    var left = tries
    while left > 0, !block.header.hasProofOfWork || chain.entry(block.hash) != nil {
      guard block.header.nonce < .max else { return nil }
      left -= 1
      block.header.nonce += 1
    }
    return left > 0 ? block : nil
  }
}
