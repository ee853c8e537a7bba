import Bitcoin
import JSON
import Wire

/// A transaction as Bitcoin Core's RPC shows it.
enum TransactionJSON {
  /// - Parameters:
  ///   - coins: What the inputs spend, if known; then the fee is shown.
  ///   - showingSpent: Whether to show those coins themselves.
  ///   - withHex: Whether to end with the serialised transaction.
  static func members(
    _ transaction: Transaction, spending coins: [Coin]? = nil, showingSpent: Bool = false,
    withHex: Bool = true
  ) -> [JSON.Member] {
    var members: [JSON.Member] = [
      .init("txid", .string(transaction.id.hex)),
      .init("hash", .string(transaction.witnessID.hex)),
      .init("version", .integer(UInt32(bitPattern: transaction.version))),
      .init("size", .integer(transaction.bytes.count)),
      .init("vsize", .integer(transaction.virtualSize)),
      .init("weight", .integer(transaction.weight)),
      .init("locktime", .integer(transaction.lockTime)),
    ]
    let inputs = transaction.inputs.enumerated().map { index, input in
      self.input(
        input, isCoinbase: transaction.isCoinbase, coin: showingSpent ? coins?[index] : nil)
    }
    members.append(.init("vin", .array(inputs)))
    let outputs = transaction.outputs.enumerated().map { index, output -> JSON in
      [
        "value": Bitcoins.json(output.value), "n": .integer(index),
        "scriptPubKey": ScriptJSON.json(output.script),
      ]
    }
    members.append(.init("vout", .array(outputs)))
    if let coins {
      let paid = coins.reduce(0) { $0 + $1.output.value }
      let fee = transaction.outputs.reduce(paid) { $0 - $1.value }
      members.append(.init("fee", Bitcoins.json(fee)))
    }
    if withHex { members.append(.init("hex", .string(Hex.text(transaction.bytes)))) }
    return members
  }

  private static func input(
    _ input: TransactionInput, isCoinbase: Bool, coin: Coin?
  ) -> JSON {
    var members: [JSON.Member] = []
    if isCoinbase {
      members.append(.init("coinbase", .string(Hex.text(input.scriptSig.bytes))))
    } else {
      members += [
        .init("txid", .string(input.outpoint.transaction.hex)),
        .init("vout", .integer(input.outpoint.index)),
        .init(
          "scriptSig",
          [
            "asm": .string(ScriptJSON.inputAssembly(input.scriptSig)),
            "hex": .string(Hex.text(input.scriptSig.bytes)),
          ]),
      ]
    }
    if !input.witness.isEmpty {
      members.append(
        .init("txinwitness", .array(input.witness.map { .string(Hex.text($0)) })))
    }
    if let coin {
      members.append(
        .init(
          "prevout",
          [
            "generated": .bool(coin.isCoinbase), "height": .integer(coin.height),
            "value": Bitcoins.json(coin.output.value),
            "scriptPubKey": ScriptJSON.json(coin.output.script),
          ]))
    }
    members.append(.init("sequence", .integer(input.sequence)))
    return .object(members)
  }
}
