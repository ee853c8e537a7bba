import Bitcoin
import Foundation
import Glibc
import Money
import SignerProtocol
import Signing
import Testing

/// The holder's side of a pseudo-terminal.
final class HolderAtTerminal {
  private let master: Int32
  private let slave: Int32
  let path: String
  private var shown = ""

  init() throws {
    var (master, slave): (Int32, Int32) = (-1, -1)
    var name = [CChar](repeating: 0, count: 128)
    try #require(unsafe openpty(&master, &slave, &name, nil, nil) == 0)
    (self.master, self.slave) = (master, slave)
    path = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    var line = termios()
    unsafe tcgetattr(slave, &line)
    line.c_lflag &= ~tcflag_t(ECHO)
    unsafe tcsetattr(slave, TCSANOW, &line)
    _ = fcntl(master, F_SETFL, O_NONBLOCK)
  }

  deinit {
    _ = close(master)
    _ = close(slave)
  }

  /// Everything on the screen since the last look.
  func look() -> String {
    var buffer = [UInt8](repeating: 0, count: 4096)
    var text: [UInt8] = []
    while true {
      let count = unsafe read(master, &buffer, buffer.count)
      guard count > 0 else { break }
      text += buffer[..<count]
    }
    return String(decoding: text, as: UTF8.self)
  }

  func type(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = unsafe write(master, bytes, bytes.count)
  }

  /// The code in the question on `screen`.
  static func code(_ screen: String) throws -> String {
    let start = try #require(screen.range(of: "yes "))
    return String(screen[start.upperBound...].prefix(4))
  }
}

@Suite struct ApprovalTests {
  private let bench: SignerBench
  private let holder: HolderAtTerminal
  private let signer: Signer

  init() throws {
    bench = try SignerBench()
    holder = try HolderAtTerminal()
    signer = try Self.signer(bench, holder)
  }

  private static func signer(_ bench: SignerBench, _ holder: HolderAtTerminal) throws -> Signer {
    var policy = SigningFixture.policy
    policy.approval = ApprovalTerms(above: 500_000, timeoutMilliseconds: 60_000)
    return try opened {
      try Signer(
        policy: policy, key: SigningFixture.openHolder(0), recordPath: bench.record + "0",
        screen: try ApproverTerminal(path: holder.path), clock: { [unowned bench] in bench.now })
    }
  }

  private static func payment(_ amount: Int64, _ number: UInt64 = 1) -> SigningRequest {
    SigningFixture.request(
      [
        SigningFixture.payment(
          SigningFixture.release(
            number, account: 7, amount: amount, to: SigningFixture.address(1)))
      ], coins: [UInt32(number)])
  }

  @Test func `up to the band nobody is asked, and one satoshi above it the holder is`() {
    // The fee of 2 000 leaves as well.
    #expect(signer.refusal(Self.payment(498_000)) == nil)
    #expect(holder.look() == "")
    #expect(signer.refusal(Self.payment(498_001, 2)) == .awaitsHolder)
    #expect(holder.look().contains("Sign this transaction?"))
  }

  @Test func `the holder sees what the signer has decoded, and his yes signs it`() throws {
    let request = Self.payment(700_000)
    #expect(signer.refusal(request) == .awaitsHolder)
    let screen = holder.look()
    for words in [
      "0.00700000 BTC to \(SigningFixture.address(1))", "network fee  0.00002000 BTC",
      "comes back   0.00298000 BTC",
    ] { #expect(screen.contains(words), "\(screen)") }
    // Asking again shows nothing new, and wrong words decide nothing.
    #expect(signer.refusal(request) == .awaitsHolder)
    #expect(holder.look() == "")
    let code = try HolderAtTerminal.code(screen)
    for words in ["yes", "yes 0000", "YES \(code)", code, " yes \(code)"] {
      holder.type(words)
      signer.askHolder()
      #expect(holder.look().contains("neither"))
      #expect(signer.refusal(request) == .awaitsHolder, "\(words)")
    }
    let budget = signer.status.budgetHour
    holder.type("yes \(code)")
    signer.askHolder()
    #expect(signer.status.budgetHour == budget)
    #expect(signer.refusal(request) == nil)
    #expect(signer.status.budgetHour == budget - 702_000)
  }

  @Test func `a no is final for the transaction, also after a start, and others go on`() throws {
    let bench = try SignerBench()
    let holder = try HolderAtTerminal()
    var signer = Optional(try Self.signer(bench, holder))
    #expect(signer?.refusal(Self.payment(700_000)) == .awaitsHolder)
    holder.type("no \(try HolderAtTerminal.code(holder.look()))")
    signer?.askHolder()
    #expect(signer?.refusal(Self.payment(700_000)) == .refusedByHolder)
    signer = nil
    signer = try Self.signer(bench, holder)
    #expect(signer?.refusal(Self.payment(700_000)) == .refusedByHolder)
    #expect(signer?.refusal(Self.payment(100_000, 2)) == nil)
    #expect(signer?.status.frozen == nil)
  }

  @Test func `without an answer the question is over, and a late yes signs nothing`() throws {
    #expect(signer.refusal(Self.payment(700_000)) == .awaitsHolder)
    let code = try HolderAtTerminal.code(holder.look())
    bench.now = bench.now.advanced(byMilliseconds: 60_000)
    signer.askHolder()
    #expect(holder.look().contains("No answer in time"))
    holder.type("yes \(code)")
    signer.askHolder()
    // Another question, with another code, to which the old answer is none.
    #expect(signer.refusal(Self.payment(700_000)) == .awaitsHolder)
    #expect(holder.look().contains("Sign this transaction?"))
    #expect(signer.refusal(Self.payment(700_000)) == .awaitsHolder)
  }

  @Test func `the question about what is promised never to be signed is taken back`() throws {
    let request = Self.payment(700_000)
    #expect(signer.refusal(request) == .awaitsHolder)
    let code = try HolderAtTerminal.code(holder.look())
    let other = [UInt8](repeating: 7, count: 32)
    #expect(signer.answer(.withdraw(transaction: other)).type == .promised)
    #expect(holder.look() == "")
    let id = try Transaction(parsing: request.transaction).id
    #expect(signer.answer(.withdraw(transaction: id.bytes)).type == .promised)
    #expect(holder.look().contains("given up"))
    holder.type("yes \(code)")
    signer.askHolder()
    #expect(holder.look() == "")
    #expect(signer.refusal(request) == .withdrawn)
    // The next one is asked at once.
    #expect(signer.refusal(Self.payment(800_000, 2)) == .awaitsHolder)
    #expect(holder.look().contains("0.00800000 BTC"))
  }

  @Test func `a question longer than the terminal takes at once is shown whole`() throws {
    let terminal = try ApproverTerminal(path: holder.path)
    let lines = (0..<2_000).map { "line \($0) of a question that takes a while" }
    terminal.show(lines)
    var screen = holder.look()
    // Each look at the keyboard sends more of it; as often as it takes.
    for _ in 0..<10_000 where !screen.contains("line 1999 of") {
      #expect(terminal.typedLine() == nil)
      screen += holder.look()
    }
    #expect(screen.split(separator: "\r\n", omittingEmptySubsequences: true).count == 2_000)
  }

  @Test func `one question at a time: a second transaction waits for its turn`() throws {
    #expect(signer.refusal(Self.payment(700_000)) == .awaitsHolder)
    let first = holder.look()
    #expect(signer.refusal(Self.payment(800_000, 2)) == .awaitsHolder)
    #expect(holder.look() == "")
    holder.type("yes \(try HolderAtTerminal.code(first))")
    #expect(signer.refusal(Self.payment(800_000, 2)) == .awaitsHolder)
    #expect(holder.look().contains("0.00800000 BTC"))
    #expect(signer.refusal(Self.payment(700_000)) == nil)
  }

  @Test func `the real program asks at a terminal, and signs when the holder has said yes`() throws
  {
    let signer = try SignerProcess()
    let holder = try HolderAtTerminal()
    _ = try signer.start(
      configuring: "approval: {above: 0.001, terminal: \(holder.path), timeout: 24h}"
    ).get()
    func code() throws -> SignerRefusal.Code? {
      switch try signer.sign() {
      case .refused(let refusal): refusal.code
      default: nil
      }
    }
    #expect(try code() == .awaitsHolder)
    let screen = holder.look()
    #expect(screen.contains("0.00300000 BTC to \(SigningFixture.address(1))"), "\(screen)")
    holder.type("yes \(try HolderAtTerminal.code(screen))")
    let end = ContinuousClock.now.advanced(by: SignerProcess.patience)
    while try code() != nil, .now < end { Thread.sleep(forTimeInterval: 0.1) }
    #expect(try code() == nil)
  }
}
