import Bitcoin
import Descriptors
import Money
import SignerProtocol
import Signing
import Statements
import Testing

@Suite struct SignerRefusalTests {
  typealias F = SigningFixture

  /// What an attacker changes in a request, and how the signer must call it.
  struct Attack: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let code: SignerRefusal.Code
    let change: @Sendable (inout SigningRequest) throws -> Void

    init(
      _ name: String, _ code: SignerRefusal.Code,
      _ change: @escaping @Sendable (inout SigningRequest) throws -> Void
    ) {
      testDescription = name
      self.code = code
      self.change = change
    }
  }

  /// Changes the transaction and puts it back.
  static func edit(
    _ request: inout SigningRequest, _ change: (inout Transaction) throws -> Void
  ) throws {
    var transaction = try Transaction(parsing: request.transaction)
    try change(&transaction)
    request.transaction = transaction.bytes
  }

  static let attacks: [Attack] = [
    Attack("release altered after the guard signed it", .releaseSignature) {
      $0.payments[0].release.statement.amountUnits += 1
    },
    Attack("release signed by another key", .releaseSignature) {
      $0.payments[0] = F.payment($0.payments[0].release.statement, guardKey: F.key(66))
    },
    Attack("release of another asset", .releaseTerms) {
      var release = $0.payments[0].release.statement
      release.asset = "LTC"
      $0.payments[0] = F.payment(release)
    },
    Attack("release that has expired", .releaseTerms) {
      var release = $0.payments[0].release.statement
      release.expiresAtMilliseconds = F.now.milliseconds
      $0.payments[0] = F.payment(release)
    },
    Attack("release from the future", .releaseTerms) {
      var release = $0.payments[0].release.statement
      release.releasedAtMilliseconds = F.now.milliseconds + 3_600_000
      $0.payments[0] = F.payment(release)
    },
    Attack("no release at all", .unexplainedOutput) { $0.payments = [] },
    Attack("customer signature by somebody else", .customerSignature) {
      $0.payments[0].customerSignature =
        F.payment(
          $0.payments[0].release.statement, customer: F.bob
        ).customerSignature
    },
    Attack("customer signed for another address", .customerSignature) {
      var other = $0.payments[0].release.statement
      other.address = F.address(9)
      $0.payments[0].customerSignature = F.payment(other).customerSignature
    },
    Attack("customer signature of an older entry", .customerSignature) {
      $0.payments[0].authority = .address(nonce: 0)
    },
    Attack("amount raised in the output", .unexplainedOutput) {
      try edit(&$0) {
        $0.outputs[0].value += 1
        $0.outputs[1].value -= 1
      }
    },
    Attack("output to another script", .unexplainedOutput) {
      try edit(&$0) {
        $0.outputs[0].script = .payToWitness(version: 0, program: [UInt8](repeating: 9, count: 20))
      }
    },
    Attack("extra output that no release explains", .unexplainedOutput) {
      $0.outputs.append(.payment(1))
      try edit(&$0) {
        $0.outputs[1].value -= 5000
        $0.outputs.append(TransactionOutput(value: 5000, script: $0.outputs[0].script))
      }
    },
    Attack("extra output that shares a release", .unexplainedOutput) {
      $0.outputs.append(.payment(0))
      try edit(&$0) {
        $0.outputs[1].value -= 300_000
        $0.outputs.append($0.outputs[0])
      }
    },
    Attack("change to a foreign script", .foreignChange) {
      try edit(&$0) {
        $0.outputs[1].script = .payToWitness(version: 0, program: [UInt8](repeating: 9, count: 32))
      }
    },
    Attack("change to the deposit branch", .foreignChange) {
      try edit(&$0) {
        $0.outputs[1].script = try F.descriptor.script(branch: 0, index: 5).scriptPubKey
      }
    },
    Attack("change where nobody would look for it", .foreignChange) {
      $0.outputs[1] = .change(160_000)
      try edit(&$0) {
        $0.outputs[1].script = try F.descriptor.script(branch: 1, index: 160_000).scriptPubKey
      }
    },
    Attack("change at another index than said", .foreignChange) { $0.outputs[1] = .change(6) },
    Attack("fee above the absolute ceiling", .feeTooHigh) {
      try edit(&$0) { $0.outputs[1].value -= 30_000 }
    },
    Attack("fee above the rate ceiling", .feeTooHigh) {
      var release = $0.payments[0].release.statement
      release.maximumNetworkFeeUnits = 19_000
      $0.payments[0] = F.payment(release)
      try edit(&$0) { $0.outputs[1].value -= 15_500 }
    },
    Attack("fee above what the releases allow", .feeTooHigh) {
      var release = $0.payments[0].release.statement
      release.maximumNetworkFeeUnits = 1_999
      $0.payments[0] = F.payment(release)
    },
    Attack("more out than in", .transactionForm) {
      try edit(&$0) { $0.outputs[1].value += 3_000 }
    },
    Attack("a lie about the amount of an input", .previousTransaction) {
      $0.inputs[0].previousTransaction = F.funding(0, value: 5_000_000).bytes
    },
    Attack("an input that is not ours", .foreignInput) {
      var foreign = F.funding(0)
      foreign.outputs[0].script = .payToWitness(
        version: 0, program: [UInt8](repeating: 9, count: 32))
      let id = foreign.id
      $0.inputs[0].previousTransaction = foreign.bytes
      try edit(&$0) { $0.inputs[0].outpoint = Outpoint(transaction: id, index: 0) }
    },
    Attack("a wrong place in the descriptor", .foreignInput) { $0.inputs[0].index = 1 },
    Attack("another version", .transactionForm) { try edit(&$0) { $0.version = 1 } },
    Attack("a lock time", .transactionForm) { try edit(&$0) { $0.lockTime = 100 } },
    Attack("a final sequence", .transactionForm) { try edit(&$0) { $0.inputs[0].sequence = .max } },
    Attack("bytes that are no transaction", .transactionForm) { $0.transaction = [1, 2, 3] },
    Attack("purposes left out", .transactionForm) { $0.outputs = [.payment(0)] },
  ]

  @Test func `the unchanged request is signed`() throws {
    let bench = try SignerBench()
    #expect(try bench.signer().refusal(F.usual) == nil)
  }

  @Test(arguments: F.wallets, attacks)
  func `a changed request is refused for the right reason`(
    wallet: Descriptor, attack: Attack
  ) throws {
    try F.$descriptor.withValue(wallet) {
      let bench = try SignerBench()
      let signer = try bench.signer()
      var request = F.usual
      try attack.change(&request)
      let before = signer.status
      #expect(signer.refusal(request) == attack.code)
      #expect(signer.status == before, "a refusal leaves no trace")
      #expect(signer.refusal(F.usual) == nil, "and does not stop honest work")
    }
  }

  @Test func `a customer's key once seen cannot be swapped`() throws {
    let bench = try SignerBench()
    let signer = try bench.signer()
    #expect(signer.refusal(F.usual) == nil)
    let release = F.release(2, account: 7, amount: 100_000, to: F.address(2))
    let swapped = F.request([F.payment(release, customer: F.bob)], coins: [1])
    #expect(signer.refusal(swapped) == .customerKeyChanged)
    #expect(signer.refusal(F.request([F.payment(release)], coins: [1])) == nil)
    try signer.forgetCustomerKey(of: 7)
    let later = F.release(3, account: 7, amount: 100_000, to: F.address(2))
    #expect(signer.refusal(F.request([F.payment(later, customer: F.bob)], coins: [2])) == nil)
  }

  @Test func `two keys for one account in one request are refused`() throws {
    let bench = try SignerBench()
    let request = F.request([
      F.payment(F.release(1, account: 7, amount: 100_000, to: F.address(1))),
      F.payment(F.release(2, account: 7, amount: 100_000, to: F.address(1)), customer: F.bob),
    ])
    #expect(try bench.signer().refusal(request) == .customerKeyChanged)
  }
}
