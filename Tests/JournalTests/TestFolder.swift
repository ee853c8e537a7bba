import Engine
import Foundation
import Glibc
import Journal
import Money
import Risk
import Structures
import Synchronization

/// A folder that is removed when the last reference goes.
final class TestFolder: Sendable {
  let path: String

  init() {
    path = FileManager.default.temporaryDirectory.path + "/journal-" + UUID().uuidString
  }

  /// A folder that stays, for what another process does in it.
  init(at path: String) { self.path = path }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var segments: Segments { Segments(directory: path) }
  var reader: JournalReader { JournalReader(directory: path) }

  func bytes(of segment: Int) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: segments.path(segment))))
  }

  func replace(_ segment: Int, with bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: segments.path(segment)))
  }

  /// Paths of the snapshots, oldest first.
  func snapshots() throws -> [String] {
    let folder = path + "/snapshots"
    guard FileManager.default.fileExists(atPath: folder) else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".snapshot") }.sorted().map { folder + "/" + $0 }
  }

  func copy() throws -> TestFolder {
    let other = TestFolder()
    try FileManager.default.copyItem(atPath: path, toPath: other.path)
    return other
  }

  func open(
    _ options: SequencerOptions = .small, clock: TestClock = TestClock(), notes: Notes = Notes()
  ) throws -> Sequencer {
    try Sequencer.open(
      directory: path, options: options, clock: { clock.now() }, note: { notes.add($0) })
  }
}

extension SequencerOptions {
  /// Segments small enough that tests see many.
  static var small: SequencerOptions {
    var options = SequencerOptions()
    options.segmentBytes = 4096
    options.snapshotEvery = 0
    options.snapshotAtShutdown = false
    return options
  }

  /// Everything in one segment.
  static var single: SequencerOptions {
    var options = SequencerOptions.small
    options.segmentBytes = 1 << 16
    return options
  }
}

/// A clock that tests set; each reading is one millisecond later.
final class TestClock: Sendable {
  private let milliseconds: Mutex<Int64>
  init(_ start: Int64 = 1_700_000_000_000) { milliseconds = Mutex(start) }
  func now() -> Timestamp {
    milliseconds.withLock {
      $0 += 1
      return Timestamp(milliseconds: $0)
    }
  }
  func set(_ value: Int64) { milliseconds.withLock { $0 = value } }
}

/// What a journal said to the log.
final class Notes: Sendable {
  private let all = Mutex<[JournalNote]>([])
  func add(_ note: JournalNote) { all.withLock { $0.append(note) } }
  var list: [JournalNote] { all.withLock { $0 } }
  var tornTail: TornTail? {
    for case .tornTailCut(let tail) in list { return tail }
    return nil
  }
}

enum Fixture {
  static let configuration = ExchangeConfiguration(
    assets: [
      asset("BTC", decimals: 8, rail: .bitcoin), asset("USDT", decimals: 6, rail: .manual),
    ],
    instruments: [
      Instrument(
        symbol: "BTC-USDT", base: AssetID(1), quote: AssetID(2), tickUnits: 100_000, lotUnits: 1000,
        minimumSize: Lots(1), maximumSize: Lots(100_000_000), makerFeePPM: 800, takerFeePPM: 1000,
        listedAt: Timestamp(milliseconds: 0))
    ],
    operators: [
      Operator(name: "dave", publicKey: [UInt8](repeating: 1, count: 32)),
      Operator(name: "erin", publicKey: [UInt8](repeating: 2, count: 32)),
    ],
    addressCoolingOffMilliseconds: 1000, credentialHoldMilliseconds: 1000,
    walletDescriptor: "wsh(test)", guardKey: [UInt8](repeating: 3, count: 32))

  private static func asset(_ code: String, decimals: Int, rail: Asset.Rail) -> Asset {
    let most = Amount(units: 1_000_000_000_000)
    return Asset(
      code: code, name: code, decimals: decimals, rail: rail, chain: code + "-Chain",
      minimumDeposit: Amount(units: 1), minimumWithdrawal: Amount(units: 1000),
      withdrawalFee: Amount(units: 500), depositConfirmations: 2, withdrawalConfirmations: 2,
      limits: WithdrawalLimits(
        refuseAbove: most, reviewAbove: most, delayAbove: most, delayMilliseconds: 1000,
        customerHour: most, customerDay: most, assetHour: most, assetDay: most, countHour: 10,
        firstUseMilliseconds: 1000))
  }

  /// Opens accounts `name-0`, `name-1`, ... one batch each, after the configuration.
  static func fill(_ sequencer: Sequencer, accounts: Int, name: String = "customer") async throws {
    if sequencer.head.sequence == 0 { _ = try await sequencer.submit(.configure(configuration)) }
    for index in 0..<accounts {
      let committed = try await sequencer.submit(.openAccount(name: "\(name)-\(index)"))
      precondition(committed.refusal == nil, "\(committed)")
    }
  }
}

/// Names of all accounts that a journal opens, in order.
func openedAccounts(_ reader: JournalReader) throws -> [String] {
  var names: [String] = []
  _ = try reader.replay { (batch: CommittedBatch) throws(JournalError) in
    for entry in batch.entries {
      for case .accountOpened(let account) in entry.events { names.append(account.name) }
    }
  }
  return names
}

/// A value that several tasks of a test change.
final class Locked<Value: Sendable>: Sendable {
  private let value: Mutex<Value>
  init(_ value: Value) { self.value = Mutex(value) }
  @discardableResult
  func withLock<R: Sendable>(_ body: (inout Value) -> R) -> R {
    value.withLock { (value: inout sending Value) in
      var copy = value
      let result = body(&copy)
      value = copy
      return result
    }
  }
}

extension JournalWriter {
  /// Appends a payload that need not be made of commands.
  func append(_ payload: [UInt8], digest: [UInt8], term: UInt64 = 0) throws {
    var bytes = [UInt8](repeating: 0, count: BatchHeader.count) + payload
    _ = try append(&bytes, entryCount: 1, eventsDigest: digest, term: term)
  }
}
