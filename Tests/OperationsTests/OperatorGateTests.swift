import Cryptography
import Engine
import Money
import Operations
import Statements
import Testing

@Suite struct OperatorGateTests {
  private let key: Ed25519.PrivateKey
  private let operators: [Operator]
  private let now = Timestamp(milliseconds: 1_000_000)

  init() throws {
    key = try Ed25519.PrivateKey(seed: SecretBytes(copying: [UInt8](repeating: 4, count: 32)))
    operators = [Operator(name: "dave", publicKey: key.publicKey.bytes)]
  }

  private func request(
    name: String = "dave", at milliseconds: Int64 = 1_000_000, nonce: UInt8 = 1
  ) -> OperatorRequest {
    OperatorRequest(
      operatorName: name, target: "POST /operator/accounts",
      bodyDigest: SHA256.hash(Array("{}".utf8)), signedAtMilliseconds: milliseconds,
      nonce: [UInt8](repeating: nonce, count: 16))
  }

  @Test func `a signed request passes once`() throws {
    let gate = OperatorGate(startedAt: Timestamp(milliseconds: 0))
    let request = request()
    let signature = try request.signed(by: key)
    try gate.admit(request, signature: signature, operators: operators, now: now)
    #expect(throws: OperatorGate.Refusal.replayed) {
      try gate.admit(request, signature: signature, operators: operators, now: now)
    }
    let next = self.request(nonce: 2)
    #expect(throws: Never.self) {
      try gate.admit(next, signature: next.signed(by: key), operators: operators, now: now)
    }
  }

  @Test func `a replay is refused until the request is stale by itself`() throws {
    let gate = OperatorGate(startedAt: Timestamp(milliseconds: 0))
    let request = request(at: 1_030_000)
    let signature = try request.signed(by: key)
    try gate.admit(request, signature: signature, operators: operators, now: now)
    for later in stride(from: Int64(0), through: 60_000, by: 10_000) {
      #expect(throws: OperatorGate.Refusal.replayed) {
        try gate.admit(
          request, signature: signature, operators: operators,
          now: now.advanced(byMilliseconds: later))
      }
    }
    #expect(throws: OperatorGate.Refusal.stale(limitMilliseconds: 30_000)) {
      try gate.admit(
        request, signature: signature, operators: operators,
        now: now.advanced(byMilliseconds: 60_001))
    }
  }

  @Test(arguments: [969_999, 1_030_001] as [Int64])
  func `a request from another time is refused`(milliseconds: Int64) throws {
    let gate = OperatorGate(startedAt: Timestamp(milliseconds: 0))
    let request = request(at: milliseconds)
    #expect(throws: OperatorGate.Refusal.stale(limitMilliseconds: 30_000)) {
      try gate.admit(request, signature: request.signed(by: key), operators: operators, now: now)
    }
  }

  @Test func `a request from before the start is refused, for an earlier process may have seen it`()
    throws
  {
    let gate = OperatorGate(startedAt: now)
    let request = request(at: 999_999)
    #expect(throws: OperatorGate.Refusal.stale(limitMilliseconds: 30_000)) {
      try gate.admit(request, signature: request.signed(by: key), operators: operators, now: now)
    }
  }

  @Test func `any change under the signature is refused and costs nothing`() throws {
    let gate = OperatorGate(startedAt: Timestamp(milliseconds: 0))
    let signed = request()
    let signature = try signed.signed(by: key)
    var other = signed
    other.target = "POST /operator/reviews"
    var body = signed
    body.bodyDigest = SHA256.hash(Array("{ }".utf8))
    for request in [other, body] {
      #expect(throws: OperatorGate.Refusal.badSignature) {
        try gate.admit(request, signature: signature, operators: operators, now: now)
      }
    }
    #expect(throws: OperatorGate.Refusal.unknownOperator("mallory")) {
      try gate.admit(
        request(name: "mallory"), signature: signature, operators: operators, now: now)
    }
    #expect(throws: Never.self) {
      try gate.admit(signed, signature: signature, operators: operators, now: now)
    }
  }
}
