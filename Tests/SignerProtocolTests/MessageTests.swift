import Cryptography
import SignerProtocol
import Statements
import Structures
import Testing
import Wire

@Suite struct MessageTests {
  static func request() throws -> SigningRequest {
    let key = try Ed25519.PrivateKey(
      seed: SecretBytes(copying: [UInt8](repeating: 1, count: 32)))
    let release = Release(
      withdrawal: 9, account: 2, asset: "BTC", chain: "BTC-Bitcoin", address: "bcrt1qexample",
      amountUnits: 1000, maximumNetworkFeeUnits: 20, releasedAtMilliseconds: 1,
      expiresAtMilliseconds: 2)
    return SigningRequest(
      transaction: [UInt8](0..<200),
      inputs: [.init(previousTransaction: [1, 2, 3], branch: 1, index: 77)],
      outputs: [.payment(0), .change(4)],
      payments: [
        .init(
          release: try Signed(release, by: key), authority: .address(nonce: 5),
          customerKey: [UInt8](repeating: 3, count: 32),
          customerSignature: [UInt8](repeating: 4, count: 64)),
        .init(
          release: try Signed(release, by: key),
          authority: .withdrawal(maximumFee: 6, nonce: 7, expiresAt: 8),
          customerKey: [UInt8](repeating: 3, count: 120),
          customerSignature: [UInt8](repeating: 4, count: 400)),
      ],
      knownPosition: LogPosition(sequence: 12, hash: [UInt8](repeating: 8, count: 32)))
  }

  static let promise = NeverSigned(
    fingerprint: [1, 2, 3, 4], transaction: [UInt8](repeating: 8, count: 32),
    signature: [UInt8](repeating: 7, count: 64))

  static let word: Attestation = {
    func seen(_ byte: UInt8) -> Attestation.Seen {
      Attestation.Seen(
        fingerprint: [byte, 2, 3, 4],
        position: LogPosition(sequence: 3, hash: [UInt8](repeating: byte, count: 32)),
        proof: [UInt8](repeating: byte, count: 64))
    }
    return Attestation(
      policyID: [UInt8](repeating: 6, count: 32), own: seen(1),
      challenge: [UInt8](repeating: 5, count: 32), answers: [[UInt8](repeating: 4, count: 32)],
      seen: [seen(2), seen(3)], signature: [UInt8](repeating: 9, count: 64))
  }()

  static let status = SignerStatus(
    fingerprint: [1, 2, 3, 4], policyID: [UInt8](repeating: 6, count: 32), frozen: "by erin",
    position: LogPosition(sequence: 3, hash: [UInt8](repeating: 5, count: 32)),
    budgetHour: 10, budgetDay: 100, perTransaction: 7, networkFee: 6, feeRateSatsPerVByte: 5)

  @Test func `every request reads back what was written`() throws {
    let headers = ChainNews(headers: [[UInt8](0..<80), [UInt8](80..<160)])
    let proof = FinalityProof(
      member: .init(transaction: [1, 2], branch: [[UInt8](repeating: 3, count: 32)]), position: 1,
      coinbase: .init(transaction: [4], branch: [[UInt8](repeating: 5, count: 32)]),
      headers: [[UInt8](repeating: 6, count: 80), [UInt8](repeating: 7, count: 80)])
    let requests: [SignerRequest] = [
      .hello, .freeze(reason: "stop"), .sign(try Self.request()), .settle(proof),
      .withdraw(transaction: [UInt8](repeating: 8, count: 32)),
      .letGo(
        transaction: [UInt8](repeating: 8, count: 32), promises: [Self.promise, Self.promise]),
      .letGo(transaction: [UInt8](repeating: 8, count: 32), promises: []),
      .headers(headers), .headers(ChainNews(headers: [])),
      .witness(
        WitnessNews(attestations: [Self.word], challenges: [[UInt8](repeating: 1, count: 32)])),
      .witness(WitnessNews(attestations: [], challenges: [])), .policy(document: nil),
      .policy(document: [1, 2, 3]),
    ]
    for request in requests {
      #expect(
        try SignerRequest(type: request.type.rawValue, payload: request.payload) == request)
      #expect(throws: WireError.self) {
        try SignerRequest(type: request.type.rawValue, payload: request.payload + [0])
      }
    }
  }

  @Test func `every answer reads back what was written`() throws {
    let signed = SigningAnswer(
      transaction: [UInt8](repeating: 1, count: 32),
      signatures: [.init(publicKey: [UInt8](repeating: 2, count: 33), signature: [0x30, 1, 1])],
      status: Self.status)
    for answer in [
      .status(Self.status), .signed(signed), .refused(SignerRefusal(.feeTooHigh, "too much")),
      .attested(Self.word), .promised(Self.promise),
      .policyState(PolicyState(inForce: nil, pending: nil, effectiveAtMilliseconds: 0)),
      .policyState(
        PolicyState(
          inForce: PolicyName(version: 1, hash: [UInt8](repeating: 3, count: 32)),
          pending: PolicyName(version: 2, hash: [UInt8](repeating: 4, count: 32)),
          effectiveAtMilliseconds: 9)),
      .chain(ChainPosition(height: 7, hash: [UInt8](repeating: 9, count: 32), base: 2)),
    ] as [SignerAnswer] {
      #expect(try SignerAnswer(type: answer.type.rawValue, payload: answer.payload) == answer)
    }
    #expect(throws: WireError.self) { try SignerAnswer(type: 0x01, payload: []) }
    #expect(throws: WireError.self) { try SignerRequest(type: 0x81, payload: []) }
    #expect(throws: WireError.self) { try SignerAnswer(type: 0x83, payload: [0, 0, 0, 0, 0, 0]) }
  }

  @Test func `a refusal of any text is cut to what an answer may hold and read back`() throws {
    for letter in ["x", "é", "🧵"] {
      let refusal = SignerRefusal(.frozen, String(repeating: letter, count: 600))
      #expect(refusal.text.utf8.count == MessageLimit.text)
      let answer = SignerAnswer.refused(refusal)
      #expect(try SignerAnswer(type: answer.type.rawValue, payload: answer.payload) == answer)
    }
    var writer = ByteWriter()
    writer.write(SignerRefusal.Code.frozen.rawValue)
    writer.write(String(repeating: "x", count: MessageLimit.text + 1))
    #expect(throws: WireError.tooLong(at: 2, limit: MessageLimit.text)) {
      try SignerAnswer(type: MessageType.refused.rawValue, payload: writer.bytes)
    }
  }

  @Test(arguments: UInt64(0)..<1500)
  func `a mutated request is read canonically or refused and never traps`(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var payload = SignerRequest.sign(try Self.request()).payload
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      let at = Int.random(in: 0..<payload.count, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: payload[at] = .random(in: 0...255, using: &random)
      case 1: payload.removeSubrange(at...)
      case 2: payload.insert(0xFF, at: at)
      default: payload.replaceSubrange(at..<min(at + 4, payload.count), with: [255, 255, 255, 255])
      }
      if payload.isEmpty { payload = [0] }
    }
    guard let read = try? SignerRequest(type: MessageType.sign.rawValue, payload: payload) else {
      return
    }
    #expect(read.payload == payload, "two encodings of one message")
  }

  @Test func `lists and texts above their limits are refused`() throws {
    var request = try Self.request()
    request.payments = Array(repeating: request.payments[0], count: MessageLimit.payments + 1)
    #expect(throws: WireError.self) {
      try SignerRequest(type: 2, payload: SignerRequest.sign(request).payload)
    }
    request = try Self.request()
    request.transaction = [UInt8](repeating: 0, count: MessageLimit.transaction + 1)
    #expect(throws: WireError.self) {
      try SignerRequest(type: 2, payload: SignerRequest.sign(request).payload)
    }
    #expect(throws: WireError.self) {
      try SignerRequest(
        type: 3, payload: SignerRequest.freeze(reason: String(repeating: "x", count: 600)).payload)
    }
  }
}
