import Bitcoin
import Cryptography
import Descriptors
import PSBT
import TestVectors
import Testing
import Wire

@Suite struct PSBTVectorTests {
  /// Why `hex` is refused, or `nil` when it is read and written back with the same content.
  private func refusal(_ bytes: [UInt8]) -> PSBTError? {
    do {
      let psbt = try PSBT(parsing: bytes)
      #expect(try PSBT(parsing: psbt.bytes) == psbt)
      #expect(try PSBT(base64: psbt.base64) == psbt)
      return nil
    } catch { return error }
  }

  @Test(arguments: ["bip174.json", "bip370.json", "bip371.json", "bip373.json"])
  func `what the BIPs call valid is read and what they call invalid is refused`(
    file: String
  ) throws {
    var tally = VectorTally(file)
    for vector in try JSONValue(file: file, in: .module).member("vectors").list {
      let name = vector["case"]?.text ?? vector["group"]?.text ?? ""
      let bytes = try vector.member("hex").bytes()
      guard let isValid = vector["valid"]?.truth else {
        // Steps of a worked example; the extracted transaction stands among them.
        let isTransaction = vector["is_raw_transaction"]?.truth ?? false
        tally.record(
          isTransaction ? (try? Transaction(parsing: bytes)) != nil : refusal(bytes) == nil, name)
        continue
      }
      let group = vector["group"]?.text ?? ""
      if group.contains("Fails Signer checks") {
        tally.record(failsToSign(bytes), name)
      } else if group.contains("cannot be computed") {
        tally.record(refusal(bytes) == .conflictingLockTimes, name)
      } else if let expected = vector["expected_locktime"]?.integer {
        let psbt = try PSBT(parsing: bytes)
        tally.record(Int64(psbt.unsigned.transaction.lockTime) == expected, name)
      } else {
        tally.record(
          (refusal(bytes) == nil) == isValid, "\(name): \(String(describing: refusal(bytes)))")
      }
    }
    #expect(tally.report() == [])
    #expect(tally.total > 15)
  }

  /// A signer sees that what it is told does not fit together, whatever its key.
  private func failsToSign(_ bytes: [UInt8]) -> Bool {
    guard var psbt = try? PSBT(parsing: bytes) else { return true }
    let key = try? SecretBytes(copying: [UInt8](repeating: 1, count: 32))
    guard let key else { return false }
    for index in psbt.inputs.indices {
      do throws(PSBTError) {
        try psbt.sign(input: index, with: key, auxiliary: [UInt8](repeating: 0, count: 32))
      } catch .badUTXO {
        return true
      } catch {}
    }
    return false
  }

  @Test func `Bitcoin Core's own vectors are judged alike, signed, combined and finished alike`()
    throws
  {
    var tally = VectorTally("core_rpc_psbt.json")
    let file = try JSONValue(file: "core_rpc_psbt.json", in: .module)
    func psbt(_ value: JSONValue) throws -> PSBT { try PSBT(base64: value.string()) }
    for vector in try file.member("valid").list {
      tally.record((try? psbt(vector)) != nil, "valid \(vector)")
    }
    for vector in try file.member("invalid").list {
      tally.record((try? psbt(vector)) == nil, "invalid \(vector)")
    }
    for vector in try file.member("invalid_with_msg").list.map(\.list) {
      tally.record((try? psbt(vector[0])) == nil, "invalid \(vector[1])")
    }
    for vector in try file.member("signer").list {
      var signed = try psbt(vector.member("psbt"))
      for text in try vector.member("privkeys").list {
        let (key, _) = try #require(
          PrivateKeyText.parse(try text.string(), network: .testnet))
        for index in signed.inputs.indices {
          _ = try? signed.sign(
            input: index, with: key, accepting: [.all, .none, .single],
            auxiliary: [UInt8](repeating: 0, count: 32))
        }
      }
      let expected = try psbt(vector.member("result"))
      tally.record(agrees(signed, expected), "signer \(vector)")
    }
    for vector in try file.member("combiner").list {
      let parts = try vector.member("combine").list.map(psbt)
      tally.record(
        try PSBT.combined(parts) == psbt(vector.member("result")), "combiner")
    }
    for vector in try file.member("finalizer").list {
      var finished = try psbt(vector.member("finalize"))
      try finished.finalize()
      tally.record(try finished == psbt(vector.member("result")), "finalizer")
    }
    for vector in try file.member("extractor").list {
      let extracted = try psbt(vector.member("extract")).extract().transaction
      tally.record(Hex.text(extracted.bytes) == (try vector.member("result").text), "extractor")
    }
    #expect(tally.report() == [])
    #expect(tally.total > 100)
  }

  /// Taproot signatures are random there, so only that they are there is compared. ECDSA signatures
  /// are compared where RFC 6979 alone made them: when the first R is high, Core tries others until
  /// one is low, and its signature is a byte shorter than ours.
  private func agrees(_ signed: PSBT, _ expected: PSBT) -> Bool {
    guard signed.inputs.count == expected.inputs.count else { return false }
    return zip(signed.inputs, expected.inputs).allSatisfy { own, core in
      guard own.keys == core.keys else { return false }
      return own.keys.allSatisfy { key in
        own[key] == core[key] || key[0] == 0x13 || key[0] == 0x14
          || key[0] == 0x02 && own[key]?.count == 72 && core[key]?.count == 71
      }
    }
  }

  @Test func `the worked example of BIP-174 gives its results at every step`() throws {
    let file = try JSONValue(file: "bip174_workflow.json", in: .module)
    var tally = VectorTally("bip174_workflow.json")
    func psbt(_ value: JSONValue) throws -> PSBT { try PSBT(parsing: value.bytes()) }
    let creator = try psbt(file.member("creator").member("psbt"))
    tally.record(PSBT(creating: creator.unsigned) == creator, "creator")

    var partial: [PSBT] = []
    let start = try psbt(file.member("updater_sighash_all").member("psbt"))
    #expect(start.unsigned == creator.unsigned)
    for signer in try file.member("signers").list {
      var signed = start
      for key in try signer.member("keys").list {
        let (secret, _) = try #require(
          PrivateKeyText.parse(try key.member("wif").string(), network: .testnet))
        var places = 0
        for index in signed.inputs.indices {
          do throws(PSBTError) {
            places += try signed.sign(
              input: index, with: secret, auxiliary: [UInt8](repeating: 0, count: 32))
          } catch {
            #expect(error == .foreignKey(input: index))
          }
        }
        #expect(places == 1)
      }
      tally.record(try signed == psbt(signer.member("psbt")), "signer")
      partial.append(signed)
    }
    var combined = try #require(try PSBT.combined(partial))
    tally.record(try combined == psbt(file.member("combiner")), "combiner")
    let other = combined.converted(to: .v2).converted(to: .v0)
    #expect(other == combined)
    try combined.finalize()
    tally.record(try combined == psbt(file.member("finalizer")), "finalizer")
    tally.record(
      try combined.extract().transaction.bytes == file.member("extractor_tx").bytes(), "extractor")

    let lexicographic = try file.member("lexicographic_combiner")
    let sum = try PSBT.combined(lexicographic.member("inputs").list.map(psbt))
    tally.record(
      try sum?.bytes == lexicographic.member("result").bytes(), "lexicographic combiner")
    #expect(tally.report() == [])
    #expect(tally.passed == 7)
  }
}
