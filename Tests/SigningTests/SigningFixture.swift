// swift-format-ignore-file: NeverUseForceTry, NeverForceUnwrap
// Fixed inputs of tests: what traps here is a wrong test.
import Bitcoin
import Cryptography
import Descriptors
import Foundation
import Logbook
import Money
import SignerProtocol
import Signing
import Statements
import Synchronization

/// A wallet of three holders, a guard, two customers, and coins to pay them from.
struct SigningFixture: Sendable {
  static let network = Network.regtest
  static let guardKey = key(100)
  static let alice = key(101)
  static let bob = key(102)
  /// The time of the running test.
  @TaskLocal static var now = Timestamp(milliseconds: 1_700_000_000_000)

  static let holders: [HolderKey] = (1...3).map { seed in
    let passphrase = try! SecretBytes(copying: Array("correct horse battery".utf8))
    let file = try! KeyFile.sealHolder(
      seed: SecretBytes(copying: [UInt8](repeating: UInt8(seed), count: 32)), network: network,
      label: "holder-\(seed)", created: now, passphrase: passphrase, cost: .interactive)
    return try! file.openHolder(passphrase: passphrase)
  }

  /// A holder's key of one's own, which may be wiped.
  static func openHolder(_ number: Int) -> HolderKey {
    let holder = holders[number]
    return HolderKey(
      network: holder.network, origin: holder.origin,
      account: try! ExtendedPrivateKey(parsing: holder.account.revealedText()))
  }

  /// The wallets that signers are asked to sign for: a plain multisig and both forms of a hot wallet
  /// that decays.
  static let wallets: [Descriptor] = [
    multisig, decaying.descriptor(.wsh), decaying.descriptor(.tr),
  ]

  static let multisig = try! Descriptor(
    multisigOf: 2,
    keys: holders.map {
      try! KeyExpression(
        origin: $0.origin, account: $0.account.publicKey,
        branches: [ChildNumber(0)!, ChildNumber(1)!])
    }, network: network)

  static let decaying: DecayingPolicy = {
    func strangers(_ seeds: ClosedRange<UInt8>) -> [DecayingPolicy.Key] {
      seeds.map { seed in
        let root = try! ExtendedPrivateKey(
          seed: SecretBytes(copying: [UInt8](repeating: seed, count: 32)), network: network)
        return DecayingPolicy.Key(origin: nil, account: root.publicKey)
      }
    }
    return try! DecayingPolicy(
      keys: [
        .holder: holders.map {
          DecayingPolicy.Key(origin: $0.origin, account: $0.account.publicKey)
        }, .backup: strangers(21...23), .council: strangers(31...35),
      ], tiers: DecayingPolicy.hotTiers(threshold: 2, councilThreshold: 3))
  }()

  /// The wallet of the running test.
  @TaskLocal static var descriptor = multisig

  static let limits = SigningLimits(
    perTransaction: 2_000_000, budgetHour: 3_000_000, budgetDay: 5_000_000, networkFee: 20_000,
    feeRateSatsPerVByte: 50)

  static var policy: SignerPolicy {
    SignerPolicy(
      network: network, asset: "BTC", chain: "BTC-Bitcoin", descriptor: descriptor,
      guardKey: guardKey.publicKey.bytes, limits: limits)
  }

  static func key(_ seed: UInt8) -> Ed25519.PrivateKey {
    try! Ed25519.PrivateKey(seed: SecretBytes(copying: [UInt8](repeating: seed, count: 32)))
  }

  /// An address of somebody else.
  static func address(_ number: UInt8) -> String {
    Address.text(
      for: .payToWitness(version: 0, program: [UInt8](repeating: number, count: 20)),
      network: network)!
  }

  /// A transaction that pays `value` to the wallet at `index` of the deposit branch.
  static func funding(_ index: UInt32, value: Int64 = 1_000_000) -> Transaction {
    Transaction(
      inputs: [
        TransactionInput(
          outpoint: Outpoint(
            transaction: TransactionID(bytes: [UInt8](repeating: 0xAA, count: 32))!, index: index))
      ],
      outputs: [
        TransactionOutput(
          value: value, script: try! descriptor.script(branch: 0, index: index).scriptPubKey)
      ])
  }

  static func release(
    _ withdrawal: UInt64, account: UInt64, amount: Int64, to address: String
  ) -> Release {
    Release(
      withdrawal: withdrawal, account: account, asset: "BTC", chain: "BTC-Bitcoin",
      address: address, amountUnits: amount, maximumNetworkFeeUnits: 10_000,
      releasedAtMilliseconds: now.milliseconds - 1000,
      expiresAtMilliseconds: now.milliseconds + 48 * 3_600_000)
  }

  static func payment(
    _ release: Release, customer: Ed25519.PrivateKey = alice,
    guardKey: Ed25519.PrivateKey = guardKey
  ) -> SigningRequest.Payment {
    let statement = AddressStatement(
      account: release.account, asset: release.asset, chain: release.chain,
      address: release.address, nonce: 1)
    return SigningRequest.Payment(
      release: try! Signed(release, by: guardKey), authority: .address(nonce: 1),
      customerKey: customer.publicKey.bytes, customerSignature: try! statement.signed(by: customer))
  }

  /// A transaction from the coins at `coins` that pays `payments` and returns the rest less `fee` to the
  /// place `back` of the change branch.
  static func request(
    _ payments: [SigningRequest.Payment], coins: [UInt32] = [0], fee: Int64 = 2_000,
    back: UInt32 = 5
  ) -> SigningRequest {
    let sources = coins.map { funding($0) }
    let inputs = sources.map {
      TransactionInput(outpoint: Outpoint(transaction: $0.id, index: 0), sequence: 0xFFFF_FFFD)
    }
    var outputs = payments.map {
      TransactionOutput(
        value: $0.release.statement.amountUnits,
        script: try! Address.parse($0.release.statement.address, network: network))
    }
    var purposes = payments.indices.map { SigningRequest.Purpose.payment(UInt32($0)) }
    let change =
      sources.reduce(0) { $0 + $1.outputs[0].value } - outputs.reduce(0) { $0 + $1.value } - fee
    if change > 0 {
      outputs.append(
        TransactionOutput(
          value: change, script: try! descriptor.script(branch: 1, index: back).scriptPubKey))
      purposes.append(.change(back))
    }
    return SigningRequest(
      transaction: Transaction(inputs: inputs, outputs: outputs).bytes,
      inputs: zip(sources, coins).map {
        SigningRequest.Input(previousTransaction: $0.bytes, branch: 0, index: $1)
      }, outputs: purposes, payments: payments, knownPosition: nil)
  }

  static var usual: SigningRequest {
    request([payment(release(1, account: 7, amount: 300_000, to: address(1)))])
  }
}

extension DecayingPolicy {
  func descriptor(_ form: Form) -> Descriptor {
    try! descriptor(form: form, network: SigningFixture.network)
  }
}

/// A folder and a clock for one test.
final class SignerBench {
  let folder: String
  var record: String { folder + "/record" }
  var now = SigningFixture.now

  init() throws {
    folder = FileManager.default.temporaryDirectory.path + "/signer-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func signer(
    _ holder: Int = 0, policy: SignerPolicy = SigningFixture.policy
  ) throws -> Signer {
    try opened {
      try Signer(
        policy: policy, key: SigningFixture.openHolder(holder), recordPath: record + "\(holder)",
        clock: { [unowned self] in now })
    }
  }
}

/// Opens a record that this process may just have closed.
///
/// A child that another test starts has all files of this process, with their locks, until its own
/// program begins.
func opened(_ open: () throws -> Signer) throws -> Signer {
  let end = ContinuousClock.now.advanced(by: .seconds(120))
  while true {
    do { return try open() } catch SignerError.record(.inUse) where ContinuousClock.now < end {
      Thread.sleep(forTimeInterval: 0.01)
    }
  }
}

extension Signer {
  /// Why it refuses `request`, or `nil` when it signs.
  func refusal(_ request: SigningRequest) -> SignerRefusal.Code? {
    switch answer(.sign(request)) {
    case .signed: nil
    case .refused(let refusal): refusal.code
    case .status, .chain, .attested, .promised, .policyState: .internalFault
    }
  }
}
