import Engine
import Guard
import Logging
import Nodes
import SignerProtocol

extension GuardService {
  /// What the signers want to know before they sign: the time by the chain, and of one another.
  func bringNews() async {
    let lines = known.keys.sorted()
    var (feed, round) = (headers, witnesses)
    await feed.bring(to: lines)
    await round.run(on: lines)
    (headers, witnesses) = (feed, round)
    var policies = policies
    await policies.bring(core.policyDocuments, to: lines, logger)
    self.policies = policies
  }

  /// Takes the policy documents that people have signed, and puts in force what has waited long enough.
  func takePolicies() throws(Interruption) {
    for (name, document) in policies.unread(logger) {
      let refusal = try own { () throws(GuardError) in try core.take(document) }
      if let refusal {
        logger.warning(
          "a policy is refused", metadata: ["file": "\(name)", "reason": "\(refusal)"])
      }
    }
    try own { () throws(GuardError) in try core.enforcePolicy() }
    policies.tell(core.policyStatus, logger)
  }

  /// Tells owners of changes and takes their answers, also while the guard has stopped itself.
  func tellOwners() async throws(Interruption) {
    guard var notices else { return }
    let (busy, turn) = await notices.standing
    let due = try own { () throws(GuardError) in
      try core.noticesDue(besides: busy, after: turn)
    }
    let handedOver = await notices.send(due, owed: core.noticesOwed)
    try own { () throws(GuardError) in
      for notice in handedOver { try core.handedOver(notice) }
      try notices.answers { code throws(GuardError) in try core.cancel(code) }
    }
    self.notices = notices
    try await give(core.noticeOrders())
  }

  /// Brings the key holders' log up to date, and tells the exchange what follows from it.
  func watchKeyHolders(signersReachable reachable: Int) async throws(Interruption) {
    try compareKeyHolderLog()
    // A log that lacks what was published must stay as it is, for people to accept or to replace.
    if let keyHolders, core.mayKeepKeyHolderLog {
      do {
        try await keyHolders.update(from: node)
        core.learn(keyHolderProblem: nil)
      } catch let error as NodeError {
        throw .elsewhere("the guard's node: \(error)")
      } catch {
        // What cannot be written or read cannot be relied on: nothing new leaves on an old word, and
        // everybody sees why.
        core.learn(keyHolderProblem: "\(error)")
        if let report = core.report(signersReachable: reachable) { try await give(report) }
        throw .elsewhere("the key holders' log: \(error)")
      }
    }
    guard let facts = keyHolders?.facts else { return }
    core.learn(facts)
    if let report = core.reportKeyHolders() { try await give(report) }
  }

  /// Has the guard stop itself where the log is not the one that the journal tells of.
  private func compareKeyHolderLog() throws(Interruption) {
    let wasHalted = core.halted != nil
    let watch = keyHolders
    try own { () throws(GuardError) in
      try core.compareKeyHolderLog(watch.map { watch in { watch.holds($0, $1) } })
    }
    if !wasHalted, let reason = core.halted {
      logger.critical("the guard has stopped itself", metadata: ["reason": "\(reason)"])
    }
  }
}
