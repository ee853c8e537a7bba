import Bitcoin
import JSON
import Wire

extension RPCTable {
  static let mempoolMethods: [RPCMethod] = [
    RPCMethod(
      "getmempoolinfo", .blockchain, [], "Returns the state of the mempool."
    ) { node, _ in
      let entries = node.mempool.inOrder
      let rate = Bitcoins.json(Policy.minRelayFeeRate)
      return [
        "loaded": true, "size": .integer(entries.count),
        "bytes": .integer(entries.reduce(0) { $0 + $1.virtualSize }),
        "usage": .integer(node.mempool.byteCount),
        "total_fee": Bitcoins.json(entries.reduce(0) { $0 + $1.fee }),
        "maxmempool": .integer(Policy.maxMempoolBytes), "mempoolminfee": rate,
        "minrelaytxfee": rate, "incrementalrelayfee": Bitcoins.json(Policy.incrementalFeeRate),
        "unbroadcastcount": .integer(entries.count), "permitbaremultisig": true,
        "maxdatacarriersize": .integer(Policy.maxDataCarrierBytes),
        "limitclustercount": .integer(Policy.maxClusterCount),
        "limitclustersize": .integer(Policy.maxClusterVirtualSize), "optimal": true,
      ]
    },
    RPCMethod(
      "getrawmempool", .blockchain,
      [.optional("verbose", kind: .bool), .optional("mempool_sequence", kind: .bool)],
      "Returns the transactions of the mempool: their identifiers, or an object of details."
    ) { node, arguments throws(RPCError) in
      let isVerbose = try arguments.bool(0, default: false)
      let wantsSequence = try arguments.bool(1, default: false)
      let entries = node.mempool.inOrder
      guard !isVerbose else {
        guard !wantsSequence else {
          throw RPCError(
            .invalidParameter, "Verbose results cannot contain mempool sequence values.")
        }
        return .object(entries.map { JSON.Member($0.id.hex, node.entryJSON($0)) })
      }
      let ids = JSON.array(entries.map { .string($0.id.hex) })
      guard wantsSequence else { return ids }
      return ["txids": ids, "mempool_sequence": .integer(node.mempool.nextArrival)]
    },
    RPCMethod(
      "getmempoolentry", .blockchain, [.required("txid", .string)],
      "Returns details of one transaction of the mempool."
    ) { node, arguments throws(RPCError) in
      guard let entry = node.mempool.entry(try arguments.transactionID(0, "txid")) else {
        throw RPCError(.invalidAddressOrKey, "Transaction not in mempool")
      }
      return node.entryJSON(entry)
    },
    RPCMethod(
      "sendrawtransaction", .rawTransactions,
      [
        .required("hexstring", .string), .optional("maxfeerate", kind: .any),
        .optional("maxburnamount", kind: .any),
      ],
      "Takes a transaction in hexadecimal into the mempool and returns its identifier. "
        + "maxfeerate is in BTC/kvB, 0.10 unless given; 0 for any."
    ) { node, arguments throws(RPCError) in
      try node.send(arguments)
    },
    RPCMethod(
      "testmempoolaccept", .rawTransactions,
      [.required("rawtxs", .array), .optional("maxfeerate", kind: .any)],
      "Returns whether the mempool would take transactions in hexadecimal, parents first."
    ) { node, arguments throws(RPCError) in
      try node.testAcceptance(arguments)
    },
  ]

  /// BTC per 1000 vB above which a transaction is taken for a mistake: 0.10.
  fileprivate static let defaultMaxFeeRate: Int64 = 10_000_000
}

extension DevnetNode {
  fileprivate func entryJSON(_ entry: MempoolEntry) -> JSON {
    let ancestors = mempool.ordered(mempool.ancestors(of: [entry.id]))
    let descendants = mempool.ordered(mempool.descendants(of: [entry.id]))
    let cluster = mempool.ordered(mempool.clusters(of: [entry.id]))
    let chunk = Chunk.chunks(of: cluster, in: mempool)
      .first { chunk in chunk.entries.contains { $0.id == entry.id } }
    func names(_ ids: Set<TransactionID>) -> JSON {
      .array(ids.map(\.hex).sorted().map { .string($0) })
    }
    func fees(_ entries: [MempoolEntry]) -> JSON {
      Bitcoins.json(entries.reduce(0) { $0 + $1.fee })
    }
    return [
      "vsize": .integer(entry.virtualSize), "weight": .integer(entry.weight),
      "time": .integer(entry.time), "height": .integer(entry.height),
      "descendantcount": .integer(descendants.count),
      "descendantsize": .integer(descendants.reduce(0) { $0 + $1.virtualSize }),
      "ancestorcount": .integer(ancestors.count),
      "ancestorsize": .integer(ancestors.reduce(0) { $0 + $1.virtualSize }),
      "wtxid": .string(entry.witnessID.hex),
      "chunkweight": .integer(chunk?.weight ?? entry.adjustedWeight),
      "fees": [
        "base": Bitcoins.json(entry.fee), "modified": Bitcoins.json(entry.fee),
        "ancestor": fees(ancestors), "descendant": fees(descendants),
        "chunk": Bitcoins.json(chunk?.fee ?? entry.fee),
      ],
      "depends": names(mempool.parents(of: entry)),
      "spentby": names(mempool.children(of: entry)), "unbroadcast": true,
    ]
  }

  fileprivate mutating func send(_ arguments: RPCArguments) throws(RPCError) -> JSON {
    let maxBurn = try arguments.amount(2, default: 0)
    guard let transaction = RPCArguments.transaction(try arguments.string(0)) else {
      throw RPCError(
        .deserialization, "TX decode failed. Make sure the tx has at least one input.")
    }
    for output in transaction.outputs where output.value > maxBurn {
      guard !output.script.isUnspendable, output.script.instructions != nil else {
        throw RPCError(
          .verify, "Unspendable output exceeds maximum configured by user (maxburnamount)")
      }
    }
    let maxFeeRate = try arguments.feeRate(1, default: RPCTable.defaultMaxFeeRate)
    let id = transaction.id
    for index in transaction.outputs.indices
    where chain.coin(at: Outpoint(transaction: id, index: UInt32(index))) != nil {
      throw RPCError(.verifyAlreadyInUTXOSet, "Transaction outputs already in utxo set")
    }
    if mempool.entry(id) != nil { return .string(id.hex) }
    do throws(Rejection) {
      let acceptance = try test(transaction, now: arguments.now)
      let maxFee = Policy.fee(rate: maxFeeRate, virtualSize: transaction.virtualSize)
      if maxFee == 0 || acceptance.entry.fee <= maxFee {
        try submit(transaction, now: arguments.now)
        return .string(id.hex)
      }
    } catch {
      throw RPCError(error.kind == .missingInputs ? .verify : .verifyRejected, error.text)
    }
    throw RPCError(
      .verify, "Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)")
  }

  fileprivate func testAcceptance(_ arguments: RPCArguments) throws(RPCError) -> JSON {
    let texts = try arguments.array(0)
    guard (1...25).contains(texts.count) else {
      throw RPCError(.invalidParameter, "Array must contain between 1 and 25 transactions.")
    }
    let maxFeeRate = try arguments.feeRate(1, default: RPCTable.defaultMaxFeeRate)
    var transactions: [Transaction] = []
    for text in texts {
      let hex = try RPCArguments.string(text)
      guard let transaction = RPCArguments.transaction(hex) else {
        throw RPCError(
          .deserialization,
          "TX decode failed: \(hex) Make sure the tx has at least one input.")
      }
      transactions.append(transaction)
    }
    let packageError = AcceptancePackage.error(transactions)
    let outcome =
      packageError == nil ? acceptance(of: transactions, now: arguments.now) : .success([])
    var isOver = false
    return .array(
      transactions.enumerated().map { index, transaction in
        var members: [JSON.Member] = [
          .init("txid", .string(transaction.id.hex)),
          .init("wtxid", .string(transaction.witnessID.hex)),
        ]
        if let packageError { members.append(.init("package-error", .string(packageError))) }
        switch outcome {
        case .success(let entries) where index < entries.count && !isOver:
          let entry = entries[index]
          let maxFee = Policy.fee(rate: maxFeeRate, virtualSize: entry.virtualSize)
          isOver = maxFee > 0 && entry.fee > maxFee
          members += isOver ? refused("max-fee-exceeded") : accepted(entry)
        case .failure(let failure) where failure.index == index:
          members +=
            failure.rejection.kind == .missingInputs
            ? refused("missing-inputs")
            : refused(failure.rejection.reason, failure.rejection.text)
        default: break
        }
        return .object(members)
      })
  }

  /// Which of several transactions the mempool refuses first.
  private struct PackageFailure: Error {
    let index: Int
    let rejection: Rejection
  }

  /// Checks transactions one upon the other, without taking them in.
  private func acceptance(
    of transactions: [Transaction], now: Int64
  ) -> Result<[MempoolEntry], PackageFailure> {
    var trial = mempool
    var entries: [MempoolEntry] = []
    let arrival = Mempool.Arrival(time: now, mayReplace: transactions.count == 1)
    for (index, transaction) in transactions.enumerated() {
      do throws(Rejection) {
        let acceptance = try trial.acceptance(of: transaction, on: chain, arrival: arrival)
        trial.add(acceptance)
        entries.append(acceptance.entry)
      } catch {
        return .failure(PackageFailure(index: index, rejection: error))
      }
    }
    return .success(entries)
  }

  private func refused(_ reason: String, _ details: String? = nil) -> [JSON.Member] {
    var members: [JSON.Member] = [
      .init("allowed", false), .init("reject-reason", .string(reason)),
    ]
    if let details { members.append(.init("reject-details", .string(details))) }
    return members
  }

  private func accepted(_ entry: MempoolEntry) -> [JSON.Member] {
    [
      .init("allowed", true), .init("vsize", .integer(entry.virtualSize)),
      .init(
        "fees",
        [
          "base": Bitcoins.json(entry.fee),
          "effective-feerate": Bitcoins.json(entry.fee * 1000 / Int64(entry.virtualSize)),
          "effective-includes": [.string(entry.witnessID.hex)],
        ]),
    ]
  }
}

/// Rules of several transactions that are offered together.
private enum AcceptancePackage {
  /// Bitcoin Core's reason to refuse all of them, if there is one.
  static func error(_ transactions: [Transaction]) -> String? {
    guard transactions.count > 1 else { return nil }
    let ids = transactions.map(\.id)
    guard Set(ids).count == ids.count else { return "package-contains-duplicates" }
    for (index, transaction) in transactions.enumerated() {
      let later = Set(ids[index...])
      if transaction.inputs.contains(where: { later.contains($0.outpoint.transaction) }) {
        return "package-not-sorted"
      }
    }
    let spent = transactions.flatMap { $0.inputs.map(\.outpoint) }
    return Set(spent).count == spent.count ? nil : "conflict-in-package"
  }
}
