import Settings
import ArgumentParser
import FoundationEssentials
import Glibc
import Link
import SignerProtocol
import Signing
import Statements
import Synchronization
import Wire

/// What was logged last of the policy.
private let told = Mutex<PolicyState?>(nil)

/// Set by the system's signal to end.
private let isEnding = Atomic<Bool>(false)

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Open the key and answer the guard until told to end.")

  @OptionGroup var start: StartOptions

  func run() throws {
    let configuration = try SignerConfiguration(file: start.config)
    let keys = try start.linkKeys(configuration)
    let signer = try start.signer(configuration)
    lockMemory()
    listenToSignals()
    signal(SIGTERM) { _ in isEnding.store(true, ordering: .relaxed) }
    signal(SIGINT) { _ in isEnding.store(true, ordering: .relaxed) }
    let status = signer.status
    tell(signer.policyState)
    SignerLog.write(
      .notice, "ready",
      [
        "fingerprint": Hex.text(status.fingerprint), "policy": Hex.text(status.policyID),
        "entries": "\(status.position.sequence)", "frozen": status.frozen ?? "no",
        "budget_hour": "\(status.budgetHour)", "budget_day": "\(status.budgetDay)",
      ])
    switch configuration.link.place {
    case .socket(let path): try serve(signer, at: path, keys)
    case .serial(let device, let baud): try serve(signer, on: device, baud: baud, keys)
    }
    SignerLog.write(.notice, "ended", [:])
  }

  /// Whoever started this process may have had the signals blocked; the mask is inherited.
  private func listenToSignals() {
    var none = sigset_t()
    unsafe sigemptyset(&none)
    unsafe sigprocmask(SIG_SETMASK, &none, nil)
  }

  private func serve(_ signer: Signer, at path: String, _ keys: LinkKeys) throws {
    let listener = try UnixSocketListener(path: path)
    while !isEnding.load(ordering: .relaxed) {
      try? signer.obeyFreezeFile()
      signer.askHolder()
      if let outcome = signer.takePolicyFile() { note(outcome) }
      do {
        let channel = try listener.accept(before: .now.advanced(by: .seconds(1)))
        // A newcomer takes the place of a connection that is idle: the guard has come back.
        let end = SignerSession.serve(
          AnsweringConnection(over: channel, keys: keys), with: signer,
          shouldStop: {
            isEnding.load(ordering: .relaxed) || listener.hasWaitingConnection
          }, note: note)
        noteEnd(end)
      } catch LinkError.timedOut {
        continue
      }
    }
  }

  private func serve(
    _ signer: Signer, on device: String, baud: Int, _ keys: LinkKeys
  ) throws {
    while !isEnding.load(ordering: .relaxed) {
      let line = try SerialLine.open(device: device, baud: baud)
      let end = SignerSession.serve(
        AnsweringConnection(over: line, keys: keys), with: signer,
        shouldStop: { isEnding.load(ordering: .relaxed) }, note: note)
      noteEnd(end)
      // A damaged frame, or the other end went away: begin anew, without turning in circles.
      sleep(1)
    }
  }

  /// The guard may go away as it likes; anything else is worth a line.
  private func noteEnd(_ reason: LinkError?) {
    guard let reason, reason != .closed else { return }
    SignerLog.write(
      reason.isSuspicious ? .warning : .info, "connection ended", ["reason": "\(reason)"])
  }

  private func note(_ answer: SignerAnswer) {
    switch answer {
    case .status, .chain, .attested, .promised: break
    case .policyState(let state):
      tell(state)
    case .signed(let signed):
      SignerLog.write(
        .notice, "signed",
        [
          "transaction": Hex.text(signed.transaction.reversed()),
          "inputs": "\(signed.signatures.count)",
          "budget_hour": "\(signed.status.budgetHour)",
          "budget_day": "\(signed.status.budgetDay)",
        ])
    case .refused(let refusal):
      SignerLog.write(.warning, "refused", ["code": "\(refusal.code)", "reason": refusal.text])
    }
  }

  /// Logs what changed about the policy.
  private func tell(_ state: PolicyState) {
    let isNews = told.withLock { last in
      defer { last = state }
      return last != state
    }
    guard isNews else { return }
    let effective = Date(timeIntervalSince1970: Double(state.effectiveAtMilliseconds) / 1000)
    SignerLog.write(
      .notice, "policy",
      [
        "in_force": "\(state.inForce?.version ?? 0)",
        "hash": Hex.text(state.inForce?.hash ?? []),
        "pending": state.pending.map { "\($0.version)" } ?? "none",
        "effective": state.pending == nil ? "now" : effective.formatted(.iso8601),
      ])
  }

  /// Keeps the whole process out of swap where the system allows it. The key is in locked memory in
  /// any case.
  private func lockMemory() {
    var limit = rlimit()
    let isUnlimited =
      unsafe getrlimit(__rlimit_resource_t(__RLIMIT_MEMLOCK.rawValue), &limit) == 0
      && limit.rlim_cur == rlim_t.max
    // With a limit, later allocations would fail instead of being left unlocked.
    if isUnlimited, mlockall(Int32(MCL_CURRENT) | Int32(MCL_FUTURE)) == 0 { return }
    SignerLog.write(
      .info, "only the key is locked in memory",
      ["hint": "raise RLIMIT_MEMLOCK to unlimited to lock the whole process"])
  }
}
