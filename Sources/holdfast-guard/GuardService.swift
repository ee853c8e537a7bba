import Bitcoin
import Custody
import Engine
import Guard
import Journal
import Logging
import Nodes
import SignerProtocol

/// Drives the guard: brings it the journal and the chain, and carries its orders away.
///
/// One round at a time; whatever fails is tried again in the next one, since all that counts is in
/// the journal and in the guard's record.
actor GuardService {
  /// How long the feed is held open for news.
  private static let waitMilliseconds: Int64 = 1_000
  private static let pause: Duration = .seconds(1)

  let core: GuardCore
  let server: ServerClient
  let node: BitcoinNode
  /// The one that the first is compared with.
  let second: BitcoinNode?
  var comparison: NodeComparison
  var sanctions: SanctionsFile?
  let signers: SignerGroup
  var headers: HeaderFeed
  var witnesses: WitnessRound
  var policies: PolicyRound
  var keyHolders: KeyHolderWatch?
  var notices: NoticeRound?
  let fees: GuardConfiguration.Fees
  let logger: Logger
  let start = ContinuousClock.now
  var known: [Int: SignerStatus] = [:]
  /// When a payout was last tried in vain.
  var tried: [PayoutID: ContinuousClock.Instant] = [:]
  /// Those of them that a signer refused for now only.
  var awaited: Set<PayoutID> = []
  /// Transactions of which signers were shown that they are final.
  var settled = OncePerBlock<TransactionID>()
  /// Transactions of which signers were shown what the others promised.
  var shown = OncePerBlock<[UInt8]>()
  /// What was said last of why nothing was built, so that it is said once.
  var saidOfBuilding: [String: PayoutError] = [:]
  var saidOfSweeps: String?
  /// Previous transactions of coins, so that a payout is asked for once.
  var previous: [TransactionID: Transaction] = [:]

  init(
    core: sending GuardCore, server: ServerClient, node: BitcoinNode, second: BitcoinNode?,
    tolerance: NodeComparison.Tolerance, sanctions: SanctionsFile?, signers: SignerGroup,
    fees: GuardConfiguration.Fees, keyHolders: sending KeyHolderWatch?,
    policyFolder: String? = nil, notices: NoticeRound?, logger: Logger
  ) {
    policies = PolicyRound(folder: policyFolder, signers: signers)
    self.notices = notices
    self.keyHolders = keyHolders
    self.core = core
    self.server = server
    self.node = node
    self.second = second
    comparison = NodeComparison(tolerance: tolerance)
    self.sanctions = sanctions
    self.signers = signers
    witnesses = WitnessRound(signers: signers)
    headers = HeaderFeed(node: node, signers: signers, logger: logger)
    self.fees = fees
    self.logger = logger
  }

  /// Works until the task is cancelled or the guard's own record cannot be written.
  func run() async throws(GuardError) {
    while !Task.isCancelled {
      do throws(Interruption) {
        try await round()
        // A stopped guard executes nothing more: the feed would answer at once for ever.
        if core.halted != nil { try? await Task.sleep(for: Self.pause) }
      } catch {
        switch error {
        case .guardFault(let fault): throw fault
        case .elsewhere(let reason):
          if !Task.isCancelled { logger.warning("\(reason)") }
          try? await Task.sleep(for: Self.pause)
        }
      }
    }
  }

  /// Why a round was not finished.
  enum Interruption: Error {
    /// Something outside: the server or the node.
    case elsewhere(String)
    /// The guard itself cannot go on.
    case guardFault(GuardError)
  }

  private func round() async throws(Interruption) {
    try await follow()
    known = await signers.statuses()
    try own { () throws(GuardError) in try core.learn(Array(known.values)) }
    try takePolicies()
    await bringNews()
    try await tellOwners()
    let reachable = known.values.count { $0.frozen == nil }
    try await watchKeyHolders(signersReachable: reachable)
    if core.isCaughtUp, core.halted == nil {
      if let terms = core.sanctionsTerms,
        let list = sanctions?.readIfChanged(under: terms, logger)
      {
        core.learn(list)
      }
      await compareNodes()
      try await learnFromChain()
      try await give(
        try own { () throws(GuardError) in try core.decide(signers: Array(known.values)) })
      if let checks = core.checkReopening(signers: Array(known.values)) { try await give(checks) }
      if let plan = core.planFloat(), try await give(plan) {
        // The next transaction's change goes behind the place that the plan has taken.
        try await follow()
      }
      try await build()
      try await replace()
      try await consolidate()
      try await sweep()
      try await settle()
      await letGo()
      try await sign()
      try await giveUp()
    }
    if let report = core.report(signersReachable: reachable) { try await give(report) }
  }

  func follow() async throws(Interruption) {
    let wasHalted = core.halted != nil
    defer {
      // Whatever stopped it: a batch, a journal that is another one, or one that has been cut back.
      if !wasHalted, let reason = core.halted {
        logger.critical("the guard has stopped itself", metadata: ["reason": "\(reason)"])
      }
    }
    // While far behind there is no reason to wait for news.
    let wait = core.isCaughtUp ? Self.waitMilliseconds : 0
    let batches: [JournalBatch]
    do {
      batches = try await server.batches(
        after: core.sequence, hash: core.journalHash, waitMilliseconds: wait)
    } catch {
      switch error {
      case .malformed(let problem), .foreign(let problem):
        try own { () throws(GuardError) in
          try core.halt("the journal cannot be trusted: \(problem)")
        }
      case .unreachable, .refused: break
      }
      throw .elsewhere("\(error)")
    }
    if batches.isEmpty {
      try own { () throws(GuardError) in try core.reachedEndOfFeed() }
      return
    }
    try own { () throws(GuardError) in _ = try core.follow(batches) }
  }

  func own<T>(_ body: () throws(GuardError) -> T) throws(Interruption) -> T {
    do { return try body() } catch { throw .guardFault(error) }
  }
}
