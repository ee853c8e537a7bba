import Bitcoin

/// Counts of signature operations, which limit how costly a block is to check.
enum SigOps {
  /// Operations in the scripts of the transaction itself.
  static func legacy(_ transaction: Transaction) -> Int {
    transaction.inputs.reduce(0) { $0 + $1.scriptSig.signatureOperationCount(accurate: false) }
      + transaction.outputs.reduce(0) { $0 + $1.script.signatureOperationCount(accurate: false) }
  }

  /// Weighted cost with the scripts it reveals. See BIP-0141, "Sigops".
  static func cost(_ transaction: Transaction, spending coins: [Coin]) -> Int {
    var total = legacy(transaction) * 4
    for (input, coin) in zip(transaction.inputs, coins) {
      var script = coin.output.script
      if script.scriptHash != nil {
        guard let redeem = redeemScript(of: input) else { continue }
        total += redeem.signatureOperationCount(accurate: true) * 4
        script = redeem
      }
      guard let (version, program) = script.witnessProgram, version == 0 else { continue }
      if program.count == 20 {
        total += 1
      } else if program.count == 32, let last = input.witness.last {
        total += Script(last).signatureOperationCount(accurate: true)
      }
    }
    return total
  }

  /// Operations outside of witnesses that are run to spend `coins`. See BIP-0054.
  static func run(_ transaction: Transaction, spending coins: [Coin]) -> Int {
    zip(transaction.inputs, coins).reduce(0) { total, pair in
      let (input, coin) = pair
      var sum = total + input.scriptSig.signatureOperationCount(accurate: true)
      if coin.output.script.scriptHash != nil {
        if let redeem = redeemScript(of: input) {
          sum += redeem.signatureOperationCount(accurate: true)
        }
      } else {
        sum += coin.output.script.signatureOperationCount(accurate: true)
      }
      return sum
    }
  }

  /// What the last push of an input reveals, when it only pushes.
  static func redeemScript(of input: TransactionInput) -> Script? {
    guard input.scriptSig.isPushOnly, let last = input.scriptSig.instructions?.last else {
      return nil
    }
    return last.data.map { Script($0) }
  }
}
