// swift-format-ignore-file: NeverUseForceTry, NeverForceUnwrap
// Fixed inputs of tests: what traps here is a wrong test.
import Bitcoin
import Cryptography
import SignerProtocol
import Signing
import Testing

/// A guard that is broken into says that a payout is lost, to have a customer paid twice.
@Suite struct SettlementTests {
  typealias F = SigningFixture

  private static let terms = FinalityTerms(blocks: 3, easiestBits: 0x207F_FFFF)

  static func policy(_ terms: FinalityTerms? = terms) -> SignerPolicy {
    var policy = F.policy
    policy.finality = terms
    return policy
  }

  static func pay(coins: [UInt32], fee: Int64 = 2_000) -> SigningRequest {
    SignerMemoryTests.pay(1, 300_000, coins: coins, fee: fee)
  }

  /// What takes the coin at `coin` elsewhere.
  private static func thief(_ coin: UInt32) -> Transaction {
    Transaction(
      inputs: [TransactionInput(outpoint: Outpoint(transaction: F.funding(coin).id, index: 0))],
      outputs: [
        TransactionOutput(
          value: 900_000, script: try! Address.parse(F.address(9), network: F.network))
      ])
  }

  private static let coinbase = Transaction(
    inputs: [TransactionInput(outpoint: .null)],
    outputs: [TransactionOutput(value: 0, script: Script([0x51]))])

  /// Shows that `transaction` is in a block among `others` with two blocks upon it.
  private static func proof(
    of transaction: Transaction, among others: Int = 4, first: Transaction = coinbase,
    upon parent: BlockHeader? = nil, bits: UInt32 = 0x207F_FFFF
  ) -> FinalityProof {
    let crowd = (0..<others).map { F.funding(UInt32(50 + $0)) }
    let transactions = [first] + crowd + [transaction]
    let leaves = transactions.map(\.id.bytes)
    var headers: [BlockHeader] = []
    for number in 0..<3 {
      var header = BlockHeader(
        version: 4,
        previous: (headers.last ?? parent)?.hash
          ?? BlockHash(bytes: [UInt8](repeating: 0, count: 32))!,
        merkleRoot: Digest256(MerkleTree.root(leaves).root)!,
        time: (parent?.time ?? 0) + 600 * UInt32(number + 1), bits: bits, nonce: 0)
      while !header.hasProofOfWork { header.nonce += 1 }
      headers.append(header)
    }
    func member(_ position: Int) -> FinalityProof.Member {
      FinalityProof.Member(
        transaction: transactions[position].bytesWithoutWitness,
        branch: MerkleTree.branch(to: position, of: leaves))
    }
    return FinalityProof(
      member: member(transactions.count - 1), position: UInt32(transactions.count - 1),
      coinbase: member(0), headers: headers.map(\.bytes))
  }

  private func code(_ answer: SignerAnswer) -> SignerRefusal.Code? {
    if case .refused(let refusal) = answer { refusal.code } else { nil }
  }

  @Test func `a withdrawal is paid again when a final transaction took the first one's coin`()
    throws
  {
    let bench = try SignerBench()
    let signer = try bench.signer(policy: Self.policy())
    #expect(signer.refusal(Self.pay(coins: [0])) == nil)
    #expect(signer.refusal(Self.pay(coins: [1])) == .alreadyPaid)
    #expect(code(signer.answer(.settle(Self.proof(of: Self.thief(0))))) == nil)
    #expect(signer.refusal(SignerMemoryTests.pay(1, 300_001, coins: [1])) == .alreadyPaid)
    #expect(signer.refusal(Self.pay(coins: [1])) == nil)
    #expect(signer.refusal(Self.pay(coins: [2])) == .alreadyPaid, "only the first one is dead")
    #expect(
      signer.status.budgetHour == F.limits.budgetHour - 2 * 302_000, "what is paid anew is charged")
  }

  @Test func `a signer that starts again knows it still`() throws {
    let bench = try SignerBench()
    var signer: Signer? = try bench.signer(policy: Self.policy())
    #expect(signer?.refusal(Self.pay(coins: [0])) == nil)
    let proof = Self.proof(of: Self.thief(0))
    #expect(code(try #require(signer?.answer(.settle(proof)))) == nil)
    let position = signer?.status.position
    #expect(code(try #require(signer?.answer(.settle(proof)))) == nil)
    #expect(signer?.status.position == position, "once is enough")
    signer = nil
    signer = try bench.signer(policy: Self.policy())
    #expect(signer?.refusal(Self.pay(coins: [1])) == nil)
  }

  @Test
  func `coins of a version that lost are free for other payments, those of the final one not`()
    throws
  {
    let bench = try SignerBench()
    let signer = try bench.signer(policy: Self.policy())
    let old = Self.pay(coins: [0])
    #expect(signer.refusal(old) == nil)
    #expect(signer.refusal(Self.pay(coins: [0, 1], fee: 4_000)) == nil)
    let other = SignerMemoryTests.pay(2, 200_000, coins: [1])
    #expect(signer.refusal(other) == .alreadyPaid)
    let final = try Transaction(parsing: old.transaction)
    #expect(code(signer.answer(.settle(Self.proof(of: final)))) == nil)
    #expect(signer.refusal(other) == nil)
    #expect(signer.refusal(SignerMemoryTests.pay(3, 200_000, coins: [0])) == .alreadyPaid)
    #expect(signer.refusal(Self.pay(coins: [2])) == .alreadyPaid, "the withdrawal is paid")
  }

  @Test func `what is not shown to be final changes nothing`() throws {
    let bench = try SignerBench()
    let good = Self.proof(of: Self.thief(0))
    func bad(_ change: (inout FinalityProof) -> Void) -> FinalityProof {
      var proof = good
      change(&proof)
      return proof
    }
    var unrelated = Self.proof(of: Self.thief(3)).headers
    unrelated[0] = good.headers[0]
    // An inner node of the tree as if it were a leaf: one level less than the first transaction has.
    let rows: [(String, FinalityProof)] = [
      ("too few blocks", bad { $0.headers.removeLast() }),
      ("none", bad { $0.headers = [] }),
      ("not in a row", bad { $0.headers.swapAt(1, 2) }),
      ("another chain's", bad { $0.headers = unrelated }),
      (
        "no work",
        bad {
          $0.headers[2][76] ^= 0xFF; while Self.hasWork($0.headers[2]) { $0.headers[2][77] &+= 1 }
        }
      ),
      ("another transaction", bad { $0.member.transaction = Self.thief(4).bytes }),
      ("another place", bad { $0.position -= 1 }),
      ("a place beyond the tree", bad { $0.position += 1 << 20 }),
      ("a shorter way", bad { $0.member.branch.removeLast() }),
      ("another way", bad { $0.member.branch[1][0] ^= 1 }),
      ("without the first transaction", bad { $0.coinbase = $0.member }),
      (
        "under another first transaction",
        Self.proof(of: Self.thief(0), first: F.funding(40))
      ),
      ("with rubbish behind it", bad { $0.member.transaction += [0] }),
    ]
    let signer = try bench.signer(policy: Self.policy())
    #expect(signer.refusal(Self.pay(coins: [0])) == nil)
    for (name, proof) in rows {
      #expect(code(signer.answer(.settle(proof))) == .notFinal, "\(name)")
      #expect(signer.refusal(Self.pay(coins: [1])) == .alreadyPaid, "\(name)")
    }
    let careful = try bench.signer(
      1, policy: Self.policy(FinalityTerms(blocks: 3, easiestBits: 0x1F7F_FFFF)))
    #expect(code(careful.answer(.settle(good))) == .notFinal, "too easy")
    let untold = try bench.signer(2, policy: Self.policy(nil))
    #expect(code(untold.answer(.settle(good))) == .notFinal, "no terms")
  }

  private static func hasWork(_ header: [UInt8]) -> Bool {
    try! BlockHeader(parsing: header).hasProofOfWork
  }

  @Test func `only as many blocks need the work as make it final`() throws {
    let bench = try SignerBench()
    var proof = Self.proof(of: Self.thief(0))
    repeat { proof.headers[2][76] &+= 1 } while Self.hasWork(proof.headers[2])
    for (holder, blocks, wanted): (Int, Int, SignerRefusal.Code?) in [
      (0, 2, nil), (1, 3, .notFinal),
    ] {
      let signer = try bench.signer(
        holder, policy: Self.policy(FinalityTerms(blocks: blocks, easiestBits: 0x207F_FFFF)))
      #expect(signer.refusal(Self.pay(coins: [0])) == nil)
      #expect(code(signer.answer(.settle(proof))) == wanted)
    }
  }

  @Test func `where headers are followed, work beside the chain shows nothing`() throws {
    let bench = try SignerBench()
    var policy = Self.policy()
    policy.headers = MadeUpHeaders.terms
    let signer = try bench.signer(policy: policy)
    func take(_ headers: [[UInt8]]) -> SignerRefusal.Code? {
      code(signer.answer(.headers(ChainNews(headers: headers))))
    }
    let chain = MadeUpHeaders.chain(16)
    #expect(take(chain.map(\.bytes)) == nil)
    #expect(signer.refusal(Self.pay(coins: [0])) == nil)
    #expect(code(signer.answer(.settle(Self.proof(of: Self.thief(0))))) == .notFinal)
    let proof = Self.proof(of: Self.thief(0), upon: chain[15])
    #expect(code(signer.answer(.settle(proof))) == .notFinal, "not known yet")
    #expect(signer.refusal(Self.pay(coins: [1])) == .alreadyPaid)
    #expect(take(proof.headers) == nil)
    #expect(code(signer.answer(.settle(proof))) == nil)
    #expect(signer.refusal(Self.pay(coins: [1])) == nil)
  }

  @Test func `what has nothing to do with its own transactions is not kept`() throws {
    let bench = try SignerBench()
    let signer = try bench.signer(policy: Self.policy())
    let position = signer.status.position
    #expect(code(signer.answer(.settle(Self.proof(of: Self.thief(0))))) == nil)
    #expect(signer.status.position == position)
    #expect(signer.refusal(Self.pay(coins: [0])) == nil)
    #expect(code(signer.answer(.settle(Self.proof(of: Self.thief(3))))) == nil)
    #expect(signer.refusal(Self.pay(coins: [1])) == .alreadyPaid)
  }

  @Test func `two transactions of which only one can be final are not both believed`() throws {
    let bench = try SignerBench()
    let signer = try bench.signer(policy: Self.policy())
    let own = Self.pay(coins: [0])
    #expect(signer.refusal(own) == nil)
    let final = try Transaction(parsing: own.transaction)
    #expect(code(signer.answer(.settle(Self.proof(of: final)))) == nil)
    #expect(code(signer.answer(.settle(Self.proof(of: Self.thief(0))))) == .notFinal)
    #expect(signer.refusal(Self.pay(coins: [1])) == .alreadyPaid)
  }

  @Test func `what a signer promised never to sign it never signs`() throws {
    let bench = try SignerBench()
    var signer: Signer? = try bench.signer(policy: Self.policy())
    let request = Self.pay(coins: [0])
    let id = try Transaction(parsing: request.transaction).id
    #expect(code(try #require(signer?.answer(.withdraw(transaction: id.bytes)))) == nil)
    #expect(signer?.refusal(request) == .withdrawn)
    signer = nil
    signer = try bench.signer(policy: Self.policy())
    #expect(signer?.refusal(request) == .withdrawn)
    #expect(signer?.refusal(Self.pay(coins: [0], fee: 3_000)) == nil, "another one it signs")
  }

  @Test func `what it has signed it does not promise not to`() throws {
    let bench = try SignerBench()
    let signer = try bench.signer(policy: Self.policy())
    let request = Self.pay(coins: [0])
    #expect(signer.refusal(request) == nil)
    let id = try Transaction(parsing: request.transaction).id
    #expect(code(signer.answer(.withdraw(transaction: id.bytes))) == .alreadySigned)
    #expect(code(signer.answer(.withdraw(transaction: [1, 2]))) == .malformedRequest)
    #expect(signer.refusal(Self.pay(coins: [1])) == .alreadyPaid)
  }

  @Test func `a frozen signer promises too`() throws {
    let bench = try SignerBench()
    let signer = try bench.signer(policy: Self.policy())
    try signer.freeze(reason: "a drill")
    let id = try Transaction(parsing: Self.pay(coins: [0]).transaction).id
    #expect(code(signer.answer(.withdraw(transaction: id.bytes))) == nil)
  }
}
