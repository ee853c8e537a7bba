import Bitcoin
import Cryptography
import Descriptors
import PSBT
import Structures
import Testing
import Wire

/// Wallets of every kind, passed from role to role; the interpreter judges the result.
@Suite struct PSBTRolesTests {
  private static func privateKey(_ number: Int) throws -> SecretBytes {
    try SecretBytes(copying: [UInt8](repeating: 0, count: 31) + [UInt8(number)])
  }

  private static func publicKey(_ number: Int) -> String {
    guard let key = try? privateKey(number), let point = try? Secp256k1.publicKey(from: key) else {
      return ""
    }
    return Hex.text(point)
  }

  /// A descriptor, the keys that sign, and the sequence of the input.
  static let wallets: [(descriptor: String, signers: [Int], sequence: UInt32)] = [
    ("pk(A)", [1], 0), ("pkh(A)", [1], 0), ("wpkh(A)", [1], 0), ("sh(wpkh(A))", [1], 0),
    ("multi(2,A,B,C)", [1, 3], 0), ("sh(multi(2,A,B,C))", [2, 3], 0),
    ("wsh(sortedmulti(2,A,B,C))", [3, 1], 0), ("sh(wsh(multi(1,A,B)))", [2], 0),
    ("wsh(or_d(pk(A),and_v(v:pkh(B),older(10))))", [2], 10),
    ("wsh(thresh(2,pk(A),s:pk(B),sln:older(10)))", [1], 10),
    ("wsh(andor(pk(A),after(100),multi(2,B,C,D)))", [2, 4], 0),
    ("tr(A)", [1], 0), ("tr(A,pk(B))", [1], 0), ("tr(A,pk(B))", [2], 0),
    ("tr(A,{pk(B),{multi_a(2,C,D,E),and_v(v:pk(F),older(10))}})", [3, 5], 0),
    ("tr(A,{pk(B),{multi_a(2,C,D,E),and_v(v:pk(F),older(10))}})", [6], 10),
    ("rawtr(A)", [1], 0),
  ]

  @Test(arguments: wallets, [PSBT.Version.v0, .v2])
  func `every kind of wallet is updated, signed, combined, finished and accepted`(
    wallet: (descriptor: String, signers: [Int], sequence: UInt32), version: PSBT.Version
  ) throws {
    var text = wallet.descriptor
    for (number, letter) in ["A", "B", "C", "D", "E", "F"].enumerated() {
      text = text.replacing("(\(letter)", with: "(\(Self.publicKey(number + 1))")
        .replacing(",\(letter),", with: ",\(Self.publicKey(number + 1)),")
        .replacing(",\(letter))", with: ",\(Self.publicKey(number + 1)))")
    }
    let place = try Descriptor(parsing: text, network: .regtest).script()
    let funding = Transaction(
      inputs: [TransactionInput(outpoint: Outpoint(transaction: .zero, index: 7))],
      outputs: [
        TransactionOutput(value: 5_000, script: Script([0x51])),
        TransactionOutput(value: 100_000, script: place.scriptPubKey),
      ])
    let unsigned = try #require(
      UnsignedTransaction(
        Transaction(
          inputs: [
            TransactionInput(
              outpoint: Outpoint(transaction: funding.id, index: 1), sequence: wallet.sequence)
          ],
          outputs: [TransactionOutput(value: 90_000, script: place.scriptPubKey)])))
    var updated = PSBT(creating: unsigned, version: version)
    try updated.setPreviousTransaction(funding, forInput: 0)
    try updated.setSpentOutput(funding.outputs[1], forInput: 0)
    try updated.update(input: 0, from: place)
    try updated.update(output: 0, from: place)
    #expect(try updated.fee() == 10_000)
    updated = try PSBT(base64: updated.base64)
    var partial: [PSBT] = []
    for signer in wallet.signers {
      var signed = updated
      try signed.sign(
        input: 0, with: Self.privateKey(signer), auxiliary: [UInt8](repeating: 9, count: 32))
      partial.append(try PSBT(parsing: signed.bytes))
    }
    var stranger = updated
    #expect(throws: PSBTError.foreignKey(input: 0)) {
      try stranger.sign(
        input: 0, with: Self.privateKey(99), auxiliary: [UInt8](repeating: 9, count: 32))
    }
    var unfinished = updated
    #expect(throws: PSBTError.incomplete(input: 0)) {
      try unfinished.finalize(input: 0, from: place)
    }
    #expect(throws: PSBTError.incomplete(input: 0)) { try updated.extract() }
    var whole = try #require(try PSBT.combined(partial))
    try whole.finalize(input: 0, from: place)
    let signed = try PSBT(parsing: whole.bytes).extract().transaction
    try SpendingTransaction(signed, spending: [funding.outputs[1]]).verify(flags: .standard)
    var repeated = whole
    try repeated.finalize(input: 0, from: place)
    #expect(repeated == whole)
  }

  @Test func `a signer refuses what does not fit together`() throws {
    let place = try Descriptor(parsing: "wpkh(\(Self.publicKey(1)))", network: .regtest).script()
    let other = try Descriptor(parsing: "wpkh(\(Self.publicKey(2)))", network: .regtest).script()
    let funding = Transaction(
      inputs: [TransactionInput(outpoint: Outpoint(transaction: .zero, index: 7))],
      outputs: [TransactionOutput(value: 100_000, script: place.scriptPubKey)])
    let unsigned = try #require(
      UnsignedTransaction(
        Transaction(
          inputs: [TransactionInput(outpoint: Outpoint(transaction: funding.id, index: 0))],
          outputs: [TransactionOutput(value: 90_000, script: other.scriptPubKey)])))
    var psbt = PSBT(creating: unsigned)
    let key = try Self.privateKey(1)
    let auxiliary = [UInt8](repeating: 0, count: 32)
    // Nothing is known of what it spends.
    #expect(throws: PSBTError.self) { try psbt.sign(input: 0, with: key, auxiliary: auxiliary) }
    // Another transaction, and an output that says another amount than the transaction.
    #expect(throws: PSBTError.self) {
      try psbt.setPreviousTransaction(
        Transaction(inputs: funding.inputs, outputs: [], lockTime: 1), forInput: 0)
    }
    try psbt.setPreviousTransaction(funding, forInput: 0)
    #expect(throws: PSBTError.self) {
      try psbt.setSpentOutput(
        TransactionOutput(value: 200_000, script: place.scriptPubKey), forInput: 0)
    }
    psbt = PSBT(creating: unsigned)
    try psbt.setPreviousTransaction(funding, forInput: 0)
    #expect(throws: PSBTError.self) { try psbt.update(input: 0, from: other) }
    #expect(throws: PSBTError.self) { try psbt.update(output: 0, from: place) }
    // Another kind of signature than the signer agrees to.
    try psbt.setSighashType(.none, forInput: 0)
    #expect(throws: PSBTError.refusedSighash(input: 0, type: 2)) {
      try psbt.sign(input: 0, with: key, auxiliary: auxiliary)
    }
  }

  @Test(arguments: UInt64(0)..<8)
  func `changed bytes are refused or read as another whole PSBT, and never stop the parser`(
    seed: UInt64
  ) throws {
    var random = SplitMix64(seed: seed)
    let place = try Descriptor(
      parsing: "tr(\(Self.publicKey(1)),{pk(\(Self.publicKey(2))),pk(\(Self.publicKey(3)))})",
      network: .regtest
    ).script()
    let unsigned = try #require(
      UnsignedTransaction(
        Transaction(
          inputs: [TransactionInput(outpoint: Outpoint(transaction: .zero, index: 0))],
          outputs: [TransactionOutput(value: 90_000, script: place.scriptPubKey)])))
    var psbt = PSBT(creating: unsigned, version: seed.isMultiple(of: 2) ? .v0 : .v2)
    try psbt.setSpentOutput(
      TransactionOutput(value: 100_000, script: place.scriptPubKey), forInput: 0)
    try psbt.update(input: 0, from: place)
    try psbt.update(output: 0, from: place)
    let bytes = psbt.bytes
    for count in bytes.indices {
      #expect(throws: PSBTError.self) { try PSBT(parsing: Array(bytes[..<count])) }
    }
    for _ in 0..<1_000 {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        changed[Int.random(in: changed.indices, using: &random)] = .random(
          in: 0...255, using: &random)
      }
      if let read = try? PSBT(parsing: changed) {
        #expect(try PSBT(parsing: read.bytes) == read)
        _ = try? read.fee()
      }
    }
  }
}
