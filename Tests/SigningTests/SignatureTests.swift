import Bitcoin
import Descriptors
import SignerProtocol
import Signing
import Testing

@Suite struct SignatureTests {
  typealias F = SigningFixture

  @Test(arguments: [[0, 1], [0, 2], [1, 2]])
  func `any two holders make a transaction that the script rules accept`(pair: [Int]) throws {
    let bench = try SignerBench()
    let request = F.request(
      [
        F.payment(F.release(1, account: 7, amount: 300_000, to: F.address(1))),
        F.payment(F.release(2, account: 8, amount: 500_000, to: F.address(2)), customer: F.bob),
      ], coins: [0, 3])
    var transaction = try Transaction(parsing: request.transaction)
    let answers = try pair.map { holder in
      let answer = try bench.signer(holder).answer(.sign(request))
      guard case .signed(let signed) = answer else {
        throw SignerRefusal(.internalFault, "\(answer)")
      }
      return signed
    }
    for (index, coin) in [UInt32(0), 3].enumerated() {
      let script = try F.descriptor.script(branch: 0, index: coin)
      let signatures = script.keys.compactMap { key in
        answers.map { $0.signatures[index] }.first { $0.publicKey == key.publicKey }?.signature
      }
      transaction.inputs[index].witness =
        [[]] + signatures + [try #require(script.witnessScript).bytes]
    }
    let spent = [0, 3].map { F.funding($0).outputs[0] }
    try SpendingTransaction(transaction, spending: spent).verify(flags: .standard)
    transaction.outputs[0].value += 1
    #expect(throws: ScriptError.self) {
      try SpendingTransaction(transaction, spending: spent).verify(flags: .standard)
    }
  }
}
