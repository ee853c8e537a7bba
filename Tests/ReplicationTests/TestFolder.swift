import Engine
import Foundation
import Journal
import Money
import Replication
import Synchronization
import Testing

/// A folder that is removed when the last reference goes.
final class TestFolder: Sendable {
  let root: String

  init() {
    root = FileManager.default.temporaryDirectory.path + "/repl-" + UUID().uuidString.prefix(8)
    try? FileManager.default.createDirectory(
      atPath: root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  func path(_ name: String) -> String { root + "/" + name }

  func change(_ path: String, _ body: (inout [UInt8]) -> Void) throws {
    let url = URL(fileURLWithPath: path)
    var bytes = Array(try Data(contentsOf: url))
    body(&bytes)
    try Data(bytes).write(to: url)
  }
}

enum Fixture {
  static let configuration = ExchangeConfiguration(
    assets: [asset("BTC", decimals: 8), asset("USDT", decimals: 6)], instruments: [],
    operators: [
      Operator(name: "dave", publicKey: [UInt8](repeating: 1, count: 32)),
      Operator(name: "erin", publicKey: [UInt8](repeating: 2, count: 32)),
    ],
    addressCoolingOffMilliseconds: 1000, credentialHoldMilliseconds: 1000,
    walletDescriptor: "wsh(test)", guardKey: [UInt8](repeating: 3, count: 32))

  private static func asset(_ code: String, decimals: Int) -> Asset {
    let most = Amount(units: 1_000_000_000_000)
    return Asset(
      code: code, name: code, decimals: decimals, rail: .manual, chain: code + "-Chain",
      minimumDeposit: Amount(units: 1), minimumWithdrawal: Amount(units: 1000),
      withdrawalFee: Amount(units: 500), depositConfirmations: 2, withdrawalConfirmations: 2,
      limits: WithdrawalLimits(
        refuseAbove: most, reviewAbove: most, delayAbove: most, delayMilliseconds: 1000,
        customerHour: most, customerDay: most, assetHour: most, assetDay: most, countHour: 10,
        firstUseMilliseconds: 1000))
  }
}

extension FeedOptions {
  /// Drops nobody because the machine is busy.
  static let patient = {
    var options = FeedOptions()
    options.patienceMilliseconds = 3_600_000
    options.farewellMilliseconds = 60_000
    return options
  }()
}

/// A primary with its socket, in this process.
final class TestPrimary: Sendable {
  let directory: String
  let gate: PrimaryGate
  let sequencer: Sequencer
  let door: FollowerDoor
  private let time = Mutex<Int64>(1_700_000_000_000)

  init(_ directory: String, rule: AcknowledgementRule = .ownDisk) throws {
    self.directory = directory
    let (fence, term) = try Primacy.claim(directory: directory, fence: nil)
    let gate = try PrimaryGate(fence: fence, term: term, rule: rule, note: { _ in })
    self.gate = gate
    var options = SequencerOptions()
    options.segmentBytes = 1 << 16
    options.term = term
    options.stillPrimary = { () throws(JournalError) in try gate.check() }
    options.gate = { (batch) throws(JournalError) in try gate.pass(through: batch.sequence) }
    let clock = Mutex<Int64>(1_700_000_000_000)
    sequencer = try Sequencer.open(
      directory: directory, options: options,
      clock: {
        clock.withLock {
          $0 += 1
          return Timestamp(milliseconds: $0)
        }
      })
    door = try FollowerDoor(
      path: directory + "/" + FollowerDoor.fileName, directory: directory,
      head: sequencer.head.sequence, gate: gate, options: .patient, note: { _ in })
    try door.start()
  }

  /// Opens accounts `name-0`, `name-1`, ..., one batch each, after the configuration.
  func open(_ count: Int, name: String) async throws {
    if sequencer.head.sequence == 0 {
      _ = try await sequencer.submit(.configure(Fixture.configuration))
    }
    for index in 0..<count {
      let committed = try await sequencer.submit(.openAccount(name: "\(name)-\(index)"))
      precondition(committed.refusal == nil, "\(committed)")
    }
  }

  func end() async {
    await sequencer.shutdown()
    door.end()
  }
}

/// A standby on a thread of its own.
final class TestStandby: Sendable {
  private struct State {
    var isAskedToEnd = false
    var status: StandbyStatus?
    var end: Result<Void, StandbyFailure>?
  }

  private let state = Mutex(State())

  init(of primary: String, in directory: String) {
    let thread = Thread { [self] in
      do throws(StandbyFailure) {
        let standby = try Standby(
          socket: primary + "/" + FollowerDoor.fileName, source: primary, directory: directory,
          options: StandbyOptions(name: "standby"))
        try standby.run(
          isAskedToEnd: { state.withLock { $0.isAskedToEnd } },
          report: { status in state.withLock { $0.status = status } })
        state.withLock { $0.end = .success(()) }
      } catch {
        state.withLock { $0.end = .failure(error) }
      }
    }
    thread.start()
  }

  var status: StandbyStatus? { state.withLock { $0.status } }

  /// Waits until it has batch `sequence`.
  func wait(for sequence: UInt64) async throws {
    try await eventually { self.status.map { $0.sequence >= sequence } ?? false }
  }

  /// Waits for its end and returns why.
  func failure() async throws -> StandbyFailure? {
    try await eventually { self.state.withLock { $0.end != nil } }
    guard case .failure(let failure) = state.withLock({ $0.end }) else { return nil }
    return failure
  }

  func end() async throws {
    state.withLock { $0.isAskedToEnd = true }
    #expect(try await failure() == nil)
  }
}

/// Waits for a condition that will come true, for as long as a busy machine may need.
func eventually(_ condition: @Sendable () -> Bool) async throws {
  for _ in 0..<30_000 {
    if condition() { return }
    try await Task.sleep(for: .milliseconds(10))
  }
  throw NeverCame()
}

struct NeverCame: Error {}
