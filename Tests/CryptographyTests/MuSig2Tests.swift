import Cryptography
import TestVectors
import Testing
import Wire

/// The vectors of BIP-327, of which "message" and "error" are always the same members.
@Suite struct MuSig2Tests {
  private func pick(_ list: JSONValue, _ indices: JSONValue) throws -> [[UInt8]] {
    try indices.list.map { try list.list[Int($0.number())].bytes() }
  }

  private func element(_ list: JSONValue, _ index: JSONValue) throws -> [UInt8] {
    try list.list[Int(index.number())].bytes()
  }

  /// Who is to blame, as the vectors write it.
  private func blame(_ error: MuSig2Error) -> String {
    switch error {
    case .badPublicKey(let signer): "pubkey \(signer)"
    case .badNonce(let signer): "pubnonce \(signer)"
    case .badPartialSignature(let signer): "psig \(signer)"
    case .badAggregateNonce: "aggnonce"
    case .badTweak: "tweak"
    case .notAParticipant: "participant"
    case .unusableNonce: "secnonce"
    case .wrongCount, .secret: "\(error)"
    }
  }

  private func blame(_ test: JSONValue) throws -> String {
    let error = try test.member("error")
    if let contribution = error["contrib"]?.text {
      guard let signer = error["signer"]?.integer else { return contribution }
      return "\(contribution) \(signer)"
    }
    let message = error["message"]?.text ?? ""
    if message.contains("tweak") { return "tweak" }
    if message.contains("infinity") { return "tweak" }
    return message.contains("secnonce") ? "secnonce" : "participant"
  }

  private func outcome(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "nothing"
    } catch let error as MuSig2Error {
      return blame(error)
    } catch {
      return "\(error)"
    }
  }

  private func keys(
    _ file: JSONValue, _ test: JSONValue
  ) throws -> MuSig2Keys {
    var keys = try MuSig2Keys(try pick(file.member("pubkeys"), test.member("key_indices")))
    let kinds = test["is_xonly"]?.list.map { $0.truth ?? false } ?? []
    for (index, isXOnly) in zip(test["tweak_indices"]?.list ?? [], kinds) {
      keys = try keys.adding(
        MuSig2Keys.Tweak(try element(try file.member("tweaks"), index), isXOnly: isXOnly))
    }
    return keys
  }

  @Test func `keys are sorted as published`() throws {
    let file = try JSONValue(file: "bip327_key_sort.json", in: .module)
    var tally = VectorTally("bip327_key_sort.json")
    let sorted = MuSig2Keys.sorted(try file.member("pubkeys").list.map { try $0.bytes() })
    let expected = try file.member("sorted_pubkeys").list.map { try $0.bytes() }
    tally.record(sorted == expected, "order")
    #expect(tally.report() == [])
  }

  @Test func `keys are joined as published`() throws {
    let file = try JSONValue(file: "bip327_key_agg.json", in: .module)
    var tally = VectorTally("bip327_key_agg.json")
    for test in try file.member("valid_test_cases").list {
      let joint = try keys(file, test).xOnlyPublicKey
      tally.record(try joint == test.member("expected").bytes(), "\(test)")
    }
    for test in try file.member("error_test_cases").list {
      let found = outcome { _ = try keys(file, test) }
      tally.record(try found == blame(test), "\(test): \(found)")
    }
    #expect(tally.report() == [])
    #expect(tally.passed == 9)
  }

  @Test func `nonces follow from their randomness as published`() throws {
    let file = try JSONValue(file: "bip327_nonce_gen.json", in: .module)
    var tally = VectorTally("bip327_nonce_gen.json")
    for test in try file.member("test_cases").list {
      func bytes(_ name: String) throws -> [UInt8]? { try test[name]?.bytes() }
      let nonce = try MuSig2Nonce(
        randomness: SecretBytes(copying: test.member("rand_").bytes()),
        privateKey: try bytes("sk").map(SecretBytes.init(copying:)),
        publicKey: test.member("pk").bytes(), aggregateKey: bytes("aggpk"), message: bytes("msg"),
        extra: bytes("extra_in") ?? [])
      let secret = try test.member("expected_secnonce").bytes()
      let known = try MuSig2Nonce(
        first: SecretBytes(copying: Array(secret[..<32])),
        second: SecretBytes(copying: Array(secret[32..<64])), publicKey: Array(secret[64...]))
      let expected = try test.member("expected_pubnonce").bytes()
      tally.record(
        nonce.publicNonce == expected && known.publicNonce == expected, "\(test)")
    }
    #expect(tally.report() == [])
    #expect(tally.passed == 4)
  }

  @Test func `nonces add up as published`() throws {
    let file = try JSONValue(file: "bip327_nonce_agg.json", in: .module)
    var tally = VectorTally("bip327_nonce_agg.json")
    let nonces = try file.member("pnonces")
    for test in try file.member("valid_test_cases").list {
      let sum = try MuSig2Session.aggregate(
        nonces: pick(nonces, test.member("pnonce_indices")))
      tally.record(try sum == test.member("expected").bytes(), "\(test)")
    }
    for test in try file.member("error_test_cases").list {
      let found = outcome {
        _ = try MuSig2Session.aggregate(nonces: pick(nonces, test.member("pnonce_indices")))
      }
      tally.record(try found == blame(test), "\(test): \(found)")
    }
    #expect(tally.report() == [])
    #expect(tally.passed == 5)
  }

  private func nonce(_ file: JSONValue, _ bytes: [UInt8]) throws -> MuSig2Nonce {
    try MuSig2Nonce(
      first: SecretBytes(copying: Array(bytes[..<32])),
      second: SecretBytes(copying: Array(bytes[32..<64])), publicKey: Array(bytes[64...]))
  }

  @Test func `partial signatures are made and judged as published`() throws {
    let file = try JSONValue(file: "bip327_sign_verify.json", in: .module)
    var tally = VectorTally("bip327_sign_verify.json")
    let secret = try SecretBytes(copying: file.member("sk").bytes())
    let nonces = try file.member("pnonces")
    let secrets = try file.member("secnonces").list
    func session(_ test: JSONValue) throws -> MuSig2Session {
      let aggregate: [UInt8]
      if let index = test["aggnonce_index"] {
        aggregate = try element(file.member("aggnonces"), index)
      } else {
        aggregate = try MuSig2Session.aggregate(
          nonces: pick(nonces, test.member("nonce_indices")))
      }
      return try MuSig2Session(
        keys: keys(file, test), aggregateNonce: aggregate,
        message: element(file.member("msgs"), test.member("msg_index")))
    }
    for test in try file.member("valid_test_cases").list {
      let signer = Int(try test.member("signer_index").number())
      let session = try session(test)
      let own = try nonce(file, secrets[0].bytes())
      let expected = try test.member("expected").bytes()
      let all = try pick(nonces, test.member("nonce_indices"))
      let found = try own.sign(session, with: secret)
      let isRight = try session.verify(
        partialSignature: expected, of: signer, nonce: all[signer])
      tally.record(
        try found == expected && isRight
          && MuSig2Session.aggregate(nonces: all)
            == session.aggregateNonce,
        "\(test)")
    }
    for test in try file.member("sign_error_test_cases").list {
      let index = Int(try test.member("secnonce_index").number())
      let found = outcome {
        _ = try nonce(file, secrets[index].bytes()).sign(session(test), with: secret)
      }
      tally.record(try found == blame(test), "\(test): \(found)")
    }
    for test in try file.member("verify_fail_test_cases").list {
      let signer = Int(try test.member("signer_index").number())
      let all = try pick(nonces, test.member("nonce_indices"))
      let isRight = try session(test).verify(
        partialSignature: test.member("sig").bytes(), of: signer, nonce: all[signer])
      tally.record(!isRight, "\(test)")
    }
    for test in try file.member("verify_error_test_cases").list {
      let found = outcome { _ = try session(test) }
      tally.record(try found == blame(test), "\(test): \(found)")
    }
    #expect(tally.report() == [])
    #expect(tally.passed == 17)
  }

  @Test func `tweaks enter partial signatures as published`() throws {
    let file = try JSONValue(file: "bip327_tweak.json", in: .module)
    var tally = VectorTally("bip327_tweak.json")
    let secret = try SecretBytes(copying: file.member("sk").bytes())
    for test in try file.member("valid_test_cases").list {
      let session = try MuSig2Session(
        keys: keys(file, test), aggregateNonce: file.member("aggnonce").bytes(),
        message: file.member("msg").bytes())
      let own = try nonce(file, file.member("secnonce").bytes())
      tally.record(
        try own.sign(session, with: secret) == test.member("expected").bytes(), "\(test)")
    }
    for test in try file.member("error_test_cases").list {
      let found = outcome { _ = try keys(file, test) }
      tally.record(try found == blame(test), "\(test): \(found)")
    }
    #expect(tally.report() == [])
    #expect(tally.passed == 6)
  }

  @Test func `partial signatures add up as published to what BIP-340 accepts`() throws {
    let file = try JSONValue(file: "bip327_sig_agg.json", in: .module)
    var tally = VectorTally("bip327_sig_agg.json")
    let message = try file.member("msg").bytes()
    func aggregate(_ test: JSONValue) throws -> (MuSig2Keys, [UInt8]) {
      let keys = try keys(file, test)
      let session = try MuSig2Session(
        keys: keys, aggregateNonce: test.member("aggnonce").bytes(), message: message)
      return (
        keys,
        try session.aggregate(
          partialSignatures: pick(file.member("psigs"), test.member("psig_indices")))
      )
    }
    for test in try file.member("valid_test_cases").list {
      let (keys, signature) = try aggregate(test)
      tally.record(
        try signature == test.member("expected").bytes()
          && Secp256k1.verifySchnorr(signature, message: message, publicKey: keys.xOnlyPublicKey),
        "\(test)")
    }
    for test in try file.member("error_test_cases").list {
      let found = outcome { _ = try aggregate(test) }
      tally.record(try found == blame(test), "\(test): \(found)")
    }
    #expect(tally.report() == [])
    #expect(tally.passed == 5)
  }

  @Test func `deterministic nonces are not ours`() throws {
    let file = try JSONValue(file: "bip327_det_sign.json", in: .module)
    var tally = VectorTally("bip327_det_sign.json")
    for name in ["valid_test_cases", "error_test_cases"] {
      for _ in try file.member(name).list {
        tally.skip("signing without a nonce of one's own is optional and not built")
      }
    }
    #expect(tally.report() == [])
  }

  @Test func `three signers make one signature, and no nonce signs twice`() throws {
    let secrets = try (0..<3).map { _ in try SecureRandom.secret(32) }
    let publicKeys = try secrets.map { try Secp256k1.publicKey(from: $0) }
    let keys = try MuSig2Keys(MuSig2Keys.sorted(publicKeys))
      .adding(MuSig2Keys.Tweak(SHA256.hash([1]), isXOnly: false))
      .adding(MuSig2Keys.Tweak(SHA256.hash([2]), isXOnly: true))
    let message = SHA256.hash([3])
    let nonces = try zip(secrets, publicKeys).map {
      try MuSig2Nonce(privateKey: $0, publicKey: $1, message: message)
    }
    let session = try MuSig2Session(
      keys: keys, aggregateNonce: MuSig2Session.aggregate(nonces: nonces.map(\.publicNonce)),
      message: message)
    let parts = try zip(nonces, secrets).map { try $0.sign(session, with: $1) }
    let signature = try session.aggregate(partialSignatures: parts)
    #expect(
      Secp256k1.verifySchnorr(signature, message: message, publicKey: keys.xOnlyPublicKey))
    #expect(throws: MuSig2Error.unusableNonce) { try nonces[0].sign(session, with: secrets[0]) }
    #expect(
      throws: MuSig2Error.wrongCount(of: "partial signatures", expected: 3, actual: 2)
    ) { try session.aggregate(partialSignatures: Array(parts.dropLast())) }
  }
}
