import Bitcoin

/// Runs scripts under any flags, and checks that a flag only ever forbids.
enum InterpreterTarget: FuzzTarget {
  static var seeds: [[UInt8]] {
    let all: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF]
    let header: [UInt8] = [0, 0, 0, 0] + all + [2, 0, 0, 0, 0, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF]
    let program: [UInt8] = [0x00, 0x20] + [UInt8](repeating: 7, count: 32)
    let tree: [UInt8] = [0x51, 0x20] + [UInt8](repeating: 2, count: 32)
    return [
      header + [1, 0x51, 1, 0x51, 0],
      header + [2, 0x51, 0x51, 3, 0x63, 0x51, 0x68, 0],
      header + [0, 34] + program + [2, 1, 0x51, 1, 0x51],
      header + [0, 34] + tree + [1, 64] + [UInt8](repeating: 9, count: 64),
      header + [4, 0x00, 0x00, 0x51, 0x51, 3, 0x51, 0x51, 0xAE, 0],
    ]
  }

  private static let spentTransaction: TransactionID = {
    guard let id = TransactionID(bytes: [UInt8](repeating: 3, count: 32)) else {
      fatalError("an identifier has 32 bytes")
    }
    return id
  }()

  static func check(_ input: [UInt8]) {
    var pieces = Pieces(input)
    let flags = flags(pieces.integer())
    let fewer = self.flags(flags.rawValue & pieces.integer(UInt32.self))
    let version: Int32 = pieces.integer()
    let lockTime: UInt32 = pieces.integer()
    let sequence: UInt32 = pieces.integer()
    let scriptSig = Script(pieces.counted())
    let condition = Script(pieces.counted())
    let witness = (0..<pieces.byte()).prefix { _ in !pieces.isEmpty }.map { _ in pieces.counted() }
    let spent = TransactionOutput(value: 1000, script: condition)
    let spending = SpendingTransaction(
      Transaction(
        version: version,
        inputs: [
          TransactionInput(
            outpoint: Outpoint(transaction: spentTransaction, index: 0),
            scriptSig: scriptSig, sequence: sequence, witness: witness)
        ], outputs: [spent], lockTime: lockTime), spending: [spent])
    guard accepted({ () throws(ScriptError) in try spending.verify(flags: flags) }) != nil else {
      return
    }
    sure("what passes under some flags passes under fewer") { () throws(ScriptError) in
      try spending.verify(flags: fewer)
    }
  }

  /// The flags of `bits`, with those that others need. See Bitcoin Core's `VerifyScript`.
  private static func flags(_ bits: UInt32) -> ScriptFlags {
    var flags = ScriptFlags(rawValue: bits & (1 << 21 - 1))
    if !flags.contains(.p2sh) { flags.subtract([.witness, .cleanStack]) }
    if !flags.contains(.witness) { flags.remove(.cleanStack) }
    return flags
  }
}
