import Bitcoin
import Cryptography
import Foundation
import TestVectors
import Testing
import Wire

@Suite struct TapscriptTests {
  private func verdict(
    _ witness: [[UInt8]], _ transaction: Transaction, _ spent: TransactionOutput,
    _ flags: ScriptFlags = .standard
  ) -> String {
    var transaction = transaction
    transaction.inputs[0].witness = witness
    do throws(ScriptError) {
      try SpendingTransaction(transaction, spending: [spent]).verify(flags: flags)
      return "OK"
    } catch {
      return error.rawValue
    }
  }

  /// The fields of the global map and of the first input, which is all these files have.
  private func fields(_ psbt: [UInt8]) throws -> [[(key: [UInt8], value: [UInt8])]] {
    var reader = ConsensusReader(psbt)
    _ = try reader.fixed(5, "magic")
    return try (0..<2).map { _ in
      var map: [(key: [UInt8], value: [UInt8])] = []
      while true {
        let key = try reader.bytes("key")
        if key.isEmpty { return map }
        map.append((key, try reader.bytes("value")))
      }
    }
  }

  @Test func `signatures of leaves and keys in BIP-371 spend their outputs`() throws {
    var tally = VectorTally("bip371.json")
    for vector in try JSONValue(file: "bip371.json", in: .module).member("vectors").list {
      guard vector["valid"]?.truth == true else {
        tally.skip("malformed container")
        continue
      }
      let maps = try fields(try vector.member("hex").bytes())
      let transaction = try Transaction(parsingWithoutWitness: maps[0][0].value)
      let output = try #require(maps[1].first { $0.key == [0x01] }).value
      var value: Int64 = 0
      for byte in output[..<8].reversed() { value = value << 8 | Int64(byte) }
      let spent = TransactionOutput(value: value, script: Script(Array(output[9...])))
      var found = 0
      for field in maps[1] where field.key == [0x13] {
        found += 1
        tally.record(verdict([field.value], transaction, spent) == "OK", "\(vector)")
      }
      for signature in maps[1] where signature.key[0] == 0x14 {
        // The key of the field is the public key and the hash of the leaf.
        let leaf = maps[1].first { each in
          each.key[0] == 0x15
            && Taproot.leafHash(version: 0xC0, script: Script(Array(each.value.dropLast())))
              == Array(signature.key[33...])
        }
        let script = try #require(leaf)
        let witness = [
          signature.value, Array(script.value.dropLast()), Array(script.key.dropFirst()),
        ]
        found += 1
        tally.record(verdict(witness, transaction, spent) == "OK", "\(vector)")
      }
      if found == 0 { tally.skip("nothing signed") }
    }
    #expect(tally.report() == [])
    #expect(tally.passed == 4)
  }

  @Test func `control blocks of BIP-341 prove their leaves, and no other`() throws {
    var tally = VectorTally("bip341_wallet.json scriptPathControlBlocks")
    let root = try JSONValue(file: "bip341_wallet.json", in: .module)
    for each in try root.member("scriptPubKey").list {
      guard let blocks = try each.member("expected")["scriptPathControlBlocks"]?.list else {
        tally.skip("no script")
        continue
      }
      let intermediary = try each.member("intermediary")
      let program = try intermediary.member("tweakedPubkey").bytes()
      let leaves = try intermediary.member("leafHashes").list.map { try $0.bytes() }
      for (block, leaf) in zip(blocks, leaves) {
        let block = try block.bytes()
        let other = SHA256.hash(leaf)
        tally.record(
          Taproot.isCommitted(program, leaf: leaf, controlBlock: block)
            && !Taproot.isCommitted(program, leaf: other, controlBlock: block), "\(each)")
      }
    }
    #expect(tally.report() == [])
    #expect(tally.passed > 6)
  }

  /// A leaf alone under a key, and the transaction that spends it.
  private struct Leaf {
    let script: Script
    let spent: TransactionOutput
    let control: [UInt8]
    let transaction = Transaction(
      inputs: [TransactionInput(outpoint: Outpoint(transaction: .zero, index: 0))],
      outputs: [TransactionOutput(value: 900, script: Script([0x51]))])

    init(_ script: Script, version: UInt8 = Taproot.tapscriptLeafVersion) throws {
      let key = try #require(
        Hex.bytes("50929b74c1a04954b78b4b6035e97a5e078a5a0f28ec96d547bfee9ace803ac0"))
      let root = Taproot.leafHash(version: version, script: script)
      let output = try Secp256k1.xOnlyTweakAdd(
        publicKey: key, tweak: Taproot.tweak(internalKey: key, merkleRoot: root))
      self.script = script
      spent = TransactionOutput(value: 1000, script: .payToTaproot(outputKey: output.key))
      control = [version | (output.isOdd ? 1 : 0)] + key
    }
  }

  @Test(arguments: [
    ("1", "OK"), ("0", "EVAL_FALSE"), ("1 1", "CLEANSTACK"),
    ("0 0 0 0 CHECKMULTISIG", "TAPSCRIPT_CHECKMULTISIG"), ("2 IF 1 ENDIF", "TAPSCRIPT_MINIMALIF"),
    ("1 0x50", "DISCOURAGE_OP_SUCCESS"), ("RETURN 0xfe", "DISCOURAGE_OP_SUCCESS"),
    ("0x4c", "BAD_OPCODE"), ("0 1 CHECKSIG", "DISCOURAGE_UPGRADABLE_PUBKEYTYPE"),
    ("1 0 CHECKSIG", "TAPSCRIPT_EMPTY_PUBKEY"), ("0 1 CHECKSIGADD", "INVALID_STACK_OPERATION"),
    ("1 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' CHECKSIG", "SCHNORR_SIG_SIZE"),
  ])
  func `leaves keep the rules of BIP-342`(text: String, expected: String) throws {
    let leaf = try Leaf(try ScriptText.parse(text))
    let seen = verdict([leaf.script.bytes, leaf.control], leaf.transaction, leaf.spent)
    #expect(seen == expected)
  }

  @Test func `operations kept for upgrades succeed under consensus rules alone`() throws {
    let leaf = try Leaf(try ScriptText.parse("RETURN 0xfe"))
    let witness = [leaf.script.bytes, leaf.control]
    #expect(verdict(witness, leaf.transaction, leaf.spent, .consensus) == "OK")
    let later = try Leaf(try ScriptText.parse("RETURN"), version: 0xC2)
    let other = [later.script.bytes, later.control]
    #expect(verdict(other, later.transaction, later.spent, .consensus) == "OK")
    #expect(
      verdict(other, later.transaction, later.spent) == "DISCOURAGE_UPGRADABLE_TAPROOT_VERSION")
  }

  @Test func `a control block of the wrong length or of another output is refused`() throws {
    let leaf = try Leaf(try ScriptText.parse("1"))
    let script = leaf.script.bytes
    #expect(
      verdict([script, leaf.control + [0]], leaf.transaction, leaf.spent)
        == "TAPROOT_WRONG_CONTROL_SIZE")
    #expect(
      verdict(
        [script, leaf.control + [UInt8](repeating: 0, count: 32)], leaf.transaction, leaf.spent)
        == "WITNESS_PROGRAM_MISMATCH")
    var other = leaf.control
    other[0] ^= 1
    #expect(
      verdict([script, other], leaf.transaction, leaf.spent) == "WITNESS_PROGRAM_MISMATCH")
    #expect(verdict([], leaf.transaction, leaf.spent) == "WITNESS_PROGRAM_WITNESS_EMPTY")
  }

  @Test func `two of three by addition spend, also with an annex, and one does not`() throws {
    let secrets = try (UInt8(1)...3).map {
      try SecretBytes(copying: [UInt8](repeating: $0, count: 32))
    }
    var script = Script()
    for (index, secret) in secrets.enumerated() {
      script.append(push: try Secp256k1.xOnlyPublicKey(from: secret))
      script.append(index == 0 ? .checkSig : .checkSigAdd)
    }
    script.append(number: 2)
    script.append(.numEqual)
    let leaf = try Leaf(script)
    for annex in [nil, [0x50, 1, 2]] as [[UInt8]?] {
      let digest = try #require(
        Sighash.taproot(
          leaf.transaction, input: 0, spentOutputs: [leaf.spent], type: .default, annex: annex,
          leaf: Sighash.Leaf(hash: Taproot.leafHash(version: 0xC0, script: script))))
      let signatures = try secrets.map {
        try Secp256k1.signSchnorr(
          digest, with: $0, auxiliary: [UInt8](repeating: 0, count: 32))
      }
      let end = [script.bytes, leaf.control] + (annex.map { [$0] } ?? [])
      // The key that is checked last stands deepest.
      let good = [signatures[2], [], signatures[0]] + end
      #expect(verdict(good, leaf.transaction, leaf.spent) == "OK")
      let alone = [[], [], signatures[0]] + end
      #expect(verdict(alone, leaf.transaction, leaf.spent) == "EVAL_FALSE")
      let wrong = [signatures[1], [], signatures[0]] + end
      #expect(verdict(wrong, leaf.transaction, leaf.spent) == "SCHNORR_SIG")
    }
  }

  @Test func `signatures beyond the weight of the witness are refused`() throws {
    let secret = try SecretBytes(copying: [UInt8](repeating: 1, count: 32))
    let key = try Secp256k1.xOnlyPublicKey(from: secret)
    var script = Script()
    script.append(push: key)
    // The signature is checked over and over, while the witness pays for it once.
    for _ in 0..<8 {
      script.append(.twoDup)
      script.append(.checkSigVerify)
    }
    script.append(.checkSig)
    let leaf = try Leaf(script)
    let digest = try #require(
      Sighash.taproot(
        leaf.transaction, input: 0, spentOutputs: [leaf.spent], type: .default,
        leaf: Sighash.Leaf(hash: Taproot.leafHash(version: 0xC0, script: script))))
    let signature = try Secp256k1.signSchnorr(
      digest, with: secret, auxiliary: [UInt8](repeating: 0, count: 32))
    #expect(
      verdict([signature, script.bytes, leaf.control], leaf.transaction, leaf.spent)
        == "TAPSCRIPT_VALIDATION_WEIGHT")
  }
}
