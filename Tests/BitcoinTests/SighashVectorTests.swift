import Bitcoin
import Cryptography
import Foundation
import TestVectors
import Testing
import Wire

@Suite struct SighashVectorTests {
  private func bytes(_ value: JSONValue?) throws -> [UInt8] {
    let value = try #require(value)
    return try value.bytes()
  }

  @Test func `legacy digests are those of Bitcoin Core`() throws {
    var tally = VectorTally("sighash.json")
    for json in try JSONValue(file: "sighash.json", in: .module).list where json.list.count > 1 {
      let row = json.list
      let digest = Sighash.legacy(
        try Transaction(parsing: bytes(row[0])), input: Int(try row[2].number()),
        scriptCode: Script(try bytes(row[1])),
        type: UInt32(truncatingIfNeeded: try row[3].number()))
      tally.record(Hex.text(digest.reversed()) == row[4].text, "\(json)")
    }
    #expect(tally.report() == [])
    #expect(tally.total == 500)
  }

  @Test func `segwit digests, signatures and transactions are those of BIP-143`() throws {
    var tally = VectorTally("bip143.json")
    let root = try JSONValue(file: "bip143.json", in: .module)
    for example in try root.member("examples").list {
      var transaction = Transaction(inputs: [], outputs: [])
      var spent: [TransactionOutput] = []
      var scripts: [Script] = []
      var fields: [String: [UInt8]] = [:]
      var digest: [UInt8] = []
      var isSigned = false
      for field in try example.member("fields").list.map(\.list) {
        let (name, text) = (try field[0].string(), try field[1].string())
        let value = Hex.bytes(text) ?? []
        switch name {
        case "unsigned_tx": transaction = try Transaction(parsing: value)
        case "scriptPubKey": scripts.append(Script(value))
        case "value_btc":
          let satoshis = try #require(Double(text)) * 100_000_000
          spent.append(
            TransactionOutput(
              value: Int64(satoshis.rounded()), script: try #require(scripts.last)))
        case "sigHash":
          digest = try segwitDigest(transaction, fields)
          tally.record(digest == value, "\(field)")
        case "signature":
          // Some keys stand before their digest and some after; the signed transaction covers all.
          if let key = fields["public key"], !digest.isEmpty {
            let isValid = Secp256k1.verifyECDSA(
              Array(value.dropLast()), digest: digest, publicKey: key)
            tally.record(isValid, "\(field)")
          } else {
            tally.skip("signature without its public key beside it, covered by signed_tx")
          }
        case "hash preimage" where isSigned:
          tally.skip("preimage whose transaction the file does not have")
        case "signed_tx":
          isSigned = true
          let spending = SpendingTransaction(try Transaction(parsing: value), spending: spent)
          do throws(ScriptError) {
            try spending.verify(flags: .consensus)
            tally.record(true, "")
          } catch {
            tally.record(false, "\(field): \(error)")
          }
        default: fields[name] = value
        }
      }
    }
    #expect(tally.report() == [])
    #expect(tally.passed > 20)
  }

  private func segwitDigest(
    _ transaction: Transaction, _ fields: [String: [UInt8]]
  ) throws -> [UInt8] {
    let outpoint = try #require(fields["outpoint"])
    let input = try #require(
      transaction.inputs.firstIndex { each in
        var bytes = each.outpoint.transaction.bytes
        for shift in [0, 8, 16, 24] {
          bytes.append(UInt8(truncatingIfNeeded: each.outpoint.index >> UInt32(shift)))
        }
        return bytes == outpoint
      })
    // All script codes in the examples are shorter than 253 bytes: one byte of length.
    let code = Script(Array(try #require(fields["scriptCode"]).dropFirst()))
    var value: Int64 = 0
    for byte in try #require(fields["amount"]).reversed() { value = value << 8 | Int64(byte) }
    let type = UInt32(try #require(fields["nHashType"])[0])
    return Sighash.segwitV0(
      transaction, input: input, scriptCode: code, value: value, type: type)
  }

  @Test func `taproot keys and addresses are those of BIP-341`() throws {
    var tally = VectorTally("bip341_wallet.json scriptPubKey")
    let root = try JSONValue(file: "bip341_wallet.json", in: .module)
    for each in try root.member("scriptPubKey").list {
      let internalKey = try bytes(each["given"]?["internalPubkey"])
      let merkleRoot = try each["given"]?["scriptTree"].map(hash)
      let output = try Taproot.outputKey(internalKey: internalKey, merkleRoot: merkleRoot)
      let script = Script.payToTaproot(outputKey: output)
      let isAsPublished =
        try merkleRoot.map(Hex.text) == each["intermediary"]?["merkleRoot"]?.text
        && output == bytes(each["intermediary"]?["tweakedPubkey"])
        && script.bytes == bytes(each["expected"]?["scriptPubKey"])
        && Address.text(for: script, network: .mainnet) == each["expected"]?["bip350Address"]?.text
      tally.record(isAsPublished, "\(each)")
    }
    #expect(tally.report() == [])
    #expect(tally.total == 7)
  }

  private func hash(_ tree: JSONValue) throws -> [UInt8] {
    if tree.isList { return Taproot.branchHash(try hash(tree.list[0]), try hash(tree.list[1])) }
    return Taproot.leafHash(
      version: UInt8(try tree.member("leafVersion").number()),
      script: Script(try bytes(tree["script"])))
  }

  @Test func `taproot key path digests and signatures are those of BIP-341`() throws {
    var tally = VectorTally("bip341_wallet.json keyPathSpending")
    let root = try JSONValue(file: "bip341_wallet.json", in: .module)
    for each in try root.member("keyPathSpending").list {
      let transaction = try Transaction(
        parsing: bytes(each["given"]?["rawUnsignedTx"]))
      let spent = try #require(each["given"]?["utxosSpent"]).list.map { output in
        TransactionOutput(
          value: try output.member("amountSats").number(),
          script: Script(try bytes(output["scriptPubKey"])))
      }
      for row in try each.member("inputSpending").list {
        let given = try #require(row["given"])
        let input = Int(try given.member("txinIndex").number())
        let type = SighashType(rawValue: UInt8(try given.member("hashType").number()))
        let digest = try #require(
          Sighash.taproot(transaction, input: input, spentOutputs: spent, type: type))
        let key = try SecretBytes(copying: bytes(given["internalPrivkey"]))
        let merkleRoot = try given["merkleRoot"].map { try bytes($0) }
        let tweak = Taproot.tweak(
          internalKey: try Secp256k1.xOnlyPublicKey(from: key), merkleRoot: merkleRoot)
        let tweaked = try Secp256k1.xOnlyTweakAdd(privateKey: key, tweak: tweak)
        let signature = try Secp256k1.signSchnorr(
          digest, with: tweaked, auxiliary: [UInt8](repeating: 0, count: 32))
        let witness = signature + (type == .default ? [] : [type.rawValue])
        let isAsPublished =
          try digest == bytes(row["intermediary"]?["sigHash"])
          && tweaked.revealed() == bytes(row["intermediary"]?["tweakedPrivkey"])
          && witness == bytes(row["expected"]?["witness"]?.list.first)
        tally.record(isAsPublished, "\(row)")
      }
      try verifySigned(each["auxiliary"]?["fullySignedTx"], spent, &tally)
    }
    #expect(tally.report() == [])
    #expect(tally.total == 8)
  }

  private func verifySigned(
    _ text: JSONValue?, _ spent: [TransactionOutput], _ tally: inout VectorTally
  ) throws {
    let spending = SpendingTransaction(try Transaction(parsing: bytes(text)), spending: spent)
    do throws(ScriptError) {
      try spending.verify(flags: .standard)
      tally.record(true, "")
    } catch {
      tally.record(false, "fullySignedTx: \(error)")
    }
  }
}
