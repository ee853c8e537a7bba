import Bitcoin
import JSON
import Wire

extension RPCTable {
  static let rawTransactionMethods: [RPCMethod] = [
    RPCMethod(
      "getrawtransaction", .rawTransactions,
      [
        .required("txid", .string), .optional("verbosity", "verbose", kind: .any),
        .optional("blockhash", kind: .string),
      ],
      "Returns a transaction of the mempool or of a block: in hexadecimal for verbosity 0, as an "
        + "object for 1, with its fee and what it spends for 2."
    ) { node, arguments throws(RPCError) in
      try node.rawTransaction(arguments)
    },
    RPCMethod(
      "decoderawtransaction", .rawTransactions,
      [.required("hexstring", .string), .optional("iswitness", kind: .bool)],
      "Returns a transaction in hexadecimal as an object."
    ) { _, arguments throws(RPCError) in
      let hex = try arguments.string(0)
      let transaction: Transaction?
      switch arguments.has(1) ? try arguments.bool(1, default: true) : nil {
      case nil: transaction = RPCArguments.transaction(hex)
      case true?: transaction = Hex.bytes(hex).flatMap { try? Transaction(parsing: $0) }
      case false?:
        transaction = Hex.bytes(hex).flatMap { try? Transaction(parsingWithoutWitness: $0) }
      }
      guard let transaction else {
        throw RPCError(.deserialization, "TX decode failed")
      }
      return .object(TransactionJSON.members(transaction, withHex: false))
    },
  ]
}

extension DevnetNode {
  fileprivate func rawTransaction(_ arguments: RPCArguments) throws(RPCError) -> JSON {
    let id = try arguments.transactionID(0, "parameter 1")
    if id == Regtest.genesis.transactions[0].id {
      throw RPCError(
        .invalidAddressOrKey,
        "The genesis block coinbase is not considered an ordinary transaction and cannot be "
          + "retrieved")
    }
    let verbosity = try arguments.verbosity(1, default: 0)
    var named: BlockEntry?
    if arguments.has(2) {
      guard let entry = chain.entry(try arguments.blockHash(2, "parameter 3")) else {
        throw RPCError(.invalidAddressOrKey, "Block hash not found")
      }
      named = entry
    }
    guard let (transaction, entry) = find(id, in: named) else {
      let place =
        named == nil
        ? "No such mempool or blockchain transaction"
        : "No such transaction found in the provided block"
      throw RPCError(
        .invalidAddressOrKey, "\(place). Use gettransaction for wallet transactions.")
    }
    guard verbosity > 0 else { return .string(Hex.text(transaction.bytes)) }
    var members: [JSON.Member] = []
    if let named { members.append(.init("in_active_chain", .bool(chain.isActive(named)))) }
    var spent: [Coin]?
    if verbosity > 1, let undo = entry?.undo, !transaction.isCoinbase,
      let index = entry?.block.transactions.firstIndex(of: transaction)
    {
      spent = undo[index - 1]
    }
    members += TransactionJSON.members(
      transaction, spending: spent, showingSpent: verbosity > 1)
    if let entry { members += confirmation(in: entry) }
    return .object(members)
  }

  private func find(
    _ id: TransactionID, in named: BlockEntry?
  ) -> (Transaction, BlockEntry?)? {
    if named == nil, let entry = mempool.entry(id) { return (entry.transaction, nil) }
    guard let entry = named ?? chain.transactionIndex[id].flatMap({ chain.entry($0) }),
      let transaction = entry.block.transactions.first(where: { $0.id == id })
    else { return nil }
    return (transaction, entry)
  }

  private func confirmation(in entry: BlockEntry) -> [JSON.Member] {
    var members: [JSON.Member] = [.init("blockhash", .string(entry.hash.hex))]
    guard chain.isActive(entry) else {
      members.append(.init("confirmations", 0))
      return members
    }
    members += [
      .init("confirmations", .integer(chain.height - entry.height + 1)),
      .init("time", .integer(entry.block.header.time)),
      .init("blocktime", .integer(entry.block.header.time)),
    ]
    return members
  }
}
