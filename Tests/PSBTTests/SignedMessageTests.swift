import Bitcoin
import Cryptography
import Descriptors
import PSBT
import TestVectors
import Testing
import Wire

private let nothing = [UInt8](repeating: 0, count: 32)

/// Signs a message with keys in wallet import format from one place of a wallet.
private func sign(
  _ message: SignedMessage, from place: DerivedScript, with keys: [SecretBytes],
  version: Int32 = 0, lockTime: UInt32 = 0, sequence: UInt32 = 0
) throws -> MessageSignature {
  var psbt = try PSBT(
    signing: message, version: version, lockTime: lockTime, sequence: sequence)
  try psbt.update(input: 0, from: place)
  #expect(psbt.signedMessage == message)
  for key in keys { try psbt.sign(input: 0, with: key, auxiliary: nothing) }
  try psbt.finalize(input: 0, from: place)
  return try psbt.messageSignature()
}

@Suite struct SignedMessageTests {
  private func key(_ text: JSONValue) throws -> SecretBytes {
    try #require(PrivateKeyText.parse(text.string(), network: .mainnet)).key
  }

  private func message(_ vector: JSONValue) throws -> SignedMessage {
    try SignedMessage(
      vector.member("message").string(), address: vector.member("address").string(),
      network: .mainnet)
  }

  private func verify(
    _ message: SignedMessage, _ text: String
  ) throws(MessageError) -> (verdict: MessageVerdict, funds: [ProvenOutput]) {
    try message.verifyWithFunds(try MessageSignature(parsing: text))
  }

  @Test func `hashes and virtual transactions are those of BIP-322`() throws {
    let file = try JSONValue(file: "bip322_basic.json", in: .module)
    var tally = VectorTally("bip322_basic.json tx_hashes")
    for vector in try file.member("tx_hashes").list {
      let message = try message(vector)
      tally.record(
        try Hex.text(message.hash) == vector.member("message_hash").string()
          && message.toSpend.id.hex == vector.member("to_spend_tx_hash").string()
          && message.toSign().id.hex == vector.member("to_sign_tx_hash").string(), "\(vector)")
    }
    #expect(tally.report() == [])
    #expect(tally.passed == 3)
  }

  @Test(arguments: ["bip322_basic.json", "bip322_generated.json"])
  func `signatures of every kind are judged as BIP-322 says`(name: String) throws {
    let file = try JSONValue(file: name, in: .module)
    var tally = VectorTally("\(name) signatures")
    for kind in ["simple", "full", "proof_of_funds"] {
      for vector in file[kind]?.list ?? [] {
        let message = try message(vector)
        let time = UInt32(vector["lock_time"]?.integer ?? 0)
        let age = UInt32(vector["sequence"]?.integer ?? 0)
        for text in try vector.member("bip322_signatures").list {
          let text = try text.string()
          do {
            let (verdict, funds) = try verify(message, text)
            let expected = vector["additional_inputs"]?.list.flatMap(\.list) ?? []
            let scripts = try expected.map { try $0.member("pk_script").string() }
            let values = try expected.map { try $0.member("value").number() }
            tally.record(
              verdict == .valid(time: time, age: age)
                && funds.map { Hex.text($0.output.script.bytes) } == scripts
                && funds.map(\.output.value) == values, "\(vector): \(verdict)")
            let same = try MessageSignature(parsing: text)
            #expect(same.text == text || same.text == "smp" + text)
          } catch {
            tally.record(false, "\(vector): \(error)")
          }
        }
      }
    }
    for vector in try file.member("error").list {
      do {
        _ = try verify(try message(vector), vector.member("signature").string())
        tally.record(false, "accepted: \(vector)")
      } catch let error as MessageError {
        let expected = try vector.member("error_substr").string()
        let isExpected =
          switch error {
          case .notBase64: expected.contains("base64")
          case .empty: expected == "signature too short"
          case .badTransaction: expected.contains("parsing signature as full")
          default: expected == "invalid signature"
          }
        tally.record(isExpected, "\(vector): \(error)")
      }
    }
    #expect(tally.report() == [])
    #expect(tally.passed == (name == "bip322_basic.json" ? 14 : 45))
  }

  @Test func `the published keys make signatures that verify, ECDSA ones the published ones`()
    throws
  {
    let file = try JSONValue(file: "bip322_generated.json", in: .module)
    var same = 0
    var count = 0
    for kind in ["simple", "full"] {
      for vector in try file.member(kind).list {
        let type = try vector.member("type").string()
        guard !type.contains("time-lock") else { continue }
        let keys = try vector.member("private_keys").list.map(key)
        let publicKeys = try keys.map { Hex.text(try Secp256k1.publicKey(from: $0)) }
        let list = publicKeys.joined(separator: ",")
        let text =
          switch type {
          case "p2pkh": "pkh(\(list))"
          case "p2wpkh": "wpkh(\(list))"
          case "p2sh-p2wpkh": "sh(wpkh(\(list)))"
          case "p2tr": "tr(\(list))"
          case "p2sh-multisig-2of2": "sh(multi(2,\(list)))"
          case "p2sh-p2wsh-multisig-2of2": "sh(wsh(multi(2,\(list))))"
          case "p2wsh-multisig-2of2": "wsh(multi(2,\(list)))"
          default: "wsh(multi(3,\(list)))"
          }
        let place = try Descriptor(parsing: text, network: .mainnet).script()
        let message = try message(vector)
        try #require(place.scriptPubKey == message.challenge, "\(type)")
        let signature = try sign(
          message, from: place, with: keys,
          version: Int32(vector["tx_version"]?.integer ?? 0),
          lockTime: UInt32(vector["lock_time"]?.integer ?? 0),
          sequence: UInt32(vector["sequence"]?.integer ?? 0))
        #expect(throws: Never.self) { try message.verify(signature) }
        count += 1
        let published = try vector.member("bip322_signatures").list[0].string()
        if signature.text == published { same += 1 }
        if !type.contains("p2tr") { #expect(signature.text == published, "\(type)") }
      }
    }
    #expect(count == 12)
    #expect(same >= 10)
  }

  /// Descriptors of every kind, k1 to k5 for their keys, with the numbers of the keys that sign.
  private static let wallets: [(String, [UInt8])] = [
    ("pk(k1)", [1]), ("pkh(k1)", [1]), ("wpkh(k1)", [1]), ("sh(wpkh(k1))", [1]), ("tr(k1)", [1]),
    ("multi(1,k1,k2)", [2]), ("sh(multi(2,k1,k2,k3))", [1, 3]), ("wsh(multi(2,k1,k2,k3))", [2, 3]),
    ("wsh(sortedmulti(2,k1,k2,k3))", [1, 2]), ("sh(wsh(multi(2,k1,k2,k3)))", [1, 2]),
    (tiered, [1, 3]),
    ("tr(k1,{pk(k2),multi_a(2,k3,k4,k5)})", [1]), ("tr(k1,{pk(k2),multi_a(2,k3,k4,k5)})", [2]),
    ("tr(k1,{pk(k2),multi_a(2,k3,k4,k5)})", [3, 5]), ("tr(k1,and_v(v:pk(k2),pk(k3)))", [2, 3]),
    ("rawtr(k1)", [1]),
  ]
  private static let tiered = "wsh(or_d(multi(2,k1,k2,k3),and_v(v:pk(k4),older(1008))))"

  private func wallet(_ text: String) throws -> Descriptor {
    var text = text
    for number in UInt8(1)...5 {
      let key = Hex.text(try Secp256k1.publicKey(from: secret(number)))
      text = text.replacing("k\(number)", with: key)
    }
    return try Descriptor(parsing: text, network: .regtest)
  }

  private func secret(_ number: UInt8) throws -> SecretBytes {
    try SecretBytes(copying: [UInt8](repeating: number, count: 32))
  }

  @Test(arguments: wallets.indices)
  func `whatever a descriptor makes signs messages that verify, and no other`(row: Int) throws {
    let (text, numbers) = Self.wallets[row]
    let place = try wallet(text).script()
    let message = SignedMessage(Array("a key check".utf8), challenge: place.scriptPubKey)
    let signature = try sign(message, from: place, with: numbers.map(secret))
    #expect(try message.verify(signature) == .valid(time: 0, age: 0))
    #expect(try MessageSignature(parsing: signature.text) == signature)
    let other = SignedMessage(Array("another".utf8), challenge: place.scriptPubKey)
    #expect(throws: MessageError.self) { try other.verify(signature) }
  }

  @Test func `a locked path says from when its signature counts`() throws {
    let place = try wallet(Self.tiered).script()
    let message = SignedMessage([1, 2, 3], challenge: place.scriptPubKey)
    let signature = try sign(
      message, from: place, with: [secret(4)], version: 2, sequence: 1008)
    #expect(try message.verify(signature) == .valid(time: 0, age: 1008))
    guard case .full(var transaction) = signature else {
      Issue.record("a locked signature has the full form")
      return
    }
    transaction.inputs[0].sequence = 1007
    #expect(throws: MessageError.self) { try message.verify(.full(transaction)) }
  }

  @Test func `a signature over less than everything, or of another form, is refused`() throws {
    let key = try secret(1)
    let publicKey = try Secp256k1.publicKey(from: key)
    let message = SignedMessage([7], challenge: .payToWitnessPublicKeyHash(of: publicKey))
    let transaction = message.toSign()
    for type in [SighashType.none.rawValue, 0x81] {
      let digest = Sighash.segwitV0(
        transaction, input: 0, scriptCode: .payToPublicKeyHash(Hash160.hash(publicKey)), value: 0,
        type: UInt32(type))
      let witness = [try Secp256k1.signECDSA(digest, with: key) + [type], publicKey]
      #expect(throws: MessageError.invalid(input: 0, .signatureHashType)) {
        try message.verify(.simple(witness))
      }
    }
    var more = transaction
    more.outputs.append(more.outputs[0])
    #expect(throws: MessageError.self) { try message.verify(.full(more)) }
    #expect(throws: MessageError.notBase64) { try MessageSignature(parsing: "smp====") }
    let legacy = SignedMessage([7], challenge: .payToPublicKeyHash(Hash160.hash(publicKey)))
    #expect(throws: MessageError.self) { try legacy.verify(.simple([])) }
    let old = MessageSignature.legacy(try LegacyMessageSignature(signing: [7], with: key))
    #expect(try legacy.verify(old) == .valid(time: 0, age: 0))
    #expect(throws: MessageError.self) { try message.verify(old) }
    #expect(throws: MessageError.otherKey) {
      try SignedMessage([8], challenge: legacy.challenge).verify(old)
    }
  }

  @Test func `what future rules may define is neither valid nor invalid`() throws {
    let message = SignedMessage(
      [1], challenge: .payToWitness(version: 2, program: [UInt8](repeating: 3, count: 32)))
    guard case .inconclusive = try message.verify(.simple([])) else {
      Issue.record("an unknown witness version was judged")
      return
    }
  }

  @Test func `a proof of funds shows the outputs, and not those it does not sign for`() throws {
    let key = try secret(1)
    let place = try wallet("wpkh(k1)").script()
    let message = SignedMessage(Array("reserves".utf8), challenge: place.scriptPubKey)
    let output = TransactionOutput(value: 12_345, script: place.scriptPubKey)
    let previous = Transaction(
      inputs: [TransactionInput(outpoint: .null)], outputs: [output])
    let coin = Outpoint(transaction: previous.id, index: 0)
    var psbt = try PSBT(signing: message, funds: [TransactionInput(outpoint: coin)])
    try psbt.setPreviousTransaction(previous, forInput: 1)
    for index in 0..<2 {
      try psbt.update(input: index, from: place)
      try psbt.sign(input: index, with: key, auxiliary: nothing)
    }
    try psbt.finalize()
    let signature = try psbt.messageSignature()
    let text = signature.text
    #expect(text.hasPrefix("pof"))
    let (verdict, funds) = try verify(message, text)
    #expect(verdict == .valid(time: 0, age: .zero))
    #expect(funds == [ProvenOutput(outpoint: coin, output: output)])
    let other = SignedMessage(Array("other".utf8), challenge: place.scriptPubKey)
    #expect(throws: MessageError.self) { try verify(other, text) }
  }
}
