import Bitcoin
import Cryptography
import Descriptors
import PSBT
import TestVectors
import Testing

/// Several signers of one joint key, by BIP-373.
@Suite struct MuSig2SigningTests {
  private static let keys: [ExtendedPrivateKey] = (UInt8(1)...3).compactMap { number in
    guard let seed = try? SecretBytes(copying: [UInt8](repeating: number, count: 32)) else {
      return nil
    }
    return try? ExtendedPrivateKey(seed: seed, network: .regtest)
  }
  private static let joint = "musig(\(keys.map(\.publicKey.text).joined(separator: ",")))"
  private static let alone = keys[0].publicKey.text

  /// A coin of a wallet, the place it lies at, and the request to spend it.
  private func request(_ text: String) throws -> (psbt: PSBT, place: DerivedScript) {
    let descriptor = try Descriptor(parsing: text, network: .regtest)
    let place = try descriptor.script(branch: 0, index: 5)
    let id = try #require(TransactionID(bytes: [UInt8](repeating: 9, count: 32)))
    let unsigned = try #require(
      UnsignedTransaction(
        Transaction(
          inputs: [TransactionInput(outpoint: Outpoint(transaction: id, index: 1))],
          outputs: [TransactionOutput(value: 90_000, script: Script([0x51]))])))
    var psbt = PSBT(creating: unsigned, version: .v2)
    try psbt.setSpentOutput(
      TransactionOutput(value: 100_000, script: place.scriptPubKey), forInput: 0)
    try psbt.update(input: 0, from: place)
    return (psbt, place)
  }

  @Test(arguments: [
    "rawtr(\(joint))", "tr(\(joint))", "tr(\(joint)/<0;1>/*)", "tr(\(joint)/<0;1>/*,pk(\(alone)))",
    "tr(50929b74c1a04954b78b4b6035e97a5e078a5a0f28ec96d547bfee9ace803ac0,pk(\(joint)))",
    "tr(50929b74c1a04954b78b4b6035e97a5e078a5a0f28ec96d547bfee9ace803ac0,"
      + "and_v(v:pk(\(joint)/<0;1>/*),pk(\(alone)/<2;3>/*)))",
  ])
  func `signers who pass a request round twice spend a coin of their joint key`(
    text: String
  ) throws {
    let (request, place) = try request(text)
    #expect(try request.musigPlaces(input: 0).count == 1)
    // Each works on a copy of his own, and a fourth person combines.
    var copies = [request, request, request]
    let first = try MuSig2Round(beginning: &copies[0], input: 0, with: Self.keys[0].secret)
    let second = try MuSig2Round(beginning: &copies[1], input: 0, with: Self.keys[1].secret)
    let third = try MuSig2Round(beginning: &copies[2], input: 0, with: Self.keys[2].secret)
    let nonces = try #require(try PSBT.combined(copies))
    copies = [nonces, nonces, nonces]
    try first.sign(&copies[0], with: Self.keys[0].secret)
    try second.sign(&copies[1], with: Self.keys[1].secret)
    try third.sign(&copies[2], with: Self.keys[2].secret)
    var joint = try PSBT(parsing: try #require(try PSBT.combined(copies)).bytes)
    #expect(try joint.joinSignatures(input: 0) == 1)
    if text.contains("and_v") {
      let path = try #require(ChildNumber(2)), index = try #require(ChildNumber(5))
      let own = try Self.keys[0].descendant(DerivationPath([path, index]))
      try joint.sign(
        input: 0, with: own.secret, auxiliary: [UInt8](repeating: 0, count: 32))
    }
    try joint.finalize(input: 0, from: place)
    let output = TransactionOutput(value: 100_000, script: place.scriptPubKey)
    try SpendingTransaction(try joint.extract().transaction, spending: [output])
      .verify(flags: .standard)
  }

  @Test func `published partial signatures make the published signature`() throws {
    var tally = VectorTally("bip373.json, signatures")
    for vector in try JSONValue(file: "bip373.json", in: .module).member("vectors").list
    where vector["sub"]?.text == "With all partial signatures" {
      let name = vector["case"]?.text ?? ""
      var psbt = try PSBT(parsing: try vector.member("hex").bytes())
      let published = psbt.inputs[0]
      // They lie in two of the cases besides; without them they must come out again.
      let signatures = [UInt8(0x13), 0x14].flatMap { published.entries($0).map(\.value) }
      let added = try psbt.joinSignatures(input: 0)
      let made = [UInt8(0x13), 0x14].flatMap { psbt.inputs[0].entries($0).map(\.value) }
      tally.record(
        added == 1 && made.count == 1 && (signatures.isEmpty || signatures == made), name)
    }
    #expect(tally.report().isEmpty)
  }

  @Test func `a round does not sign before all nonces are there`() throws {
    var (psbt, _) = try request("tr(\(Self.joint)/<0;1>/*)")
    let first = try MuSig2Round(beginning: &psbt, input: 0, with: Self.keys[0].secret)
    _ = try MuSig2Round(beginning: &psbt, input: 0, with: Self.keys[1].secret)
    do {
      try first.sign(&psbt, with: Self.keys[0].secret)
      Issue.record("it signed without the third")
    } catch { #expect(error == .incomplete(input: 0)) }
    #expect(try psbt.joinSignatures(input: 0) == 0)
  }

  @Test func `a nonce that was exchanged is found out`() throws {
    var (psbt, _) = try request("tr(\(Self.joint))")
    let first = try MuSig2Round(beginning: &psbt, input: 0, with: Self.keys[0].secret)
    _ = try MuSig2Round(beginning: &psbt, input: 0, with: Self.keys[0].secret)
    do {
      try first.sign(&psbt, with: Self.keys[0].secret)
      Issue.record("it signed with another nonce than its own")
    } catch { #expect(error == .badNonce(input: 0, signer: Self.publicKey(0))) }
  }

  @Test func `a round signs only the transaction that it began with`() throws {
    var (psbt, place) = try request("tr(\(Self.joint))")
    let first = try MuSig2Round(beginning: &psbt, input: 0, with: Self.keys[0].secret)
    var transaction = psbt.unsigned.transaction
    transaction.outputs[0].value -= 1
    var other = PSBT(creating: try #require(UnsignedTransaction(transaction)), version: .v2)
    try other.setSpentOutput(
      TransactionOutput(value: 100_000, script: place.scriptPubKey), forInput: 0)
    try other.update(input: 0, from: place)
    do {
      try first.sign(&other, with: Self.keys[0].secret)
      Issue.record("it signed another transaction")
    } catch { #expect(error == .differentTransactions) }
  }

  @Test func `an amount that changes between the rounds is found out`() throws {
    var (psbt, place) = try request("tr(\(Self.joint))")
    let first = try MuSig2Round(beginning: &psbt, input: 0, with: Self.keys[0].secret)
    try psbt.setSpentOutput(
      TransactionOutput(value: 200_000, script: place.scriptPubKey), forInput: 0)
    do {
      try first.sign(&psbt, with: Self.keys[0].secret)
      Issue.record("it signed for another amount")
    } catch { #expect(error == .differentTransactions) }
  }

  @Test func `who spoils a joint signature is named`() throws {
    var (psbt, _) = try request("tr(\(Self.joint)/<0;1>/*)")
    let first = try MuSig2Round(beginning: &psbt, input: 0, with: Self.keys[0].secret)
    let second = try MuSig2Round(beginning: &psbt, input: 0, with: Self.keys[1].secret)
    let third = try MuSig2Round(beginning: &psbt, input: 0, with: Self.keys[2].secret)
    try first.sign(&psbt, with: Self.keys[0].secret)
    try second.sign(&psbt, with: Self.keys[1].secret)
    try third.sign(&psbt, with: Self.keys[2].secret)
    let field = try #require(
      psbt.inputs[0].entries(0x1C).first { $0.data.starts(with: Self.publicKey(1)) })
    var spoilt = field.value
    spoilt[31] ^= 1
    var changed = try replacing(field.value, by: spoilt, in: psbt)
    #expect(throws: PSBTError.badPartialSignature(input: 0, signer: Self.publicKey(1))) {
      try changed.joinSignatures(input: 0)
    }
    #expect(try psbt.joinSignatures(input: 0) == 1)
  }

  @Test func `participants who do not make the joint key are refused`() throws {
    let (psbt, _) = try request("tr(\(Self.joint))")
    let value = try #require(psbt.inputs[0].entries(0x1A).first).value
    let swapped = Array(value[33..<66] + value[..<33] + value[66...])
    let changed = try replacing(value, by: swapped, in: psbt)
    #expect(throws: PSBTError.self) { try changed.musigPlaces(input: 0) }
    let twice = try replacing(
      value, by: Array(value[..<33] + value[..<33] + value[66...]), in: psbt)
    #expect(throws: PSBTError.self) { try twice.musigPlaces(input: 0) }
  }

  @Test func `a stranger's key and a type that was not agreed to are refused`() throws {
    var (psbt, _) = try request("tr(\(Self.joint))")
    let stranger = try SecretBytes(copying: [UInt8](repeating: 7, count: 32))
    do {
      _ = try MuSig2Round(beginning: &psbt, input: 0, with: stranger)
      Issue.record("a stranger took part")
    } catch { #expect(error == .foreignKey(input: 0)) }
    try psbt.setSighashType(.none, forInput: 0)
    do {
      _ = try MuSig2Round(beginning: &psbt, input: 0, with: Self.keys[0].secret)
      Issue.record("it would leave outputs unsigned")
    } catch { #expect(error == .refusedSighash(input: 0, type: 2)) }
  }

  private static func publicKey(_ signer: Int) -> [UInt8] { keys[signer].publicKey.publicKey }

  private func replacing(_ old: [UInt8], by new: [UInt8], in psbt: PSBT) throws -> PSBT {
    let bytes = psbt.bytes
    let start = try #require(
      bytes.indices.first { bytes[$0...].starts(with: old) }, "the value is in the bytes")
    return try PSBT(parsing: Array(bytes[..<start]) + new + bytes[(start + old.count)...])
  }
}
