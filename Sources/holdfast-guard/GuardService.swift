import Bitcoin
import Custody
import Engine
import Guard
import Journal
import Logging
import Money
import Nodes
import SignerProtocol
import Statements
import Structures
import Wire

/// Drives the guard: brings it the journal and the chain, and carries its orders away.
///
/// One round at a time; whatever fails is tried again in the next one, since all that counts is in
/// the journal and in the guard's record.
actor GuardService {
  /// How long the feed is held open for news.
  private static let waitMilliseconds: Int64 = 1_000
  private static let pause: Duration = .seconds(1)
  /// How long a payout rests that got too few signatures.
  private static let signingPause: Duration = .seconds(5)
  /// Decisions that are given in one message.
  private static let ordersAtOnce = 100
  /// Payouts that are built in one round.
  private static let payoutsAtOnce = 5

  private let core: GuardCore
  private let server: ServerClient
  private let node: BitcoinNode
  /// The one that the first is compared with.
  private let second: BitcoinNode?
  private var comparison: NodeComparison
  private var sanctions: SanctionsFile?
  private let signers: SignerGroup
  private var headers: HeaderFeed
  private var witnesses: WitnessRound
  private var keyHolders: KeyHolderWatch?
  private var notices: NoticeRound?
  private let fees: GuardConfiguration.Fees
  private let logger: Logger
  private let start = ContinuousClock.now
  private var known: [Int: SignerStatus] = [:]
  /// When a payout was last tried in vain.
  private var tried: [PayoutID: ContinuousClock.Instant] = [:]
  /// Those of them that a signer refused for now only.
  private var awaited: Set<PayoutID> = []
  /// The height at which signers were last shown what frees a payout's coins.
  private var settled: [PayoutID: UInt32] = [:]
  /// The height at which signers were last shown what the others promised of a transaction.
  private var shown: [[UInt8]: UInt32] = [:]
  /// What was said last of why nothing was built, so that it is said once.
  private var saidOfBuilding: [String: PayoutError] = [:]
  private var saidOfSweeps: String?
  /// Previous transactions of coins, so that a payout is asked for once.
  private var previous: [TransactionID: Transaction] = [:]

  init(
    core: sending GuardCore, server: ServerClient, node: BitcoinNode, second: BitcoinNode?,
    tolerance: NodeComparison.Tolerance, sanctions: SanctionsFile?, signers: SignerGroup,
    fees: GuardConfiguration.Fees, keyHolders: sending KeyHolderWatch?,
    notices: NoticeRound?, logger: Logger
  ) {
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
  private enum Interruption: Error {
    /// Something outside: the server or the node.
    case elsewhere(String)
    /// The guard itself cannot go on.
    case guardFault(GuardError)
  }

  private func round() async throws(Interruption) {
    try await follow()
    known = await signers.statuses()
    try own { () throws(GuardError) in try core.learn(Array(known.values)) }
    await bringNews()
    try await tellOwners()
    let reachable = known.values.count { $0.frozen == nil }
    try await watchKeyHolders(signersReachable: reachable)
    if core.isCaughtUp, core.halted == nil {
      if let list = sanctions?.readIfChanged(logger) { core.learn(list) }
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

  /// What the signers want to know before they sign: the time by the chain, and of one another.
  private func bringNews() async {
    let lines = known.keys.sorted()
    var (feed, round) = (headers, witnesses)
    await feed.bring(to: lines)
    await round.run(on: lines)
    (headers, witnesses) = (feed, round)
  }

  /// Tells owners of changes and takes their answers, also while the guard has stopped itself.
  private func tellOwners() async throws(Interruption) {
    guard var notices else { return }
    let handedOver = await notices.send(core.noticesDue, owed: core.noticesOwed)
    try own { () throws(GuardError) in
      for notice in handedOver { try core.handedOver(notice) }
      try notices.answers { code throws(GuardError) in try core.cancel(code) }
    }
    self.notices = notices
    try await give(core.noticeOrders())
  }

  /// Brings the key holders' log up to date, and tells the exchange what follows from it.
  private func watchKeyHolders(signersReachable reachable: Int) async throws(Interruption) {
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

  private func follow() async throws(Interruption) {
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

  /// Looks whether both nodes show the same chain. Until they do nothing leaves.
  private func compareNodes() async {
    guard let second else { return }
    let relation = await node.relation(to: second)
    let doubt: ChainDoubt? =
      switch comparison.judge(relation, at: start.duration(to: .now).milliseconds) {
      case .agreed: nil
      case .waiting: .unsettled
      case .alarm(let problem): .alarm(problem)
      }
    if case .alarm(let problem) = doubt, core.doubt != doubt {
      logger.critical(
        "the guard's nodes differ; nothing leaves", metadata: ["problem": "\(problem)"])
    } else if doubt == nil, case .alarm = core.doubt {
      logger.notice("the guard's nodes agree again")
    }
    core.learn(doubt)
  }

  private func learnFromChain() async throws(Interruption) {
    // One block and one transaction may have made hundreds of them.
    var seen = SeenDeposits()
    for question in core.depositQuestions {
      let answer: DepositAnswer
      do throws(NodeError) { answer = try await self.answer(question, &seen) } catch {
        throw .elsewhere("the guard's node: \(error)")
      }
      try own { () throws(GuardError) in try core.learn(answer, to: question) }
      if let reason = core.halted {
        logger.critical("the guard has stopped itself", metadata: ["reason": "\(reason)"])
        return
      }
    }
    if core.wantsReserves {
      core.learn(try await ask { () async throws(NodeError) in try await reserves() })
    }
  }

  private func ask<T: Sendable>(
    _ question: () async throws(NodeError) -> T
  ) async throws(Interruption) -> T {
    do { return try await question() } catch {
      throw .elsewhere("the guard's node: \(error)")
    }
  }

  /// What the node answered in this round.
  private struct SeenDeposits {
    var blocks: [UInt32: BlockHash] = [:]
    /// By the height of the block that they are in.
    var transactions: [UInt32: [TransactionID: Transaction]] = [:]
  }

  private func answer(
    _ question: DepositQuestion, _ seen: inout SeenDeposits
  ) async throws(NodeError) -> DepositAnswer {
    let height = question.at.height
    if seen.blocks[height] == nil {
      seen.blocks[height] = try await node.blockHash(at: Int(height))
    }
    guard let block = seen.blocks[height] else { return .notThereYet }
    guard block.bytes == question.at.hash else {
      return .block(hash: block.bytes, transaction: nil)
    }
    let id = question.outpoint.transaction
    if seen.transactions[height]?[id] == nil {
      seen.transactions[height, default: [:]][id] =
        try await node.transaction(id, in: block)?.transaction
    }
    return .block(hash: block.bytes, transaction: seen.transactions[height]?[id])
  }

  /// What the node shows of the wallet, as far as places were handed out and some beyond.
  private func reserves() async throws(NodeError) -> ReservesFact {
    let beyond: UInt32 = 100
    let exchange = core.exchange
    var ranges: [ScanRange] = []
    let counts = [exchange.nextDepositIndex, exchange.nextChangeIndex]
    let branches = (try? core.walletBranches) ?? []
    for (branch, count) in zip(branches, counts) {
      ranges.append(ScanRange(descriptor: branch, indices: 0...(count + beyond)))
    }
    for (branch, end) in (try? core.formerBranches) ?? [] {
      ranges.append(ScanRange(descriptor: branch, indices: 0...(end - 1)))
    }
    for (branch, end) in (try? core.coldBranches) ?? [] {
      ranges.append(ScanRange(descriptor: branch, indices: 0...(end + beyond)))
    }
    let scan = try await node.scan(ranges)
    return ReservesFact(
      at: ChainPoint(height: UInt32(scan.height), hash: scan.block.bytes), onChain: scan.total)
  }

  private func build() async throws(Interruption) {
    guard core.hasReleasedWithdrawals else { return }
    let rate = await feeRate()
    for _ in 0..<Self.payoutsAtOnce where core.hasReleasedWithdrawals {
      let isBuilt = try await build("no payout can be built") {
        core.buildPayout(feeRate: rate, signers: $0)
      }
      guard isBuilt else { return }
    }
  }

  /// Puts dearer versions in the place of payouts that no block takes, or lets children pay for them.
  private func replace() async throws(Interruption) {
    guard core.hasStuckPayouts else { return }
    let rate = await feeRate()
    let isReplaced = try await build("a payout that no block takes cannot be replaced") {
      core.replacePayout(feeRate: rate, signers: $0)
    }
    guard !isReplaced else { return }
    try await build("nothing can pay for a payout that no block takes") {
      core.payForStuck(feeRate: rate, signers: $0)
    }
  }

  /// Gathers small coins while fees are low.
  private func consolidate() async throws(Interruption) {
    guard core.hasManyCoins else { return }
    let rate = await feeRate()
    try await build("coins cannot be gathered") { core.consolidate(feeRate: rate, signers: $0) }
  }

  /// Takes to cold storage what the hot wallet does not need.
  private func sweep() async throws(Interruption) {
    let obstacle = core.sweepObstacle
    if let obstacle, obstacle != saidOfSweeps {
      logger.notice(
        "nothing more goes to cold storage until addresses are issued",
        metadata: ["reason": "\(obstacle)"])
    }
    saidOfSweeps = obstacle
    guard core.mayHaveTooMuch else { return }
    let rate = await feeRate()
    try await build("nothing can be taken to cold storage") {
      core.sweep(feeRate: rate, signers: $0)
    }
  }

  /// The rate to pay now: what the node estimates, within what the configuration allows.
  private func feeRate() async -> FeeRate {
    let estimate = try? await node.feeRate(forConfirmationWithin: fees.confirmWithinBlocks)
    let news = FeeNews(
      estimate: estimate.flatMap { FeeRate(satsPerKVByte: $0) }, mempoolMinimum: .relayed)
    return fees.policy.quote(news).rate
  }

  /// Has `make` build a transaction, once it knows how long the coins' own transactions are.
  ///
  /// - Returns: Whether it was built and the server took it.
  @discardableResult
  private func build(
    _ failure: String, _ make: ([SignerStatus]) -> Result<Command?, PayoutError>
  ) async throws(Interruption) -> Bool {
    var built = make(Array(known.values))
    while !core.evidenceQuestions.isEmpty {
      for coin in core.evidenceQuestions { core.learn(try await transaction(of: coin), of: coin) }
      built = make(Array(known.values))
    }
    switch built {
    case .success(nil):
      saidOfBuilding[failure] = nil
      return false
    case .success(let command?):
      saidOfBuilding[failure] = nil
      return try await give(command)
    case .failure(let error):
      if saidOfBuilding[failure] != error {
        logger.warning("\(failure)", metadata: ["reason": "\(error)"])
      }
      saidOfBuilding[failure] = error
      return false
    }
  }

  /// Gives up payouts that nobody signs, and those that lost a coin to a transaction of somebody else.
  private func giveUp() async throws(Interruption) {
    for payout in core.unsignedPayouts(Array(known.values), awaited: awaited)
    where tried[payout.id] != nil || core.isHeldBack(payout) {
      let promised = Set(
        await signers.withdraw(payout.transaction, Set(known.values.map(\.fingerprint)), known)
          .compactMap(\.promisor))
      if let command = core.giveUp(unsigned: payout, promised: promised) { try await give(command) }
    }
    for loss in core.suspectedLosses {
      guard let block = try await block(at: loss.point),
        let command = core.giveUp(loss, shownBy: block)
      else { continue }
      logger.critical(
        "a payout lost a coin to a transaction that is not ours",
        metadata: ["payout": "\(loss.payout)", "transaction": "\(loss.by)"])
      try await give(command)
    }
  }

  /// Asks signers about transactions that were given up, and shows those who signed one what the others
  /// promised: until then they keep its coins and its withdrawals for it.
  private func letGo() async {
    let height = core.exchange.tip?.height ?? 0
    for given in core.abandonments(Array(known.values)) {
      let transaction = given.transaction
      for standing in await signers.withdraw(transaction, given.unasked, known) {
        core.learn(standing, on: transaction)
      }
      let promises = core.promises(on: transaction)
      guard promises.count >= given.promisesNeeded, !given.holders.isEmpty,
        shown[transaction] != height
      else { continue }
      // Whoever is not convinced is not asked again before the next block.
      shown[transaction] = height
      for standing in await signers.letGo(of: transaction, promises, given.holders, known) {
        core.learn(standing, on: transaction)
      }
    }
  }

  /// Shows signers what is final and frees what they hold to; again after each block while some ask for
  /// more blocks upon it.
  private func settle() async throws(Interruption) {
    let height = core.exchange.tip?.height ?? 0
    for settlement in core.settlements(Array(known.values))
    where settled[settlement.payout] != height {
      settled[settlement.payout] = height
      guard let block = try await block(at: settlement.point) else { continue }
      var headers: [BlockHeader] = []
      var next = settlement.point.height + 1
      while next <= height, headers.count + 1 < MessageLimit.headers {
        guard let header = try await header(at: next) else { break }
        headers.append(header)
        next += 1
      }
      guard let proof = core.proof(of: settlement, in: block, under: headers) else { continue }
      for fingerprint in await signers.settle(proof, settlement.fingerprints, known) {
        core.learn(settlement, knownBy: fingerprint)
      }
    }
  }

  /// Returns a block of the guard's own node; `nil` when the node has another one there, or has deleted
  /// it.
  private func block(at point: ChainPoint) async throws(Interruption) -> Block? {
    guard let hash = try await hash(at: point.height), hash.bytes == point.hash else { return nil }
    do throws(NodeError) { return try await node.block(hash) } catch {
      if case .pruned = error { return nil }
      throw .elsewhere("the guard's node: \(error)")
    }
  }

  private func header(at height: UInt32) async throws(Interruption) -> BlockHeader? {
    guard let hash = try await hash(at: height) else { return nil }
    return try await ask { () async throws(NodeError) in try await node.header(hash)?.header }
  }

  private func hash(at height: UInt32) async throws(Interruption) -> BlockHash? {
    try await ask { () async throws(NodeError) in try await node.blockHash(at: Int(height)) }
  }

  /// A payout that signers are at.
  private struct Signing {
    let plan: PayoutPlan
    let previous: [Transaction]
    let round: Task<SigningRound, Never>
  }

  /// Has payouts signed. While the signers are at one, the one before is put together: over a serial
  /// line that is where the time goes.
  private func sign() async throws(Interruption) {
    var running: Signing?
    for plan in try own({ () throws(GuardError) in try core.payoutsToSign() }) {
      guard known.values.count(where: { $0.frozen == nil }) >= core.threshold else { break }
      if let last = tried[plan.payout.id], .now < last.advanced(by: Self.signingPause) { continue }
      let previous = try await previousTransactions(of: plan)
      var requests: [Int: SigningRequest] = [:]
      for (index, status) in known where status.frozen == nil {
        requests[index] = core.signingRequest(
          plan, previous: previous, to: status.fingerprint)
      }
      let next = Signing(
        plan: plan, previous: previous, round: Task { [requests] in await signers.sign(requests) }
      )
      if let running { try await finish(running) }
      running = next
    }
    if let running { try await finish(running) }
  }

  private func finish(_ signing: Signing) async throws(Interruption) {
    let round = await signing.round.value
    let answers = round.answers
    try own { () throws(GuardError) in try core.learn(answers.map(\.status)) }
    let payout = signing.plan.payout.id
    guard let command = core.finish(signing.plan, previous: signing.previous, answers: answers)
    else {
      // The next round carries to the others that it is written down.
      if round.awaitsWitnesses { return }
      tried[payout] = .now
      if round.mayCome { awaited.insert(payout) } else { awaited.remove(payout) }
      logger.warning(
        "a payout has too few signatures",
        metadata: ["payout": "\(payout)", "signatures": "\(answers.count)"])
      return
    }
    tried[payout] = nil
    awaited.remove(payout)
    try await give(command)
  }

  private func previousTransactions(of plan: PayoutPlan) async throws(Interruption) -> [Transaction]
  {
    var transactions: [Transaction] = []
    for coin in plan.coins { transactions.append(try await transaction(of: coin)) }
    return transactions
  }

  /// Returns the transaction that made `coin`.
  private func transaction(of coin: OwnedOutput) async throws(Interruption) -> Transaction {
    guard let id = TransactionID(bytes: coin.outpoint.transaction) else {
      throw .elsewhere("a coin's transaction has no id")
    }
    if let transaction = previous[id] ?? core.ownTransaction(id) { return transaction }
    let found = try await ask { () async throws(NodeError) in
      guard let block = try await node.blockHash(at: Int(coin.height)) else {
        return Transaction?.none
      }
      return try await node.transaction(id, in: block)?.transaction
    }
    guard let found else {
      throw .elsewhere("the guard's node does not have a coin's transaction")
    }
    if previous.count >= 1_000 { previous = [:] }
    previous[id] = found
    return found
  }

  /// Gives decisions on withdrawals, many at a time.
  private func give(_ decisions: [Command]) async throws(Interruption) {
    for start in stride(from: 0, to: decisions.count, by: Self.ordersAtOnce) {
      let commands = Array(decisions[start...].prefix(Self.ordersAtOnce))
      var orders: [Signed<GuardOrder>] = []
      for command in commands {
        orders.append(try own { () throws(GuardError) in try core.order(command) })
        logger.info("order", metadata: ["command": "\(command.summary)"])
      }
      let refusals: [String?]
      do { refusals = try await server.give(orders) } catch {
        for command in decisions[start...] { core.notGiven(command) }
        throw .elsewhere("\(error)")
      }
      for (command, refusal) in zip(commands, refusals) {
        guard let refusal else { continue }
        logger.warning(
          "an order is refused", metadata: ["command": "\(command.summary)", "error": "\(refusal)"])
        core.orderRefused(command)
      }
    }
  }

  /// Returns whether the server took it.
  @discardableResult
  private func give(_ command: Command) async throws(Interruption) -> Bool {
    let order = try own { () throws(GuardError) in try core.order(command) }
    logger.info("order", metadata: ["command": "\(command.summary)"])
    do {
      try await server.give(order)
    } catch {
      // What the core refuses now is decided anew from the journal.
      if case .refused = error {
        logger.warning(
          "an order is refused",
          metadata: ["command": "\(command.summary)", "error": "\(error)"])
        core.orderRefused(command)
        return false
      }
      core.notGiven(command)
      throw .elsewhere("\(error)")
    }
    switch command {
    case .payoutBuilt, .payoutReplaced, .payoutLost: try await follow()
    default: break
    }
    return true
  }

  private func own<T>(_ body: () throws(GuardError) -> T) throws(Interruption) -> T {
    do { return try body() } catch { throw .guardFault(error) }
  }
}

extension Duration {
  fileprivate var milliseconds: Int64 {
    components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
  }
}

extension Command {
  /// What a log line says of an order.
  fileprivate var summary: String {
    switch self {
    case .guardHeld(let withdrawal, _, let reason): "hold withdrawal \(withdrawal): \(reason.text)"
    case .guardRefused(let withdrawal, let reason): "refuse withdrawal \(withdrawal): \(reason)"
    case .guardReleased(let withdrawal, _): "release withdrawal \(withdrawal)"
    case .payoutBuilt(let built):
      "payout of \(built.withdrawals.count) withdrawals"
        + (built.cold.isEmpty ? "" : " and \(built.cold.count) cold addresses") + ", transaction "
        + Hex.text(built.transaction.reversed())
    case .payoutSigned(let payout, _): "payout \(payout) is signed"
    case .payoutReplaced(let payout, let built):
      "replace payout \(payout) at a fee of \(built.networkFee.units), transaction "
        + Hex.text(built.transaction.reversed())
    case .payoutLost(let payout, .unsigned): "give up payout \(payout), which nobody signs"
    case .payoutLost(let payout, .conflict(let transaction, _)):
      "give up payout \(payout), lost to transaction " + Hex.text(transaction.reversed())
    case .planFloat(let plan):
      plan.refill.map { "refill of \($0.amount.units) from cold storage" } ?? "no refill needed"
    case .keyHoldersReported(let report):
      "\(report.live) of \(report.seats) key holders live, \(report.threshold) are needed"
        + (report.frozen ? ", frozen" : "")
    case .reopeningChecked(let check):
      "checks before reopening: keys \(check.keysProved) of \(check.keysNeeded), counters "
        + "\(check.countersEqual) of \(check.countersNeeded), judged "
        + (check.judged.map { "\($0)" } ?? "not yet")
    case .noticeGiven(let notice):
      "account \(notice.account) was told of change \(notice.change)"
    case .cancelChange(let cancel):
      "the owner of account \(cancel.account) took change \(cancel.change) back"
    case .guardReported(let report):
      "report \(report.signersReachable) of \(report.signersTotal) signers"
        + (report.halted.map { ", halted: \($0)" } ?? "")
    default: "another command"
    }
  }
}
