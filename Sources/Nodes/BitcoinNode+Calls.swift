public import Bitcoin
import Cryptography
import JSON
import Wire

extension BitcoinNode {
  /// Oldest version with the answers read here: 24.0, which brought full replacement.
  public static let oldestVersion = 240_000

  /// Confirms that the node is of `network` and new enough; returns the state of its chain.
  public func checked(for network: Network) async throws(NodeError) -> ChainInfo {
    let info = try await query("getnetworkinfo")
    let version = try Answer(info).integer("version")
    guard version >= Self.oldestVersion else {
      throw .unsuitable("version \(version), at least \(Self.oldestVersion) is needed")
    }
    let chain = try await chainInfo()
    guard chain.chain == network.chainName else {
      throw .unsuitable("chain \(chain.chain), configured is \(network.chainName)")
    }
    return chain
  }

  /// Waits until the node answers: it may be starting, or loading its chain.
  ///
  /// - Parameter seconds: How long to wait at most.
  /// - Throws: What the node answered last, or at once what waiting does not cure.
  public func waitUntilReady(seconds: Int64) async throws(NodeError) {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while true {
      do throws(NodeError) {
        _ = try await chainInfo()
        return
      } catch {
        switch error {
        case .unreachable, .rpc(NodeErrorCode.warmingUp, _): break
        default: throw error
        }
        guard ContinuousClock.now < deadline,
          (try? await Task.sleep(for: .milliseconds(100))) != nil
        else { throw error }
      }
    }
  }

  /// The state of the node's chain.
  public func chainInfo() async throws(NodeError) -> ChainInfo {
    let answer = Answer(try await query("getblockchaininfo"))
    return ChainInfo(
      chain: try answer.string("chain"), height: try answer.integer("blocks"),
      bestBlock: try answer.blockHash("bestblockhash"),
      medianTime: Int64(try answer.integer("mediantime")),
      isInitialDownload: try answer.bool("initialblockdownload"),
      prunedBelow: try answer.bool("pruned") ? try answer.integer("pruneheight") : nil)
  }

  /// The hash of the active block at `height`, or `nil` above the tip.
  public func blockHash(at height: Int) async throws(NodeError) -> BlockHash? {
    do throws(NodeError) {
      return try Answer(await query("getblockhash", [.integer(height)])).asBlockHash()
    } catch {
      guard error.code == NodeErrorCode.invalidParameter else { throw error }
      return nil
    }
  }

  /// The header of a block of any branch, or `nil` when the node does not know it.
  public func header(_ hash: BlockHash) async throws(NodeError) -> HeaderInfo? {
    let object: Answer
    let bytes: [UInt8]
    do throws(NodeError) {
      object = Answer(try await query("getblockheader", [.string(hash.hex), true]))
      bytes = try Answer(await query("getblockheader", [.string(hash.hex), false])).asBytes()
    } catch {
      guard error.code == NodeErrorCode.invalidAddressOrKey else { throw error }
      return nil
    }
    guard let header = try? BlockHeader(parsing: bytes), header.hash == hash else {
      throw .malformed("getblockheader answers another block than \(hash.hex)")
    }
    return HeaderInfo(
      header: header, height: try object.integer("height"),
      confirmations: try object.integer("confirmations"))
  }

  /// A block of any branch, or `nil` when the node does not know it. Its hash, the transactions it
  /// commits to and their witnesses are checked.
  ///
  /// - Throws: ``NodeError/pruned(block:)`` when the node has deleted it.
  public func block(_ hash: BlockHash) async throws(NodeError) -> Block? {
    let bytes: [UInt8]
    do throws(NodeError) {
      bytes = try Answer(await query("getblock", [.string(hash.hex), 0])).asBytes()
    } catch {
      if case .rpc(NodeErrorCode.misc, let message) = error, message.contains("pruned") {
        throw .pruned(block: hash.hex)
      }
      guard error.code == NodeErrorCode.invalidAddressOrKey else { throw error }
      return nil
    }
    let block: Block
    do {
      block = try Block(parsing: bytes)
    } catch {
      throw .malformed("getblock of \(hash.hex): \(error)")
    }
    let (root, isMutated) = block.merkleRoot
    guard block.hash == hash, root == block.header.merkleRoot.bytes, !isMutated,
      block.hasValidWitnessCommitment
    else { throw .malformed("getblock answers something other than block \(hash.hex)") }
    return block
  }

  /// The transactions of the mempool.
  public func mempool() async throws(NodeError) -> [TransactionID] {
    guard let elements = try await query("getrawmempool").array else {
      throw .malformed("getrawmempool answers no array")
    }
    var ids: [TransactionID] = []
    for element in elements { ids.append(try Answer(element).asTransactionID()) }
    return ids
  }

  /// A transaction of the mempool or of a block, or `nil` when the node does not find it.
  ///
  /// - Parameter block: Where to look; without it a node needs its transaction index for
  ///   confirmed ones.
  public func transaction(
    _ id: TransactionID, in block: BlockHash? = nil
  ) async throws(NodeError) -> TransactionInfo? {
    var params: [JSON] = [.string(id.hex), 1]
    if let block { params.append(.string(block.hex)) }
    let answer: Answer
    do throws(NodeError) {
      answer = Answer(try await query("getrawtransaction", params))
    } catch {
      guard error.code == NodeErrorCode.invalidAddressOrKey else { throw error }
      return nil
    }
    let bytes = try answer.member("hex").asBytes()
    guard let transaction = try? Transaction(parsing: bytes), transaction.id == id else {
      throw .malformed("getrawtransaction answers another transaction than \(id.hex)")
    }
    return TransactionInfo(
      transaction: transaction,
      block: try answer.optional("blockhash").map { json throws(NodeError) in
        try json.asBlockHash()
      },
      confirmations: try answer.optional("confirmations").map { json throws(NodeError) in
        try json.asInteger()
      } ?? 0)
  }

  /// Hands a transaction to the network.
  ///
  /// A transaction that is in the mempool or in a block already counts as sent.
  ///
  /// - Parameter maxFeeRateSatsPerKvB: Above it the node refuses; `nil` for the node's default.
  /// - Throws: ``NodeError/unreachable(_:)`` when its fate is unknown; sending the same
  ///   transaction again is then safe.
  @discardableResult
  public func send(
    _ transaction: Transaction, maxFeeRateSatsPerKvB: Int64? = nil
  ) async throws(NodeError) -> TransactionID {
    var params: [JSON] = [.string(Hex.text(transaction.bytes))]
    if let rate = maxFeeRateSatsPerKvB { params.append(.number(Bitcoins.fixed(rate))) }
    do throws(NodeError) {
      let id = try Answer(await command("sendrawtransaction", params)).asTransactionID()
      guard id == transaction.id else {
        throw .malformed("sendrawtransaction answers \(id.hex) for \(transaction.id.hex)")
      }
    } catch {
      guard error.code == NodeErrorCode.alreadyInChain else { throw error }
    }
    return transaction.id
  }

  /// Asks whether the mempool would take a transaction.
  public func test(_ transaction: Transaction) async throws(NodeError) -> MempoolVerdict {
    let result = try await query(
      "testmempoolaccept", [.array([.string(Hex.text(transaction.bytes))])])
    guard let first = result[0] else { throw .malformed("testmempoolaccept answers nothing") }
    let answer = Answer(first)
    guard try answer.bool("allowed") else {
      return .refused(reason: try answer.string("reject-reason"))
    }
    return .allowed(
      fee: try answer.member("fees").amount("base"), virtualSize: try answer.integer("vsize"))
  }

  /// An unspent output, or `nil` when it does not exist or is spent.
  ///
  /// - Parameter includingMempool: Whether what waits in the mempool counts.
  public func unspentOutput(
    _ outpoint: Outpoint, includingMempool: Bool = true
  ) async throws(NodeError) -> UnspentOutput? {
    let result = try await query(
      "gettxout",
      [
        .string(outpoint.transaction.hex), .integer(outpoint.index), .bool(includingMempool),
      ])
    if result.isNull { return nil }
    let answer = Answer(result)
    let confirmations = try answer.integer("confirmations")
    var height: Int?
    if confirmations > 0 {
      guard let tip = try await header(try answer.blockHash("bestblock")) else {
        throw .malformed("gettxout names an unknown block")
      }
      // A height below 0, or one too deep to count, is no block's.
      guard confirmations <= tip.height + 1 else {
        throw .malformed("gettxout gives \(confirmations) confirmations at height \(tip.height)")
      }
      height = tip.height - confirmations + 1
    }
    let script = Script(try answer.member("scriptPubKey").member("hex").asBytes())
    return UnspentOutput(
      outpoint: outpoint,
      output: TransactionOutput(value: try answer.amount("value"), script: script),
      height: height, isCoinbase: try answer.bool("coinbase"))
  }

  /// All unspent confirmed outputs of `ranges` at the tip.
  public func scan(_ ranges: [ScanRange]) async throws(NodeError) -> ScanResult {
    let objects = ranges.map { range -> JSON in
      guard let indices = range.indices else { return ["desc": .string(range.descriptor)] }
      return [
        "desc": .string(range.descriptor),
        "range": [.integer(indices.lowerBound), .integer(indices.upperBound)],
      ]
    }
    let answer = Answer(try await startScan([.array(objects)]))
    guard try answer.bool("success"), let unspents = try answer.member("unspents").json.array else {
      throw .malformed("scantxoutset did not finish")
    }
    var outputs: [UnspentOutput] = []
    for unspent in unspents { outputs.append(try Answer(unspent).asUnspentOutput()) }
    return ScanResult(
      height: try answer.integer("height"), block: try answer.blockHash("bestblock"),
      outputs: outputs, total: try answer.amount("total_amount"))
  }

  /// A node carries out one scan at a time and refuses the next; several programs share a node, so
  /// this waits for its turn, at most a minute.
  private func startScan(_ objects: [JSON]) async throws(NodeError) -> JSON {
    let deadline = ContinuousClock.now.advanced(by: .seconds(60))
    while true {
      do throws(NodeError) {
        return try await query("scantxoutset", ["start"] + objects)
      } catch {
        guard case .rpc(NodeErrorCode.invalidParameter, let message) = error,
          message.contains("Scan already in progress"), ContinuousClock.now < deadline
        else { throw error }
      }
      do { try await Task.sleep(for: .milliseconds(100)) } catch {
        throw .unreachable("stopped while waiting for another scan to end")
      }
    }
  }

  /// Mines blocks that pay to `address`, on regtest only.
  public func generate(
    _ count: Int, to address: String
  ) async throws(NodeError) -> [BlockHash] {
    let result = try await command("generatetoaddress", [.integer(count), .string(address)])
    guard let elements = result.array else {
      throw .malformed("generatetoaddress answers no array")
    }
    var hashes: [BlockHash] = []
    for element in elements { hashes.append(try Answer(element).asBlockHash()) }
    return hashes
  }

  /// The fee rate, in satoshis per 1000 vB, that should confirm within `blocks` blocks (1 to
  /// 1008), or `nil` when the node has seen too little to tell.
  public func feeRate(forConfirmationWithin blocks: Int) async throws(NodeError) -> Int64? {
    let answer = Answer(try await query("estimatesmartfee", [.integer(blocks)]))
    return try answer.optional("feerate").map { json throws(NodeError) in try json.asAmount() }
  }
}
