import Bitcoin
import Cryptography
import Descriptors
import PSBT
import TestVectors
import Testing
import Wire

@Suite struct SignedMessageTests {
  private func message(_ vector: JSONValue) throws -> SignedMessage {
    let script = try Address.parse(try vector.member("address").string(), network: .mainnet)
    return try SignedMessage(try vector.member("message").string(), by: script)
  }

  @Test func `both virtual transactions are the BIP's`() throws {
    var tally = VectorTally("bip322_basic.json, transactions")
    for vector in try JSONValue(file: "bip322_basic.json", in: .module).member("tx_hashes").list {
      let message = try message(vector)
      tally.record(
        try message.hash == vector.member("message_hash").bytes()
          && message.toSpend.id.description == vector.member("to_spend_tx_hash").string()
          && message.toSign().id.description == vector.member("to_sign_tx_hash").string(),
        vector.description)
    }
    #expect(tally.report() == [])
    #expect(tally.total == 3)
  }

  @Test(arguments: [("bip322_basic.json", 13), ("bip322_generated.json", 45)])
  func `what the BIP calls valid is valid, and what it calls an error is one`(
    file: String, count: Int
  ) throws {
    var tally = VectorTally("\(file), signatures")
    let json = try JSONValue(file: file, in: .module)
    for kind in ["simple", "full", "proof_of_funds"] {
      for vector in json[kind]?.list ?? [] {
        let message = try message(vector)
        for text in try vector.member("bip322_signatures").list.map({ try $0.string() }) {
          let signature = try MessageSignature(parsing: text)
          let verdict = try signature.verify(message)
          let expected = MessageVerdict.valid(
            lockTime: UInt32(vector["lock_time"]?.integer ?? 0),
            sequence: UInt32(vector["sequence"]?.integer ?? 0))
          let coins = try signature.coins(of: message).count
          tally.record(
            verdict == expected && (kind == "proof_of_funds") == (coins > 0)
              && (kind == "proof_of_funds" || signature.text.hasSuffix(text)),
            "\(kind) \(verdict): \(vector)")
        }
      }
    }
    for vector in json["error"]?.list ?? [] {
      let error = #expect(throws: SignedMessageError.self, "\(vector)") {
        _ = try MessageSignature(parsing: try vector.member("signature").string())
          .verify(try message(vector))
      }
      let wanted = try vector.member("error_substr").string()
      let isSame =
        switch error {
        case .empty: wanted == "signature too short"
        case .notBase64: wanted.contains("base64")
        case .malformed(.full, _): wanted.contains("full variant")
        case .invalid, .otherTransaction: wanted == "invalid signature"
        default: false
        }
      tally.record(isSame, "\(String(describing: error)) for \(wanted)")
    }
    #expect(tally.report() == [])
    #expect(tally.total >= count)
  }

  private static func privateKey(_ number: Int) throws -> SecretBytes {
    try SecretBytes(copying: [UInt8](repeating: 0, count: 31) + [UInt8(number)])
  }

  private static func key(_ number: Int) throws -> String {
    Hex.text(try Secp256k1.publicKey(from: privateKey(number)))
  }

  @Test(
    arguments: [
      ("pkh(1)", [1], 0), ("wpkh(1)", [1], 0), ("sh(wpkh(1))", [1], 0), ("tr(1)", [1], 0),
      ("wsh(sortedmulti(2,1,2,3))", [3, 1], 0), ("sh(multi(2,1,2,3))", [2, 3], 0),
      ("tr(9,{multi_a(2,1,2,3),and_v(v:pk(4),older(10))})", [1, 2], 0),
      ("tr(9,{multi_a(2,1,2,3),and_v(v:pk(4),older(10))})", [4], 10),
      ("wsh(or_d(multi(2,1,2,3),and_v(v:pk(4),older(1008))))", [1, 3], 0),
      ("wsh(or_d(multi(2,1,2,3),and_v(v:pk(4),older(1008))))", [4], 1008),
    ] as [(String, [Int], UInt32)])
  func `the holders of any wallet sign a message together, and nothing else is signed`(
    wallet: (template: String, signers: [Int], sequence: UInt32)
  ) throws {
    var text = ""
    // Single digits stand for keys.
    for (index, character) in wallet.template.enumerated() {
      let before = wallet.template.prefix(index).last
      let after = wallet.template.dropFirst(index + 1).first
      let isKey =
        character.isNumber && (before == "(" || before == ",") && (after == ")" || after == ",")
        && !(before == "(" && wallet.template.prefix(index).hasSuffix("multi("))
        && !(before == "(" && wallet.template.prefix(index).hasSuffix("multi_a("))
        && !(before == "(" && wallet.template.prefix(index).hasSuffix("older("))
      text += isKey ? try Self.key(Int(String(character)) ?? 0) : String(character)
    }
    let place = try Descriptor(parsing: text, network: .regtest).script()
    let message = try SignedMessage("alice holds this key: ü", by: place.scriptPubKey)
    var psbt = try PSBT(
      signing: message, version: wallet.sequence == 0 ? 0 : 2, sequence: wallet.sequence)
    try psbt.update(input: 0, from: place)
    #expect(try PSBT(base64: psbt.base64).signedMessage == message)
    for signer in wallet.signers {
      try psbt.sign(
        input: 0, with: Self.privateKey(signer), auxiliary: [UInt8](repeating: 9, count: 32))
    }
    try psbt.finalize(input: 0, from: place)
    let signature = try MessageSignature(parsing: psbt.messageSignature().text)
    let isNative = !wallet.template.hasPrefix("pkh") && !wallet.template.hasPrefix("sh")
    #expect(signature.variant == (isNative && wallet.sequence == 0 ? .simple : .full))
    #expect(try signature.verify(message) == .valid(lockTime: 0, sequence: wallet.sequence))
    let other = try SignedMessage("bob holds this key", by: place.scriptPubKey)
    #expect(throws: SignedMessageError.self) { try signature.verify(other) }
    let foreign = try SignedMessage("alice holds this key: ü", by: Script([0x51]))
    #expect(throws: SignedMessageError.self) { try signature.verify(foreign) }
  }

  @Test func `signatures that cover less than everything are refused`() throws {
    let place = try Descriptor(parsing: "wpkh(\(Self.key(1)))", network: .regtest).script()
    let message = try SignedMessage("all of it", by: place.scriptPubKey)
    for type in [SighashType.none, .single] {
      var psbt = try PSBT(signing: message)
      try psbt.setSighashType(type, forInput: 0)
      try psbt.sign(
        input: 0, with: Self.privateKey(1), accepting: [type],
        auxiliary: [UInt8](repeating: 9, count: 32))
      try psbt.finalize(input: 0, from: place)
      let signature = try psbt.messageSignature()
      #expect(throws: SignedMessageError.invalid(input: 0, .signatureHashType)) {
        try signature.verify(message)
      }
    }
  }

  @Test func `what only a later rule could judge is inconclusive`() throws {
    let message = try SignedMessage("", by: .payToWitness(version: 2, program: [1, 2, 3]))
    guard case .inconclusive = try MessageSignature.simple([]).verify(message) else {
      Issue.record("not inconclusive")
      return
    }
  }

  @Test func `an ordinary payment is no message, and a message too long is refused`() throws {
    let unsigned = try #require(
      UnsignedTransaction(
        Transaction(
          inputs: [TransactionInput(outpoint: Outpoint(transaction: .zero, index: 1))],
          outputs: [TransactionOutput(value: 1, script: Script([0x51]))])))
    #expect(PSBT(creating: unsigned).signedMessage == nil)
    #expect(
      throws: SignedMessageError.messageTooLong(
        bytes: SignedMessage.limit + 1, limit: SignedMessage.limit)
    ) {
      try SignedMessage([UInt8](repeating: 0, count: SignedMessage.limit + 1), by: Script())
    }
    #expect(throws: SignedMessageError.notBase64) { try MessageSignature(parsing: "smp?") }
    #expect(throws: SignedMessageError.self) { try MessageSignature(parsing: "fulAAAA") }
    #expect(throws: SignedMessageError.self) { try MessageSignature(parsing: "pofAAAA") }
  }
}
