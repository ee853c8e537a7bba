import Bitcoin
import Cryptography
import Descriptors
import Devnet
import JSON
import Liveness
import Testing
import Wire

/// The cells of the matrix, carried out under the chain's own rules: nobody spends before his tier,
/// and everybody whom the table names does in its block.
@Suite struct AbsenceOnChainTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let policy: Wallet.Policy
    let form: DecayingPolicy.Form
    /// Of the kinds of absence every so many-th is carried out.
    let step: Int
    var testDescription: String { "\(name) \(form)" }
  }

  static let cases: [Case] = DecayingPolicy.Form.allCases.flatMap { form in
    [
      Case(name: "hot", policy: .hot(delays: [4, 8]), form: form, step: 2),
      Case(name: "cold", policy: .cold(delays: [4, 8, 12]), form: form, step: 5),
    ]
  }

  /// One set of people for each way to fill the slots, whoever fills which, and each number of the
  /// others who are there.
  private func cells(of people: PolicyPeople) -> [Set<KeyOrigin>] {
    func fill(_ count: Int, from kind: Int) -> [[Int]] {
      if count == 0 { return [[]] }
      return (kind..<4).flatMap { kind in fill(count - 1, from: kind).map { [kind] + $0 } }
    }
    return fill(people.slots.count, from: 0).flatMap { kinds in
      (0...people.recovery.count).map { others in
        var present = Set(people.recovery.suffix(others))
        for (slot, kind) in zip(people.slots, kinds) {
          if kind & 1 == 1 { present.insert(slot.holder) }
          if kind & 2 == 2, let successor = slot.successor { present.insert(successor) }
        }
        return present
      }
    }
  }

  @Test(arguments: cases)
  func `each kind of absence spends in its block and not one before`(_ test: Case) throws {
    let wallet = try Wallet(test.policy, form: test.form)
    let matrix = try AbsenceMatrix(wallet.descriptor)
    let cells = cells(of: matrix.people).enumerated()
      .filter { $0.offset.isMultiple(of: test.step) }.map(\.element)
    var chain = try TestChain()
    let coins = try chain.fund(
      try cells.indices.map {
        try wallet.descriptor.script(index: UInt32($0)).scriptPubKey
      })
    var waiting: [(delay: UInt32, transaction: Transaction, people: String)] = []
    var refused = 0
    for (index, present) in cells.enumerated() {
      let opening = matrix.opening(for: present)
      let people = matrix.people.all.filter(present.contains).compactMap(matrix.people.name)
        .joined(separator: " ")
      for delay in matrix.delays {
        let transaction = try wallet.spend(
          coins[index], of: TestChain.value, at: UInt32(index), to: chain.script, by: present,
          age: delay)
        // Whoever can at one age can at all later ones, and could at none before.
        #expect((transaction != nil) == (opening.map { delay >= $0 } ?? false), "\(people)")
        if let transaction, delay == opening { waiting.append((delay, transaction, people)) }
      }
      if opening == nil { refused += 1 }
    }
    for delay in matrix.delays {
      let due = waiting.filter { $0.delay == delay }
      if delay > 0 {
        // The coins are in one block, and the next block is one too early.
        try chain.mine(until: chain.fundedHeight + Int(delay) - 2)
        for each in due {
          #expect(try chain.verdict(on: each.transaction) == "non-BIP68-final", "\(each.people)")
        }
        try chain.mine(until: chain.fundedHeight + Int(delay) - 1)
      }
      for each in due {
        #expect(try chain.verdict(on: each.transaction) == "accepted", "\(each.people)")
        try chain.send(each.transaction)
      }
    }
    try chain.mine(until: chain.height + 1)
    for each in waiting { #expect(try chain.isConfirmed(each.transaction), "\(each.people)") }
    print(
      "\(test.testDescription): \(waiting.count) sets of people spent in their block, \(refused) never"
    )
    #expect(waiting.count >= 40 && refused >= 3)
    #expect(Set(waiting.map(\.delay)) == Set(matrix.delays))
  }
}

/// The embedded chain, with somebody who has coins.
struct TestChain {
  /// Satoshis of each coin.
  static let value: Int64 = 100_000
  private static let now: Int64 = 1_760_000_000
  private var node = DevnetNode(startTime: now)
  private let secret: SecretBytes
  let script: Script
  private let address: String
  private(set) var fundedHeight = 0

  init() throws {
    secret = try SecretBytes(copying: SHA256.hash(Array("miner".utf8)))
    script = .payToWitnessPublicKeyHash(of: try Secp256k1.publicKey(from: secret))
    address = try #require(Address.text(for: script, network: .regtest))
  }

  private mutating func call(_ method: String, _ params: JSON) throws -> JSON {
    try node.call(method, params, now: Self.now)
  }

  var height: Int { node.chain.height }

  mutating func mine(until height: Int) throws {
    while self.height < height {
      _ = try call("generatetoaddress", [1, .string(address)])
    }
  }

  /// Pays one coin to each script, all in one block.
  mutating func fund(_ scripts: [Script]) throws -> [Outpoint] {
    try mine(until: 101)
    let coinbase = try #require(node.chain.entry(at: 1).block.transactions.first)
    var transaction = Transaction(
      version: 2,
      inputs: [
        TransactionInput(outpoint: Outpoint(transaction: coinbase.id, index: 0), sequence: 0)
      ],
      outputs: scripts.map { TransactionOutput(value: Self.value, script: $0) })
    let publicKey = try Secp256k1.publicKey(from: secret)
    transaction.outputs.append(
      TransactionOutput(
        value: coinbase.outputs[0].value - Int64(scripts.count) * Self.value - 100_000,
        script: script))
    let digest = Sighash.segwitV0(
      transaction, input: 0, scriptCode: .payToPublicKeyHash(Hash160.hash(publicKey)),
      value: coinbase.outputs[0].value, type: 1)
    transaction.inputs[0].witness = [
      try Secp256k1.signECDSA(digest, with: secret) + [1], publicKey,
    ]
    try send(transaction)
    try mine(until: height + 1)
    fundedHeight = height
    return scripts.indices.map { Outpoint(transaction: transaction.id, index: UInt32($0)) }
  }

  mutating func send(_ transaction: Transaction) throws {
    _ = try call("sendrawtransaction", [.string(Hex.text(transaction.bytes))])
  }

  mutating func verdict(on transaction: Transaction) throws -> String {
    let answer = try call(
      "testmempoolaccept", [.array([.string(Hex.text(transaction.bytes))])])
    let verdict = try #require(answer[0])
    if verdict["allowed"]?.bool == true { return "accepted" }
    return try #require(verdict["reject-reason"]?.string)
  }

  mutating func isConfirmed(_ transaction: Transaction) throws -> Bool {
    try call("gettxout", [.string(transaction.id.hex), 0, true])["confirmations"]?.integer ?? 0 > 0
  }
}
