import Bitcoin

/// Counts of signature operations, which limit how costly a block is to check.
enum SigOps {
  /// Operations in `script`; a multisig counts 20 unless `accurate` and its number is known.
  static func count(_ script: Script, accurate: Bool) -> Int {
    var total = 0
    var previous: UInt8 = 0xFF
    for operation in ScriptOperation.sequence(of: script.bytes) {
      switch operation.opcode {
      case 0xAC, 0xAD: total += 1
      case 0xAE, 0xAF:
        total += accurate && (0x51...0x60).contains(previous) ? Int(previous) - 0x50 : 20
      default: break
      }
      previous = operation.opcode
    }
    return total
  }

  /// Operations in the scripts of the transaction itself.
  static func legacy(_ transaction: Transaction) -> Int {
    transaction.inputs.reduce(0) { $0 + count($1.scriptSig, accurate: false) }
      + transaction.outputs.reduce(0) { $0 + count($1.script, accurate: false) }
  }

  /// Weighted cost with the scripts it reveals. See BIP-0141, "Sigops".
  static func cost(_ transaction: Transaction, spending coins: [Coin]) -> Int {
    var total = legacy(transaction) * 4
    for (input, coin) in zip(transaction.inputs, coins) {
      var script = coin.output.script
      if script.isPayToScriptHash {
        guard let redeem = redeemScript(of: input) else { continue }
        total += count(redeem, accurate: true) * 4
        script = redeem
      }
      guard let (version, program) = script.witnessProgram, version == 0 else { continue }
      if program.count == 20 {
        total += 1
      } else if program.count == 32, let last = input.witness.last {
        total += count(Script(bytes: last), accurate: true)
      }
    }
    return total
  }

  /// Operations outside of witnesses that are run to spend `coins`. See BIP-0054.
  static func run(_ transaction: Transaction, spending coins: [Coin]) -> Int {
    zip(transaction.inputs, coins).reduce(0) { total, pair in
      let (input, coin) = pair
      var sum = total + count(input.scriptSig, accurate: true)
      if coin.output.script.isPayToScriptHash {
        if let redeem = redeemScript(of: input) { sum += count(redeem, accurate: true) }
      } else {
        sum += count(coin.output.script, accurate: true)
      }
      return sum
    }
  }

  /// What the last push of an input reveals, when it only pushes.
  static func redeemScript(of input: TransactionInput) -> Script? {
    guard ScriptOperation.isPushOnly(input.scriptSig.bytes) else { return nil }
    var last: [UInt8]?
    for operation in ScriptOperation.sequence(of: input.scriptSig.bytes) { last = operation.push }
    return last.map { Script(bytes: $0) }
  }
}
