import Bitcoin
import Cryptography
import Descriptors
import Structures

/// A spend with a random lock time, sequence, and part of the keys and preimages at hand.
struct TestSpend: MiniscriptAssets {
  private let spending: SpendingTransaction
  private let digest: [UInt8]
  private let isTapscript: Bool
  private let keys: Set<Int>
  private let preimages: Set<Int>

  private static let numbers: [[UInt8]: Int] = {
    var numbers: [[UInt8]: Int] = [:]
    for number in 1...255 {
      numbers[publicKey(number)] = number
      numbers[Array(publicKey(number).dropFirst())] = number
    }
    return numbers
  }()

  private static func privateKey(_ number: Int) throws -> SecretBytes {
    var bytes = [UInt8](repeating: 0, count: 32)
    bytes[31] = UInt8(number)
    return try SecretBytes(copying: bytes)
  }

  static func publicKey(_ number: Int) -> [UInt8] {
    guard let key = try? Secp256k1.publicKey(from: privateKey(number)) else { return [] }
    return key
  }

  static func preimage(_ number: Int) -> [UInt8] {
    [UInt8](repeating: UInt8(number + 1), count: 32)
  }

  /// A spend with random locks, keys and preimages.
  init(
    _ output: Script, _ random: inout SplitMix64,
    digest: (Transaction, [TransactionOutput]) -> [UInt8]
  ) {
    let share = Int.random(in: 1...4, using: &random)
    let sequences: [UInt32] = [0, 1, 144, 1008, 4_194_305, 0xFFFF_FFFE]
    let lockTimes: [UInt32] = [0, 100, 600, 1_700_000_000]
    self.init(
      output,
      sequence: sequences[Int.random(in: sequences.indices, using: &random)],
      lockTime: lockTimes[Int.random(in: lockTimes.indices, using: &random)],
      keys: Set((1...255).filter { _ in Int.random(in: 0..<4, using: &random) < share }),
      preimages: Set((0..<4).filter { _ in Bool.random(using: &random) }), digest: digest)
  }

  init(
    _ output: Script, sequence: UInt32, lockTime: UInt32 = 0, keys: Set<Int>,
    preimages: Set<Int> = [], digest: (Transaction, [TransactionOutput]) -> [UInt8]
  ) {
    let transaction = Transaction(
      version: 2,
      inputs: [
        TransactionInput(
          outpoint: Outpoint(
            transaction: .zero, index: 0),
          sequence: sequence)
      ],
      outputs: [TransactionOutput(value: 90_000, script: Script([0x51]))], lockTime: lockTime)
    let outputs = [TransactionOutput(value: 100_000, script: output)]
    spending = SpendingTransaction(transaction, spending: outputs)
    self.digest = digest(transaction, outputs)
    isTapscript = output.bytes.first == 0x51
    self.keys = keys
    self.preimages = preimages
  }

  func signature(by key: DerivedKey) -> [UInt8]? {
    guard let number = Self.numbers[key.publicKey], keys.contains(number) else { return nil }
    guard let secret = try? Self.privateKey(number) else { return nil }
    if isTapscript {
      return try? Secp256k1.signSchnorr(
        digest, with: secret, auxiliary: [UInt8](repeating: 0, count: 32))
    }
    return (try? Secp256k1.signECDSA(digest, with: secret)).map { $0 + [1] }
  }

  func preimage(of digest: [UInt8], under function: MiniscriptHash) -> [UInt8]? {
    preimages.sorted().map(Self.preimage).first { function.digest(of: $0) == digest }
  }

  func isOlder(_ required: UInt32) -> Bool {
    let sequence = spending.transaction.inputs[0].sequence
    guard sequence & RelativeLock.disabled == 0 else { return false }
    let isTime = RelativeLock.isTime
    guard sequence & isTime == required & isTime else { return false }
    return sequence & RelativeLock.valueMask >= required & RelativeLock.valueMask
  }

  func isAfter(_ required: UInt32) -> Bool {
    let lockTime = spending.transaction.lockTime
    let threshold: UInt32 = 500_000_000
    return (lockTime < threshold) == (required < threshold) && lockTime >= required
  }

  /// The policy read as plain logic, without any script.
  func meets(_ node: MiniscriptNode<DerivedKey>) -> Bool {
    func has(_ key: DerivedKey) -> Bool {
      Self.numbers[key.publicKey].map(keys.contains) ?? false
    }
    switch node {
    case .constant(let value): return value
    case .key(let key), .keyHash(let key): return has(key)
    case .older(let value): return isOlder(value)
    case .after(let value): return isAfter(value)
    case .hash(let function, let digest): return preimage(of: digest, under: function) != nil
    case .wrap(_, let x): return meets(x)
    case .join(.andV, let x, let y), .join(.andB, let x, let y): return meets(x) && meets(y)
    case .join(_, let x, let y): return meets(x) || meets(y)
    case .andOr(let x, let y, let z): return meets(x) && meets(y) || meets(z)
    case .threshold(let k, let parts): return parts.count(where: meets) >= k
    case .multi(let k, let keys), .multiA(let k, let keys): return keys.count(where: has) >= k
    }
  }

  func verify(witness: [[UInt8]]) throws {
    try SpendingTransaction(signed(witness), spending: spending.spentOutputs)
      .verify(flags: .standard)
  }

  func signed(_ witness: [[UInt8]]) -> Transaction {
    var transaction = spending.transaction
    transaction.inputs[0].witness = witness
    return transaction
  }
}
