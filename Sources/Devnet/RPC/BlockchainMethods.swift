import Bitcoin
import Cryptography
import JSON
import Wire

extension RPCTable {
  static let blockchainMethods: [RPCMethod] = [
    RPCMethod(
      "getblockchaininfo", .blockchain, [],
      "Returns the state of the chain."
    ) { node, _ in
      let tip = node.chain.tip
      let bytes = node.chain.storedByteCount
      return [
        "chain": "regtest", "blocks": .integer(tip.height),
        "headers": .integer(node.chain.bestValidHeight), "bestblockhash": .string(tip.hash.hex),
        "bits": .string(Hex.fixed(Regtest.bits)), "target": .string(Regtest.targetHex),
        "difficulty": Regtest.difficulty, "time": .integer(tip.block.header.time),
        "mediantime": .integer(tip.medianTime), "verificationprogress": 1,
        "initialblockdownload": .bool(!node.hasLeftInitialDownload),
        "chainwork": .string(tip.chainWorkHex), "size_on_disk": .integer(bytes),
        "pruned": false, "warnings": [],
      ]
    },
    RPCMethod(
      "getblockcount", .blockchain, [], "Returns the height of the active chain."
    ) { node, _ in .integer(node.chain.height) },
    RPCMethod(
      "getbestblockhash", .blockchain, [], "Returns the hash of the last block of the active chain."
    ) { node, _ in .string(node.chain.tip.hash.hex) },
    RPCMethod(
      "getblockhash", .blockchain, [.required("height", .number)],
      "Returns the hash of the block of the active chain at a height."
    ) { node, arguments throws(RPCError) in
      let height = try arguments.integer(0)
      guard (0...node.chain.height).contains(height) else {
        throw RPCError(.invalidParameter, "Block height out of range")
      }
      return .string(node.chain.entry(at: height).hash.hex)
    },
    RPCMethod(
      "getblockheader", .blockchain,
      [.required("blockhash", .string), .optional("verbose", kind: .bool)],
      "Returns a block header, as an object or, when verbose is false, in hexadecimal."
    ) { node, arguments throws(RPCError) in
      let hash = try arguments.blockHash(0, "hash")
      let isVerbose = try arguments.bool(1, default: true)
      let entry = try node.knownBlock(hash)
      return isVerbose
        ? .object(node.headerMembers(entry)) : .string(Hex.text(entry.block.header.bytes))
    },
    RPCMethod(
      "getblock", .blockchain,
      [.required("blockhash", .string), .optional("verbosity", "verbose", kind: .any)],
      "Returns a block: in hexadecimal for verbosity 0, as an object with transaction identifiers "
        + "for 1, with transactions for 2, with what they spend for 3."
    ) { node, arguments throws(RPCError) in
      let hash = try arguments.blockHash(0)
      let verbosity = try arguments.verbosity(1, default: 1)
      let entry = try node.knownBlock(hash)
      return verbosity <= 0
        ? .string(Hex.text(entry.block.bytes)) : node.blockJSON(entry, verbosity: verbosity)
    },
    RPCMethod(
      "getblockfilter", .blockchain,
      [.required("blockhash", .string), .optional("filtertype", kind: .string)],
      "Returns the basic filter of a block and the header that commits to it, of BIP 157 and 158."
    ) { node, arguments throws(RPCError) in
      let hash = try arguments.blockHash(0)
      let kind = arguments.has(1) ? try arguments.string(1) : "basic"
      guard kind == "basic" else {
        throw RPCError(.invalidAddressOrKey, "Unknown filtertype")
      }
      let entry = try node.knownBlock(hash)
      guard let filter = entry.filter, let header = entry.filterHeader else {
        throw RPCError(
          .invalidAddressOrKey, "Filter not found. Block was not connected to active chain.")
      }
      return ["filter": .string(Hex.text(filter.bytes)), "header": .string(header.hex)]
    },
    RPCMethod(
      "gettxout", .blockchain,
      [
        .required("txid", .string), .required("n", .number),
        .optional("include_mempool", kind: .bool),
      ],
      "Returns an unspent output, or null."
    ) { node, arguments throws(RPCError) in
      let id = try arguments.transactionID(0, "txid")
      guard let index = UInt32(exactly: try arguments.integer(1)) else {
        throw RPCError(.misc, "JSON integer out of range")
      }
      let outpoint = Outpoint(transaction: id, index: index)
      let includesMempool = try arguments.bool(2, default: true)
      return node.unspentOutput(outpoint, includingMempool: includesMempool) ?? .null
    },
    RPCMethod(
      "gettxoutsetinfo", .blockchain, [.optional("hash_type", kind: .string)],
      "Returns statistics of the set of unspent outputs. hash_type: hash_serialized_3 or none."
    ) { node, arguments throws(RPCError) in
      let hashType = arguments.has(0) ? try arguments.string(0) : "hash_serialized_3"
      guard ["hash_serialized_3", "none"].contains(hashType) else {
        throw RPCError(.invalidParameter, "'\(hashType)' is not a valid hash_type")
      }
      return node.coinStatistics(withHash: hashType != "none")
    },
    RPCMethod(
      "invalidateblock", .blockchain, [.required("blockhash", .string)],
      "Marks a block as invalid, as if it broke a rule."
    ) { node, arguments throws(RPCError) in
      let hash = try arguments.blockHash(0)
      let entry = try node.knownBlock(hash)
      guard entry.height > 0 else {
        throw RPCError(.invalidParameter, "The genesis block cannot be marked invalid")
      }
      node.invalidate(hash, now: arguments.now)
      return .null
    },
    RPCMethod(
      "reconsiderblock", .blockchain, [.required("blockhash", .string)],
      "Takes back invalidateblock for a block, those below and those above it."
    ) { node, arguments throws(RPCError) in
      let hash = try arguments.blockHash(0)
      _ = try node.knownBlock(hash)
      node.reconsider(hash, now: arguments.now)
      return .null
    },
  ]
}

extension DevnetNode {
  /// The block of any branch with this hash.
  func knownBlock(_ hash: BlockHash) throws(RPCError) -> BlockEntry {
    guard let entry = chain.entry(hash) else {
      throw RPCError(.invalidAddressOrKey, "Block not found")
    }
    return entry
  }

  fileprivate func unspentOutput(_ outpoint: Outpoint, includingMempool: Bool) -> JSON? {
    if includingMempool, mempool.spenders[outpoint] != nil { return nil }
    let view = MempoolCoinView(chain: chain, mempool: includingMempool ? mempool : Mempool())
    guard let coin = view.coin(at: outpoint) else { return nil }
    return [
      "bestblock": .string(chain.tip.hash.hex),
      "confirmations": .integer(chain.height - coin.height + 1),
      "value": Bitcoins.json(coin.output.value),
      "scriptPubKey": ScriptJSON.json(coin.output.script), "coinbase": .bool(coin.isCoinbase),
    ]
  }

  fileprivate func coinStatistics(withHash: Bool) -> JSON {
    let coins = chain.coins.sorted { a, b in
      if a.key.transaction == b.key.transaction { return a.key.index < b.key.index }
      return a.key.transaction.bytes.lexicographicallyPrecedes(b.key.transaction.bytes)
    }
    var members: [JSON.Member] = [
      .init("height", .integer(chain.height)),
      .init("bestblock", .string(chain.tip.hash.hex)),
      .init("txouts", .integer(coins.count)),
      // Bitcoin Core's measure of the set that no database layout changes: 50 bytes and the script.
      .init("bogosize", .integer(coins.reduce(0) { $0 + 50 + $1.value.output.script.bytes.count })),
    ]
    if withHash {
      var writer = ByteWriter()
      for (outpoint, coin) in coins {
        writer.write(fixed: outpoint.transaction.bytes)
        writer.write(outpoint.index)
        writer.write(UInt32(coin.height << 1) + (coin.isCoinbase ? 1 : 0))
        writer.write(fixed: coin.output.bytes)
      }
      let hash = SHA256.double(writer.bytes)
      members.append(.init("hash_serialized_3", .string(Hex.text(hash.reversed()))))
    }
    members += [
      .init("total_amount", Bitcoins.json(coins.reduce(0) { $0 + $1.value.output.value })),
      .init("transactions", .integer(Set(coins.map(\.key.transaction)).count)),
      // The set is kept in memory.
      .init("disk_size", 0),
    ]
    return .object(members)
  }
}
