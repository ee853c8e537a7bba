import Bitcoin
import Descriptors
import JSON
import Wire

extension RPCTable {
  private static let defaultTries = 1_000_000

  static let miningMethods: [RPCMethod] = [
    RPCMethod(
      "generatetoaddress", .mining,
      [
        .required("nblocks", .number), .required("address", .string),
        .optional("maxtries", kind: .number),
      ],
      "Mines blocks that pay to an address and returns their hashes."
    ) { node, arguments throws(RPCError) in
      let count = try arguments.integer(0)
      let tries = try arguments.integer(2, default: defaultTries)
      guard
        let script = try? Address.parse(try arguments.string(1), network: .regtest)
      else { throw RPCError(.invalidAddressOrKey, "Error: Invalid address") }
      var hashes: [JSON] = []
      for _ in 0..<max(count, 0) {
        do throws(Rejection) {
          guard
            let block = try node.mine(
              payingTo: script, tries: UInt64(max(tries, 0)), now: arguments.now)
          else { return .array(hashes) }
          hashes.append(.string(block.hash.hex))
        } catch {
          throw RPCError(.verify, error.text)
        }
      }
      return .array(hashes)
    },
    RPCMethod(
      "generateblock", .mining,
      [
        .required("output", .string), .required("transactions", .array),
        .optional("submit", kind: .bool),
      ],
      "Mines a block of exactly the transactions given, by identifier or in hexadecimal, that pays "
        + "to an address or descriptor."
    ) { node, arguments throws(RPCError) in
      try node.generateBlock(arguments)
    },
    RPCMethod(
      "submitblock", .mining,
      [.required("hexdata", .string), .optional("dummy", kind: .any)],
      "Takes in a block in hexadecimal. Returns null, or why it is not the new tip."
    ) { node, arguments throws(RPCError) in
      guard let bytes = Hex.bytes(try arguments.string(0)), let block = try? Block(parsing: bytes)
      else { throw RPCError(.deserialization, "Block decode failed") }
      do throws(Rejection) {
        switch try node.submit(block.withReservedWitness, now: arguments.now) {
        case .connected: return .null
        case .duplicate: return "duplicate"
        case .inconclusive: return "inconclusive"
        }
      } catch {
        return .string(error.reason)
      }
    },
  ]
}

extension Block {
  /// The block with the reserved value in its coinbase's witness, which miners may leave out.
  fileprivate var withReservedWitness: Block {
    guard witnessCommitment != nil, transactions[0].isCoinbase, !transactions[0].hasWitness else {
      return self
    }
    var block = self
    block.transactions[0].inputs[0].witness = [[UInt8](repeating: 0, count: 32)]
    return block
  }
}

extension DevnetNode {
  fileprivate mutating func generateBlock(_ arguments: RPCArguments) throws(RPCError) -> JSON {
    let script = try outputScript(try arguments.string(0))
    var transactions: [Transaction] = []
    for value in try arguments.array(1) {
      transactions.append(try transaction(named: try RPCArguments.string(value)))
    }
    let isSubmitted = try arguments.bool(2, default: true)
    // The coinbase claims the subsidy alone, as Bitcoin Core's does here.
    let template = BlockTemplate.block(
      of: transactions, fees: 0, payingTo: script, on: chain, now: arguments.now)
    do throws(Rejection) {
      try BlockRules.checkContents(template)
      try BlockRules.checkInContext(template, after: chain.tip)
      try BlockRules.checkWitnessCommitment(template)
      try BlockRules.checkWeight(template)
      _ = try BlockRules.effect(
        of: template, height: chain.height + 1, on: chain, checkingScripts: true)
    } catch {
      throw RPCError(.verify, "TestBlockValidity failed: \(error.text)")
    }
    guard let block = BlockTemplate.mined(template, tries: 1_000_000, on: chain) else {
      throw RPCError(.misc, "Failed to make block.")
    }
    guard isSubmitted else {
      return ["hash": .string(block.hash.hex), "hex": .string(Hex.text(block.bytes))]
    }
    do throws(Rejection) {
      _ = try submit(block, now: arguments.now)
    } catch {
      throw RPCError(.misc, "Failed to make block.")
    }
    return ["hash": .string(block.hash.hex)]
  }

  private func outputScript(_ text: String) throws(RPCError) -> Script {
    if let descriptor = try? Descriptor(
      parsing: text, network: .regtest, privateKeys: .madePublic)
    {
      guard !descriptor.isRanged else {
        throw RPCError(
          .invalidParameter,
          "Ranged descriptor not accepted. Maybe pass through deriveaddresses first?")
      }
      if let derived = try? descriptor.script() { return derived.scriptPubKey }
    }
    guard let script = try? Address.parse(text, network: .regtest) else {
      throw RPCError(.invalidAddressOrKey, "Error: Invalid address or descriptor")
    }
    return script
  }

  private func transaction(named text: String) throws(RPCError) -> Transaction {
    if let id = TransactionID(hex: text) {
      guard let entry = mempool.entry(id) else {
        throw RPCError(.invalidAddressOrKey, "Transaction \(text) not in mempool.")
      }
      return entry.transaction
    }
    guard let transaction = RPCArguments.transaction(text) else {
      throw RPCError(
        .deserialization,
        "Transaction decode failed for \(text). Make sure the tx has at least one input.")
    }
    return transaction
  }
}
