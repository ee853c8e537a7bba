import Bitcoin
import Cryptography
import Custody
import Descriptors
import Engine
import Journal
import Money
import Structures
import Synchronization

/// A clock that tests turn.
final class TestClock: Sendable {
  private let milliseconds: Mutex<Int64>

  init(_ start: Int64 = 1_800_000_000_000) { milliseconds = Mutex(start) }

  var now: Timestamp { Timestamp(milliseconds: milliseconds.withLock { $0 }) }

  func advance(_ by: Int64) { milliseconds.withLock { $0 += by } }
}

/// A configured exchange in a folder of its own, with keys that follow from seeds.
struct TestExchange {
  let folder: TestFolder
  let clock = TestClock()
  let sequencer: Sequencer
  let scripts: WalletScripts
  let dave: Ed25519.PrivateKey
  let erin: Ed25519.PrivateKey
  let guardKey: Ed25519.PrivateKey
  static let btc = AssetID(1)
  static let usdt = AssetID(2)

  init() async throws {
    folder = try TestFolder()
    dave = try Self.key(11)
    erin = try Self.key(12)
    guardKey = try Self.key(13)
    let clock = clock
    sequencer = try Sequencer.open(directory: folder.file("data"), clock: { clock.now })
    let descriptor = try Self.descriptor()
    scripts = try WalletScripts(descriptor: descriptor, lookAhead: 20)
    let committed = try await sequencer.submit(
      .configure(
        Self.configuration(
          descriptor: descriptor.text, dave: dave, erin: erin, guardKey: guardKey)))
    guard committed.refusal == nil else { throw Problem.refused(committed.refusal) }
  }

  enum Problem: Error { case refused(Refusal?) }

  static func key(_ seed: UInt8) throws -> Ed25519.PrivateKey {
    try Ed25519.PrivateKey(seed: SecretBytes(copying: [UInt8](repeating: seed, count: 32)))
  }

  static func descriptor() throws -> Descriptor {
    let keys = try (UInt8(1)...3).map { seed in
      let key = try ExtendedPrivateKey(
        seed: SecretBytes(copying: [UInt8](repeating: seed, count: 32)), network: .regtest)
      return "\(key.publicKey.text)/<0;1>/*"
    }
    return try Descriptor(
      parsing: "wsh(sortedmulti(2,\(keys.joined(separator: ","))))", network: .regtest)
  }

  static func configuration(
    descriptor: String, dave: Ed25519.PrivateKey, erin: Ed25519.PrivateKey,
    guardKey: Ed25519.PrivateKey
  ) -> ExchangeConfiguration {
    let limits = WithdrawalLimits(
      refuseAbove: Amount(units: 1_000_000_000), reviewAbove: Amount(units: 100_000_000),
      delayAbove: Amount(units: 50_000_000), delayMilliseconds: 60_000,
      customerHour: Amount(units: 1_000_000_000), customerDay: Amount(units: 1_000_000_000),
      assetHour: Amount(units: 10_000_000_000), assetDay: Amount(units: 10_000_000_000),
      countHour: 100, firstUseMilliseconds: 0)
    func asset(_ code: String, _ decimals: Int, _ rail: Asset.Rail) -> Asset {
      Asset(
        code: code, name: code, decimals: decimals, rail: rail,
        chain: rail == .bitcoin ? "BTC-Bitcoin" : "\(code)-Manual",
        minimumDeposit: Amount(units: 1000), minimumWithdrawal: Amount(units: 1000),
        withdrawalFee: Amount(units: 1000), depositConfirmations: 2, withdrawalConfirmations: 2,
        limits: limits)
    }
    return ExchangeConfiguration(
      assets: [asset("BTC", 8, .bitcoin), asset("USDT", 6, .manual)],
      instruments: [
        Instrument(
          symbol: "BTC-USDT", base: btc, quote: usdt, tickUnits: 100_000, lotUnits: 1000,
          minimumSize: Lots(1), maximumSize: Lots(1_000_000), makerFeePPM: 800, takerFeePPM: 1000,
          listedAt: Timestamp(milliseconds: 0))
      ],
      operators: [
        Operator(name: "dave", publicKey: dave.publicKey.bytes),
        Operator(name: "erin", publicKey: erin.publicKey.bytes),
      ], addressCoolingOffMilliseconds: 1000, credentialHoldMilliseconds: 0,
      walletDescriptor: descriptor, guardKey: guardKey.publicKey.bytes)
  }

  /// Opens an account and hands out its first deposit address.
  func customer(_ name: String) async throws -> (account: AccountID, address: String) {
    let opened = try await sequencer.submit(.openAccount(name: name))
    guard case .accountOpened(let account)? = opened.events.first else {
      throw Problem.refused(opened.refusal)
    }
    let index = try await sequencer.read { $0.nextDepositIndex }
    guard let address = try scripts.address(at: ScriptIndex(branch: .deposit, index: index)) else {
      throw Problem.refused(nil)
    }
    let assigned = try await sequencer.submit(
      .assignDepositAddress(
        account: account.id, asset: Self.btc, index: index, address: address))
    guard assigned.refusal == nil else { throw Problem.refused(assigned.refusal) }
    return (account.id, address)
  }
}
