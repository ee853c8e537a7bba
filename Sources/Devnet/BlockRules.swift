import Bitcoin
import Cryptography

/// Rules of a block.
enum BlockRules {
  /// Checks what needs no context.
  static func check(_ block: Block) throws(Rejection) {
    guard let target = block.header.target, target[0] <= 0x7F, block.header.hasProofOfWork else {
      throw Rejection(.consensus, "high-hash", "proof of work failed")
    }
    try checkMerkleRoot(block)
    try checkContents(block)
  }

  private static func checkMerkleRoot(_ block: Block) throws(Rejection) {
    let (root, isMutated) = block.merkleRoot
    guard root == block.header.merkleRoot.bytes else {
      throw Rejection(.consensus, "bad-txnmrklroot", "hashMerkleRoot mismatch")
    }
    guard !isMutated else {
      throw Rejection(.consensus, "bad-txns-duplicate", "duplicate transaction")
    }
  }

  /// Checks the transactions, without proof of work and merkle root.
  static func checkContents(_ block: Block) throws(Rejection) {
    guard !block.transactions.isEmpty, block.strippedByteCount * 4 <= Consensus.maximumBlockWeight
    else {
      throw Rejection(.consensus, "bad-blk-length", "size limits failed")
    }
    guard block.transactions[0].isCoinbase else {
      throw Rejection(.consensus, "bad-cb-missing", "first tx is not coinbase")
    }
    guard !block.transactions.dropFirst().contains(where: \.isCoinbase) else {
      throw Rejection(.consensus, "bad-cb-multiple", "more than one coinbase")
    }
    for transaction in block.transactions {
      do throws(Rejection) {
        try TransactionRules.check(transaction)
      } catch {
        throw Rejection(
          .consensus, error.reason,
          "Transaction check failed (tx hash \(transaction.id.hex)) \(error.detail)")
      }
    }
    let sigOps = block.transactions.reduce(0) { $0 + SigOps.legacy($1) }
    guard sigOps * 4 <= Regtest.maxBlockSigOpsCost else {
      throw Rejection(.consensus, "bad-blk-sigops", "out-of-bounds SigOpCount")
    }
  }

  /// Checks a header against the block before it.
  static func checkHeader(
    _ header: BlockHeader, after parent: BlockEntry, now: Int64?
  ) throws(Rejection) {
    guard header.bits == Regtest.bits else {
      throw Rejection(.consensus, "bad-diffbits", "incorrect proof of work")
    }
    guard Int64(header.time) > parent.medianTime else {
      throw Rejection(.consensus, "time-too-old", "block's timestamp is too early")
    }
    if let now, Int64(header.time) > now + Regtest.maxFutureSeconds {
      throw Rejection(.premature, "time-too-new", "block timestamp too far in the future")
    }
    guard header.version >= 4 else {
      let version = String(UInt32(bitPattern: header.version), radix: 16)
      let padded = String(repeating: "0", count: 8 - version.count) + version
      throw Rejection(
        .consensus, "bad-version(0x\(padded))", "rejected nVersion=0x\(padded) block")
    }
  }

  /// Checks finality and the height in the coinbase (BIP-34).
  static func checkInContext(_ block: Block, after parent: BlockEntry) throws(Rejection) {
    let height = parent.height + 1
    for transaction in block.transactions {
      guard
        TransactionRules.isFinal(transaction, height: height, medianTime: parent.medianTime)
      else { throw Rejection(.consensus, "bad-txns-nonfinal", "non-final transaction") }
    }
    var prefix = Script()
    prefix.append(number: Int64(height))
    guard block.transactions[0].inputs[0].scriptSig.bytes.starts(with: prefix.bytes) else {
      throw Rejection(.consensus, "bad-cb-height", "block height mismatch in coinbase")
    }
  }

  /// Checks the weight of a block whose witnesses are the ones it commits to.
  static func checkWeight(_ block: Block) throws(Rejection) {
    guard block.weight <= Consensus.maximumBlockWeight else {
      throw Rejection(.consensus, "bad-blk-weight", "ContextualCheckBlock : weight limit failed")
    }
  }

  /// Checks the witness commitment (BIP-141). The hash of a block does not cover its witnesses, so a
  /// failure says nothing about the block with this hash.
  static func checkWitnessCommitment(_ block: Block) throws(Rejection) {
    let coinbase = block.transactions[0]
    guard block.witnessCommitment != nil else {
      guard !block.transactions.contains(where: \.hasWitness) else {
        throw Rejection(
          .consensus, "unexpected-witness",
          "CheckWitnessMalleation : unexpected witness data found")
      }
      return
    }
    let witness = coinbase.inputs[0].witness
    guard witness.count == 1, witness[0].count == 32 else {
      throw Rejection(
        .consensus, "bad-witness-nonce-size",
        "CheckWitnessMalleation : invalid witness reserved value size")
    }
    guard block.hasValidWitnessCommitment else {
      throw Rejection(
        .consensus, "bad-witness-merkle-match",
        "CheckWitnessMalleation : witness merkle commitment mismatch")
    }
  }

  /// What connecting a block does.
  struct Effect {
    /// Coins of the chain that are spent.
    let spent: Set<Outpoint>
    /// Coins that are left of those the block creates.
    let created: [Outpoint: Coin]
    /// The coins that each transaction but the coinbase spends.
    let undo: [[Coin]]
  }

  /// Returns what connecting `block` on the tip of `chain` does.
  ///
  /// - Throws: ``Rejection`` when an input is missing, an amount, lock, script or the coinbase's
  ///   value breaks a rule.
  static func effect(
    of block: Block, height: Int, on chain: Chain, checkingScripts: Bool
  ) throws(Rejection) -> Effect {
    let medianTime = chain.tip.medianTime
    var overlay = CoinOverlay(over: chain)
    var undo: [[Coin]] = []
    for transaction in block.transactions {
      let id = transaction.id
      for index in transaction.outputs.indices
      where chain.coin(at: Outpoint(transaction: id, index: UInt32(index))) != nil {
        throw Rejection(
          .consensus, "bad-txns-BIP30", "tried to overwrite transaction")
      }
    }
    var fees: Int64 = 0
    var sigOpsCost = 0
    for transaction in block.transactions {
      if !transaction.isCoinbase {
        let (fee, spent) = try inputs(
          of: transaction, height: height, medianTime: medianTime, chain: chain, view: overlay,
          checkingScripts: checkingScripts)
        fees += fee
        undo.append(spent)
        for input in transaction.inputs { overlay.spend(input.outpoint) }
      }
      sigOpsCost += SigOps.cost(
        transaction, spending: transaction.isCoinbase ? [] : undo.last ?? [])
      guard sigOpsCost <= Regtest.maxBlockSigOpsCost else {
        throw Rejection(.consensus, "bad-blk-sigops", "too many sigops")
      }
      overlay.create(from: transaction, height: height)
    }
    let limit = fees + Regtest.subsidy(height: height)
    let paid = block.transactions[0].outputs.reduce(0) { $0 + $1.value }
    guard paid <= limit else {
      throw Rejection(
        .consensus, "bad-cb-amount",
        "coinbase pays too much (actual=\(paid) vs limit=\(limit))")
    }
    return Effect(spent: overlay.spent, created: overlay.created, undo: undo)
  }

  /// Checks the inputs of one transaction; returns its fee and the coins it spends.
  private static func inputs(
    of transaction: Transaction, height: Int, medianTime: Int64, chain: Chain,
    view: CoinOverlay, checkingScripts: Bool
  ) throws(Rejection) -> (fee: Int64, spent: [Coin]) {
    let fee: Int64
    do throws(Rejection) {
      fee = try TransactionRules.fee(of: transaction, in: view, spendHeight: height)
    } catch {
      throw Rejection(
        .consensus, error.reason, "\(error.detail) in transaction \(transaction.id.hex)")
    }
    let spent = transaction.inputs.compactMap { view.coin(at: $0.outpoint) }
    guard
      TransactionRules.relativeLocksHavePassed(
        transaction, coinHeights: spent.map(\.height), height: height, medianTime: medianTime,
        medianTimeAt: { chain.entry(at: $0).medianTime })
    else {
      throw Rejection(
        .consensus, "bad-txns-nonfinal",
        "contains a non-BIP68-final transaction \(transaction.id.hex)")
    }
    if checkingScripts {
      try ScriptRules.check(
        transaction, spending: spent.map(\.output), flags: .consensus,
        failure: "block-script-verify-flag-failed", kind: .consensus)
    }
    return (fee, spent)
  }
}
