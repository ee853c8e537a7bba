import Bitcoin
import Cryptography
import Structures

/// A block of the size and the mix of a full one on the main network.
///
/// Not a valid one: its signatures are noise and its inputs spend what never was. Parsing, hashing,
/// and looking up its scripts take as long as for a real one.
struct SyntheticBlock {
  let block: Block
  /// How many outputs pay to the scripts handed in.
  let hits: Int

  /// - Parameters:
  ///   - weight: Weight units that are not exceeded.
  ///   - own: Scripts that one output in `every` pays to.
  init(weight: Int = Consensus.maximumBlockWeight, own: [Script], every: Int, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var transactions: [Transaction] = []
    var hits = 0
    var outputCount = 0
    func noise(_ count: Int) -> [UInt8] {
      var bytes: [UInt8] = []
      bytes.reserveCapacity(count + 8)
      while bytes.count < count {
        var word = random.next()
        for _ in 0..<8 {
          bytes.append(UInt8(truncatingIfNeeded: word))
          word >>= 8
        }
      }
      return Array(bytes.prefix(count))
    }
    func foreign() -> Script {
      switch UInt64.random(in: 0..<20, using: &random) {
      case ..<11: .payToWitness(version: 0, program: noise(20))
      case ..<14: .payToTaproot(outputKey: noise(32))
      case ..<16: .payToWitness(version: 0, program: noise(32))
      case ..<18: .payToPublicKeyHash(noise(20))
      default: .payToScriptHash(noise(20))
      }
    }
    func script() -> Script {
      outputCount += 1
      guard !own.isEmpty, outputCount.isMultiple(of: every) else { return foreign() }
      hits += 1
      return own[hits % own.count]
    }
    func input() -> TransactionInput {
      let outpoint = Outpoint(
        transaction: TransactionID(bytes: noise(32)) ?? .zero,
        index: .random(in: 0..<4, using: &random))
      return switch UInt64.random(in: 0..<10, using: &random) {
      case ..<5: TransactionInput(outpoint: outpoint, witness: [noise(71), noise(33)])
      case ..<7: TransactionInput(outpoint: outpoint, witness: [noise(64)])
      case ..<9:
        TransactionInput(outpoint: outpoint, witness: [[], noise(71), noise(72), noise(105)])
      default: TransactionInput(outpoint: outpoint, scriptSig: Script(noise(107)))
      }
    }
    let coinbase = Transaction(
      inputs: [
        TransactionInput(
          outpoint: .null, scriptSig: Script([3, 1, 2, 3]),
          witness: [[UInt8](repeating: 0, count: 32)])
      ],
      outputs: [TransactionOutput(value: 312_500_000, script: foreign())])
    // The header, the count, and the coinbase with the commitment to come.
    var left = weight - 4 * 83 - coinbase.weight - 4 * 47
    while true {
      let transaction = Transaction(
        inputs: (0..<Int.random(in: 1...4, using: &random)).map { _ in input() },
        outputs: (0..<Int.random(in: 1...4, using: &random)).map { _ in
          TransactionOutput(value: .random(in: 546...10_000_000, using: &random), script: script())
        })
      left -= transaction.weight
      if left < 0 { break }
      transactions.append(transaction)
    }
    var first = coinbase
    first.outputs.append(
      Block.witnessCommitmentOutput(Block.witnessCommitment(over: [coinbase] + transactions)))
    transactions.insert(first, at: 0)
    var header = BlockHeader(
      version: 0x2000_0000, previous: .zero, merkleRoot: .zero, time: 1_760_000_000,
      bits: 0x207F_FFFF, nonce: 0)
    let root = MerkleTree.root(transactions.map(\.id.bytes)).root
    if let root = Digest256(root) { header.merkleRoot = root }
    block = Block(header: header, transactions: transactions)
    self.hits = hits
  }
}
