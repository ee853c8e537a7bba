import Bitcoin

/// What the mempool takes beyond what is valid: Bitcoin Core's default relay policy.
enum Policy {
  /// Satoshis per 1000 vB below which nothing is relayed.
  static let minRelayFeeRate: Int64 = 100
  /// Satoshis per 1000 vB that a replacement adds for its own size.
  static let incrementalFeeRate: Int64 = 100
  /// Satoshis per 1000 vB that decide what is dust.
  static let dustFeeRate: Int64 = 3000
  static let maxStandardWeight = 400_000
  static let maxStandardSigOpsCost = 16_000
  static let maxLegacySigOps = 2500
  static let maxDataCarrierBytes = 100_000
  static let bytesPerSigOp = 20
  static let maxClusterCount = 64
  static let maxClusterVirtualSize = 101_000
  static let maxReplacedClusters = 100
  /// Serialised size of all transactions that are kept.
  static let maxMempoolBytes = 300_000_000

  /// The fee at `rate` satoshis per 1000 vB, rounded up.
  static func fee(rate: Int64, virtualSize: Int) -> Int64 {
    (rate * Int64(virtualSize) + 999) / 1000
  }

  /// The least value, in satoshis, that an output of this script carries without being dust.
  static func dustThreshold(_ output: TransactionOutput) -> Int64 {
    if output.script.isUnspendable { return 0 }
    let scriptSize = output.script.bytes.count
    let size = 8 + (scriptSize < 0xFD ? 1 : 3) + scriptSize
    let spend = output.script.witnessProgram != nil ? 32 + 4 + 1 + 107 / 4 + 4 : 148
    return fee(rate: dustFeeRate, virtualSize: size + spend)
  }

  static func dustCount(_ transaction: Transaction) -> Int {
    transaction.outputs.count { $0.value < dustThreshold($0) }
  }

  /// Checks the form of a transaction.
  static func checkStandard(_ transaction: Transaction) throws(Rejection) {
    guard (1...3).contains(UInt32(bitPattern: transaction.version)) else {
      throw Rejection(.policy, "version")
    }
    guard transaction.weight <= maxStandardWeight else { throw Rejection(.policy, "tx-size") }
    for input in transaction.inputs {
      guard input.scriptSig.bytes.count <= 1650 else { throw Rejection(.policy, "scriptsig-size") }
      guard input.scriptSig.isPushOnly else {
        throw Rejection(.policy, "scriptsig-not-pushonly")
      }
    }
    var dataBytes = 0
    for output in transaction.outputs {
      switch output.script.standardKind {
      case "nonstandard": throw Rejection(.policy, "scriptpubkey")
      case "multisig":
        guard let multisig = BareMultisig(output.script), multisig.keys.count <= 3 else {
          throw Rejection(.policy, "scriptpubkey")
        }
      case "nulldata":
        dataBytes += output.script.bytes.count
        guard dataBytes <= maxDataCarrierBytes else { throw Rejection(.policy, "datacarrier") }
      default: break
      }
    }
    guard dustCount(transaction) <= 1 else { throw Rejection(.policy, "dust") }
  }

  /// Checks the form of what the inputs spend.
  static func checkInputs(_ transaction: Transaction, spending coins: [Coin]) throws(Rejection) {
    let reason = "bad-txns-nonstandard-inputs"
    guard SigOps.run(transaction, spending: coins) <= maxLegacySigOps else {
      throw Rejection(.policy, reason, "non-witness sigops exceed bip54 limit")
    }
    for (index, (input, coin)) in zip(transaction.inputs, coins).enumerated() {
      switch coin.output.script.standardKind {
      case "nonstandard": throw Rejection(.policy, reason, "input \(index) script unknown")
      case "witness_unknown":
        throw Rejection(.policy, reason, "input \(index) witness program is undefined")
      case "scripthash":
        guard let redeem = SigOps.redeemScript(of: input) else {
          throw Rejection(.policy, reason, "input \(index) P2SH redeemscript missing")
        }
        let sigOps = redeem.signatureOperationCount(accurate: true)
        guard sigOps <= 15 else {
          throw Rejection(
            .policy, reason,
            "p2sh redeemscript sigops exceed limit (input \(index): \(sigOps) > 15)")
        }
      default: break
      }
    }
    guard zip(transaction.inputs, coins).allSatisfy(hasStandardWitness) else {
      throw Rejection(.policy, "bad-witness-nonstandard")
    }
  }

  private static func hasStandardWitness(_ input: TransactionInput, _ coin: Coin) -> Bool {
    if input.witness.isEmpty { return true }
    var script = coin.output.script
    if script.standardKind == "anchor" { return false }
    let isNested = script.scriptHash != nil
    if isNested {
      guard let redeem = SigOps.redeemScript(of: input) else { return false }
      script = redeem
    }
    guard let (version, program) = script.witnessProgram else { return false }
    if version == 0, program.count == 32 {
      let items = input.witness.dropLast()
      return input.witness[items.count].count <= 3600 && items.count <= 100
        && items.allSatisfy { $0.count <= 80 }
    }
    if version == 1, program.count == 32, !isNested {
      guard input.witness.count >= 2 else { return true }
      if input.witness[input.witness.count - 1].first == 0x50 { return false }
      guard let leaf = input.witness[input.witness.count - 1].first else { return false }
      return leaf & 0xFE != 0xC0 || input.witness.dropLast(2).allSatisfy { $0.count <= 80 }
    }
    return true
  }
}
