import Bitcoin
import Cryptography
import Devnet
import JSON
import Testing
import Wire

/// A person with one key, who signs P2WPKH spends.
struct Customer {
  let key: SecretBytes
  let publicKey: [UInt8]
  let script: Script
  let address: String

  init(_ name: String) throws {
    key = try SecretBytes(copying: SHA256.hash(Array(name.utf8)))
    publicKey = try Secp256k1.publicKey(from: key)
    script = .payToWitnessPublicKeyHash(of: publicKey)
    address = try #require(Address.text(for: script, network: .regtest))
  }

  /// Signs every input of `transaction`, each of which spends one of `outputs` of this customer.
  func sign(_ transaction: Transaction, spending outputs: [TransactionOutput]) throws -> Transaction
  {
    var signed = transaction
    for (index, output) in outputs.enumerated() {
      let digest = Sighash.segwitV0(
        transaction, input: index,
        scriptCode: .payToPublicKeyHash(Hash160.hash(publicKey)), value: output.value, type: 1)
      signed.inputs[index].witness = [try Secp256k1.signECDSA(digest, with: key) + [1], publicKey]
    }
    return signed
  }
}

/// A devnet with a clock that the test turns, and a hundred blocks upon the coins of alice.
struct Fixture {
  var node: DevnetNode
  var now: Int64 = 1_700_000_000
  let alice: Customer
  let bob: Customer
  /// Miner of every block but the first ones.
  let miner: Customer

  /// - Parameter coins: How many mature coins of 50 BTC alice has.
  init(coins: Int = 1) throws {
    node = DevnetNode(startTime: now)
    alice = try Customer("alice")
    bob = try Customer("bob")
    miner = try Customer("miner")
    try mine(coins, to: alice)
    try mine(100)
  }

  mutating func call(_ method: String, _ params: JSON...) throws(RPCError) -> JSON {
    try node.call(method, .array(params), now: now)
  }

  @discardableResult
  mutating func mine(_ count: Int, to customer: Customer? = nil) throws -> [String] {
    now += 600
    let hashes = try call(
      "generatetoaddress", .integer(count), .string((customer ?? miner).address))
    return try #require(hashes.array).compactMap(\.string)
  }

  /// The coin of alice in the block at `height`.
  func coin(_ height: Int = 1) throws -> (outpoint: Outpoint, output: TransactionOutput) {
    let coinbase = node.chain.entry(at: height).block.transactions[0]
    return (Outpoint(transaction: coinbase.id, index: 0), coinbase.outputs[0])
  }

  /// A signed payment of a coin of alice.
  func payment(
    _ satoshis: Int64, of height: Int = 1, to script: Script? = nil, sequence: UInt32 = 0xFFFF_FFFD,
    lockTime: UInt32 = 0, fee: Int64 = 1000
  ) throws -> Transaction {
    let (outpoint, output) = try coin(height)
    let change = output.value - satoshis - fee
    var outputs = [TransactionOutput(value: satoshis, script: script ?? bob.script)]
    if change > 0 { outputs.append(TransactionOutput(value: change, script: alice.script)) }
    return try alice.sign(
      Transaction(
        inputs: [TransactionInput(outpoint: outpoint, sequence: sequence)], outputs: outputs,
        lockTime: lockTime),
      spending: [output])
  }

  mutating func send(_ transaction: Transaction) throws(RPCError) -> String? {
    try call("sendrawtransaction", .string(Hex.text(transaction.bytes))).string
  }

  /// Code and message of the refusal of `transaction`.
  mutating func refusal(_ transaction: Transaction) -> RPCError? {
    do throws(RPCError) {
      _ = try send(transaction)
      return nil
    } catch {
      return error
    }
  }

  mutating func mempool() throws -> Set<String> {
    Set(try call("getrawmempool").array?.compactMap(\.string) ?? [])
  }
}
