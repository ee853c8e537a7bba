// swift-format-ignore-file: NeverUseForceTry, NeverForceUnwrap
// Fixed inputs of tests: what traps here is a wrong test.
import Bitcoin
import Cryptography
import Money
import SignerProtocol
import Signing
import Statements
import Testing
import Wire

/// Headers of a made-up regtest, each with its little work.
enum MadeUpHeaders {
  static let genesis = mined(
    previous: BlockHash(bytes: [UInt8](repeating: 0, count: 32))!, time: 1_699_990_000)

  static func mined(
    previous: BlockHash, time: UInt32, bits: UInt32 = 0x207F_FFFF, salt: UInt8 = 0
  ) -> BlockHeader {
    var header = BlockHeader(
      version: 0x2000_0000, previous: previous,
      merkleRoot: Digest256([UInt8](repeating: salt, count: 32))!, time: time, bits: bits, nonce: 0)
    while bits == 0x207F_FFFF, !header.hasProofOfWork { header.nonce += 1 }
    return header
  }

  /// So many headers after `parent`, ten minutes apart.
  static func chain(
    after parent: BlockHeader = genesis, _ count: Int, salt: UInt8 = 0
  ) -> [BlockHeader] {
    var headers = [parent]
    for _ in 0..<count {
      let last = headers[headers.count - 1]
      headers.append(mined(previous: last.hash, time: last.time + 600, salt: salt))
    }
    return Array(headers.dropFirst())
  }

  static let terms = HeaderTerms(checkpoint: genesis, height: 0, maximumAgeSeconds: 7_200)
}

@Suite struct ChainClockTests {
  typealias M = MadeUpHeaders

  @Test func `headers with work move the time, and what has none is refused by name`() throws {
    var clock = ChainClock(M.terms, network: .regtest)
    let headers = M.chain(20)
    #expect(try clock.take(headers))
    #expect(try !clock.take(headers))
    #expect(clock.tip.height == 20)
    #expect(clock.medianTimePast == Int64(headers[14].time))
    let tip = headers[19]
    var idle = M.chain(after: tip, 1)[0]
    repeat { idle.nonce += 1 } while idle.hasProofOfWork
    #expect(throws: ChainClock.Fault.noWork(height: 21)) { _ = try clock.take([idle]) }
    // Harder than the network asks for is another network's, too.
    let foreign = M.mined(previous: tip.hash, time: tip.time + 600, bits: 0x1D00_FFFF)
    #expect(throws: ChainClock.Fault.noWork(height: 21)) { _ = try clock.take([foreign]) }
    let early = M.mined(previous: tip.hash, time: headers[14].time)
    #expect(throws: ChainClock.Fault.early(height: 21)) { _ = try clock.take([early]) }
    #expect(throws: ChainClock.Fault.unconnected) {
      _ = try clock.take([M.mined(previous: idle.hash, time: tip.time)])
    }
    let next = M.chain(after: tip, 3)
    #expect(throws: ChainClock.Fault.broken(height: 22)) {
      _ = try clock.take([next[0], next[2]])
    }
    #expect(clock.tip.hash == tip.hash)
  }

  @Test func `only a branch with more work takes the place of what is known`() throws {
    var clock = ChainClock(M.terms, network: .regtest)
    let headers = M.chain(10)
    _ = try clock.take(headers)
    let branch = M.chain(after: headers[6], 4, salt: 1)
    #expect(throws: ChainClock.Fault.lessWork) { _ = try clock.take(Array(branch.prefix(3))) }
    #expect(clock.tip.hash == headers[9].hash)
    #expect(try clock.take(branch))
    #expect(clock.tip.height == 11)
    #expect(clock.tip.hash == branch[3].hash)
    // Known headers before the new ones do no harm.
    #expect(try clock.take(headers[..<7] + M.chain(after: headers[6], 5, salt: 2)))
    #expect(clock.tip.height == 12)
  }

  @Test func `a clock is believed between the median and the newest header's age`() throws {
    var clock = ChainClock(M.terms, network: .regtest)
    let headers = M.chain(20)
    _ = try clock.take(headers)
    let newest = Int64(headers[19].time)
    for (seconds, isBelieved) in [
      (clock.medianTimePast - 1, false), (clock.medianTimePast, true), (newest, true),
      (newest + 7_200, true), (newest + 7_201, false), (newest + 90_000, false), (-1, false),
    ] {
      #expect((clock.doubt(about: seconds) == nil) == isBelieved, "\(seconds - newest)")
    }
  }

  /// Real headers: Bitcoin's blocks 30240 and 32255, 32256; the first change of difficulty.
  @Test func `the difficulty follows from the period before, as Bitcoin's first change did`() throws
  {
    // Bitcoin Core, src/test/pow_tests.cpp (MIT): get_next_work and its siblings.
    for (bits, first, last, next): (UInt32, UInt32, UInt32, UInt32) in [
      (0x1D00_FFFF, 1_261_130_161, 1_262_152_739, 0x1D00_D86A),
      (0x1D00_FFFF, 1_231_006_505, 1_233_061_996, 0x1D00_FFFF),
      (0x1C05_A3F4, 1_279_008_237, 1_279_297_671, 0x1C01_68FD),
      (0x1C38_7F6F, 1_263_163_443, 1_269_211_443, 0x1D00_E1FD),
    ] {
      #expect(Difficulty.next(after: bits, first: first, last: last, on: .mainnet) == next)
    }
  }
}

@Suite struct SignerClockTests {
  typealias M = MadeUpHeaders

  private static var policy: SignerPolicy {
    var policy = SigningFixture.policy
    policy.headers = M.terms
    return policy
  }

  private static func news(_ headers: [BlockHeader]) -> SignerRequest {
    .headers(ChainNews(headers: headers.map(\.bytes)))
  }

  /// A payment of three tenths of the hour's budget and more.
  private static func payment(_ number: UInt64, coin: UInt32) -> SigningRequest {
    SigningFixture.request(
      [
        SigningFixture.payment(
          SigningFixture.release(
            number, account: 7, amount: 900_000, to: SigningFixture.address(1)))
      ], coins: [coin])
  }

  @Test
  func `a signer whose clock the chain contradicts signs nothing, and signs again when it fits`()
    throws
  {
    let bench = try SignerBench()
    let signer = try bench.signer(policy: Self.policy)
    // The checkpoint alone is too old.
    bench.now = Timestamp(milliseconds: (Int64(M.genesis.time) + 7_201) * 1000)
    #expect(signer.refusal(SigningFixture.usual) == .clock)
    let headers = M.chain(16)
    guard case .chain(let position) = signer.answer(Self.news(headers)) else {
      Issue.record("the headers were not taken")
      return
    }
    #expect(position == ChainPosition(height: 16, hash: headers[15].hash.bytes, base: 0))
    #expect(signer.answer(Self.news([])) == .chain(position))
    bench.now = SigningFixture.now
    #expect(signer.refusal(SigningFixture.usual) == nil)
    for ahead: Int64 in [8_000, 90_000, -9_000] {
      bench.now = SigningFixture.now.advanced(byMilliseconds: ahead * 1000)
      #expect(signer.refusal(Self.payment(2, coin: 1)) == .clock, "\(ahead)")
    }
    bench.now = SigningFixture.now
    #expect(signer.refusal(Self.payment(2, coin: 1)) == nil)
  }

  @Test func `moving the clock opens no window until the chain has gone as far`() throws {
    let bench = try SignerBench()
    var signer = Optional(try bench.signer(policy: Self.policy))
    let headers = M.chain(16)
    _ = signer?.answer(Self.news(headers))
    for number: UInt64 in 1...3 {
      #expect(signer?.refusal(Self.payment(number, coin: UInt32(number))) == nil)
    }
    #expect(signer?.refusal(Self.payment(4, coin: 4)) == .budgetExceeded)
    // An hour by the clock alone, also after a start.
    bench.now = SigningFixture.now.advanced(byMilliseconds: 3_700_000)
    signer = nil
    signer = try bench.signer(policy: Self.policy)
    #expect(signer?.refusal(Self.payment(4, coin: 4)) == .budgetExceeded)
    // Six blocks later the chain says so too.
    _ = signer?.answer(Self.news(M.chain(after: headers[15], 6)))
    #expect(signer?.refusal(Self.payment(4, coin: 4)) == nil)
  }

  @Test func `headers written under a wrong clock do not carry its time on`() throws {
    let bench = try SignerBench()
    let signer = try bench.signer(policy: Self.policy)
    bench.now = SigningFixture.now.advanced(byMilliseconds: 10 * 24 * 3_600_000)
    _ = signer.answer(Self.news(M.chain(16)))
    bench.now = SigningFixture.now
    // A release of now would be expired by a record that had gone ten days ahead.
    #expect(signer.refusal(SigningFixture.usual) == nil)
  }

  @Test(arguments: ["withdrawn", "frozen"])
  func `what is written under a wrong clock does not carry its time on`(entry: String) throws {
    let bench = try SignerBench()
    do {
      let signer = try bench.signer(policy: Self.policy)
      _ = signer.answer(Self.news(M.chain(16)))
      bench.now = SigningFixture.now.advanced(byMilliseconds: 90_000_000)
      let position = signer.status.position
      switch entry {
      case "withdrawn":
        _ = signer.answer(.withdraw(transaction: [UInt8](repeating: 7, count: 32)))
      default:
        _ = signer.answer(.freeze(reason: "drill"))
      }
      #expect(signer.status.position.sequence == position.sequence + 1)
    }
    bench.now = SigningFixture.now
    let signer = try bench.signer(policy: Self.policy)
    guard entry == "frozen" else {
      #expect(signer.refusal(SigningFixture.usual) == nil)
      return
    }
    // The delay of the approvals counts from now.
    guard
      case .needsApprovals(let statement, have: [], need: 2) = try signer.unfreeze(
        FreezeTests.rules, approvals: [])
    else {
      Issue.record("not frozen")
      return
    }
    let approvals = [
      try Signed(statement, by: FreezeTests.dave), try Signed(statement, by: FreezeTests.erin),
    ]
    #expect(
      try signer.unfreeze(FreezeTests.rules, approvals: approvals)
        == .waits(until: bench.now.advanced(byMilliseconds: FreezeTests.delay)))
  }

  @Test func `headers without a checkpoint, or none at all, are refused`() throws {
    let bench = try SignerBench()
    let signer = try bench.signer()
    guard case .refused(let refusal) = signer.answer(Self.news([])) else {
      Issue.record("not refused")
      return
    }
    #expect(refusal.code == .headers)
    #expect(signer.refusal(SigningFixture.usual) == nil)
  }
}
