import SignerProtocol
import Statements
import Wire

/// What guard and signer say to each other; the first byte is the type.
enum SignerProtocolTarget: FuzzTarget {
  static var seeds: [[UInt8]] {
    let release = Release(
      withdrawal: 9, account: 2, asset: "BTC", chain: "BTC-Bitcoin", address: "bcrt1qexample",
      amountUnits: 1000, maximumNetworkFeeUnits: 20, releasedAtMilliseconds: 1,
      expiresAtMilliseconds: 2)
    let signing = SigningRequest(
      transaction: [1, 2, 3], inputs: [.init(previousTransaction: [4], branch: 1, index: 77)],
      outputs: [.payment(0), .change(4)],
      payments: [
        .init(
          release: Signed(release, signature: [UInt8](repeating: 1, count: 64)),
          authority: .address(nonce: 5),
          customerKey: [UInt8](repeating: 3, count: 32),
          customerSignature: [UInt8](repeating: 4, count: 64))
      ],
      knownPosition: LogPosition(sequence: 12, hash: [UInt8](repeating: 8, count: 32)))
    let status = SignerStatus(
      fingerprint: [1, 2, 3, 4], policyID: [UInt8](repeating: 6, count: 32), frozen: "by erin",
      position: LogPosition(sequence: 3, hash: [UInt8](repeating: 5, count: 32)),
      budgetHour: 10, budgetDay: 100, perTransaction: 7, networkFee: 6, feeRateSatsPerVByte: 5)
    let signed = SigningAnswer(
      transaction: [UInt8](repeating: 1, count: 32),
      signatures: [.init(publicKey: [UInt8](repeating: 2, count: 33), signature: [0x30, 1, 1])],
      status: status)
    let id = [UInt8](repeating: 9, count: 32)
    let promise = NeverSigned(
      fingerprint: [1, 2, 3, 4], transaction: id, signature: [UInt8](repeating: 7, count: 64))
    let requests: [SignerRequest] = [
      .hello, .sign(signing), .freeze(reason: "stop"), .withdraw(transaction: id),
      .letGo(transaction: id, promises: [promise]),
    ]
    let answers: [SignerAnswer] = [
      .status(status), .signed(signed), .refused(SignerRefusal(.feeTooHigh, "too much")),
      .promised(promise),
    ]
    return requests.map { [$0.type.rawValue] + $0.payload }
      + answers.map { [$0.type.rawValue] + $0.payload }
  }

  static func check(_ input: [UInt8]) {
    guard let type = input.first else { return }
    let payload = Array(input.dropFirst())
    let request = accepted { () throws(WireError) in
      try SignerRequest(type: type, payload: payload)
    }
    if let request {
      require(
        request.type.rawValue == type && request.payload == payload,
        "a request is written as it was read")
    }
    let answer = accepted { () throws(WireError) in try SignerAnswer(type: type, payload: payload) }
    if let answer {
      require(
        answer.type.rawValue == type && answer.payload == payload,
        "an answer is written as it was read")
    }
  }
}
