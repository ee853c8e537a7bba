import Bitcoin
import Cryptography
import Descriptors
import Testing

/// A wallet with all its private keys.
struct Wallet {
  enum Policy {
    case hot(delays: [Int])
    case cold(delays: [Int])
  }

  let descriptor: Descriptor
  private var accounts: [KeyOrigin: ExtendedPrivateKey] = [:]

  init(_ policy: Policy, form: DecayingPolicy.Form) throws {
    let path = DerivationPath([48, 1, 0, 2].map { ChildNumber(rawValue: $0 | 1 << 31) })
    var accounts: [KeyOrigin: ExtendedPrivateKey] = [:]
    func keys(_ role: DecayingPolicy.Role, _ count: Int) throws -> [DecayingPolicy.Key] {
      try (1...count).map { number in
        let seed = SHA256.hash(Array("\(policy) \(role) \(number)".utf8))
        let root = try ExtendedPrivateKey(seed: SecretBytes(copying: seed), network: .regtest)
        let account = try root.descendant(path)
        let origin = KeyOrigin(fingerprint: root.fingerprint, path: path)
        accounts[origin] = account
        return DecayingPolicy.Key(origin: origin, account: account.publicKey)
      }
    }
    let decaying: DecayingPolicy
    switch policy {
    case .hot(let delays):
      decaying = try DecayingPolicy(
        keys: [
          .holder: try keys(.holder, 3), .backup: try keys(.backup, 3),
          .council: try keys(.council, 5),
        ],
        tiers: DecayingPolicy.hotTiers(
          threshold: 2, councilThreshold: 3, slotDelay: delays[0], councilDelay: delays[1]))
    case .cold(let delays):
      decaying = try DecayingPolicy(
        keys: [
          .holder: try keys(.holder, 5), .backup: try keys(.backup, 5),
          .trustee: try keys(.trustee, 3),
        ],
        tiers: DecayingPolicy.coldTiers(
          threshold: 3, joint: 2, trustees: 2, slotDelay: delays[0], jointDelay: delays[1],
          trusteeDelay: delays[2]))
    }
    descriptor = try decaying.descriptor(form: form, network: .regtest)
    self.accounts = accounts
  }

  /// The transaction that the `present` make of one coin when it is to be `age` blocks old, or `nil`
  /// when they cannot.
  func spend(
    _ outpoint: Outpoint, of value: Int64, at index: UInt32, to script: Script,
    by present: Set<KeyOrigin>, age: UInt32
  ) throws -> Transaction? {
    let derived = try descriptor.script(index: index)
    var transaction = Transaction(
      version: 2,
      inputs: [TransactionInput(outpoint: outpoint, sequence: age == 0 ? 0xFFFF_FFFD : age)],
      outputs: [TransactionOutput(value: value - 2000, script: script)])
    let spent = TransactionOutput(value: value, script: derived.scriptPubKey)
    if let witnessScript = derived.witnessScript, let miniscript = derived.miniscript {
      let digest = Sighash.segwitV0(
        transaction, input: 0, scriptCode: witnessScript, value: value,
        type: UInt32(SighashType.all.rawValue))
      let assets = try Assets(age: age, keys: miniscript.keys) { key in
        guard let secret = try secret(of: key, present) else { return nil }
        return try Secp256k1.signECDSA(digest, with: secret) + [SighashType.all.rawValue]
      }
      guard let items = miniscript.witness(from: assets) else { return nil }
      transaction.inputs[0].witness = items + [witnessScript.bytes]
      return transaction
    }
    let taproot = try #require(derived.taproot)
    for leaf in taproot.leaves {
      let digest = try #require(
        Sighash.taproot(
          transaction, input: 0, spentOutputs: [spent], type: .default,
          leaf: Sighash.Leaf(hash: leaf.hash)))
      let assets = try Assets(age: age, keys: leaf.miniscript.keys) { key in
        guard let secret = try secret(of: key, present) else { return nil }
        return try Secp256k1.signSchnorr(
          digest, with: secret, auxiliary: [UInt8](repeating: 0, count: 32))
      }
      guard let items = leaf.miniscript.witness(from: assets) else { continue }
      transaction.inputs[0].witness =
        items + [leaf.script.bytes, taproot.controlBlock(for: leaf)]
      return transaction
    }
    return nil
  }

  private func secret(of key: DerivedKey, _ present: Set<KeyOrigin>) throws -> SecretBytes? {
    let steps = key.origin.path.steps
    let origin = KeyOrigin(
      fingerprint: key.origin.fingerprint, path: DerivationPath(Array(steps.prefix(4))))
    guard present.contains(origin), let account = accounts[origin] else { return nil }
    return try account.descendant(DerivationPath(Array(steps.dropFirst(4)))).secret
  }

  private struct Assets: MiniscriptAssets {
    let age: UInt32
    private var signatures: [DerivedKey: [UInt8]] = [:]

    init(
      age: UInt32, keys: [DerivedKey], sign: (DerivedKey) throws -> [UInt8]?
    ) throws {
      self.age = age
      for key in keys { signatures[key] = try sign(key) }
    }

    func signature(by key: DerivedKey) -> [UInt8]? { signatures[key] }
    func preimage(of digest: [UInt8], under function: MiniscriptHash) -> [UInt8]? { nil }
    func isOlder(_ sequence: UInt32) -> Bool { sequence <= age }
    func isAfter(_ lockTime: UInt32) -> Bool { false }
  }
}
