// swift-format-ignore-file: NeverUseForceTry, NeverForceUnwrap
// Fixed inputs of tests: what traps here is a wrong test.
import Bitcoin
import Cryptography
import Custody
import Descriptors
import Engine
import Foundation
import Guard
import Journal
import Money
import Passkeys
import Policies
import SignerProtocol
import Signing
import Statements
import Structures
import Synchronization
import Testing

/// A clock that only the test moves.
final class TestClock: Sendable {
  private let value = Mutex(Timestamp(milliseconds: 1_700_000_000_000))
  var now: Timestamp { value.withLock { $0 } }
  func advance(_ milliseconds: Int64) {
    value.withLock { $0 = $0.advanced(byMilliseconds: milliseconds) }
  }
}

/// Keys that all worlds share: opening a key file is slow on purpose.
enum GuardKeys {
  static let network = Network.regtest
  static let guardKey = key(100)
  static let alice = key(101)
  static let mallory = key(66)
  static let dave = key(110)
  static let erin = key(111)

  static let holders: [HolderKey] = (1...3).map { seed in
    let passphrase = try! SecretBytes(copying: Array("correct horse battery".utf8))
    let file = try! KeyFile.sealHolder(
      seed: SecretBytes(copying: [UInt8](repeating: UInt8(seed), count: 32)), network: network,
      label: "holder-\(seed)", created: Timestamp(milliseconds: 0), passphrase: passphrase,
      cost: .interactive)
    return try! file.openHolder(passphrase: passphrase)
  }

  /// The wallets that payouts are made from: a plain multisig and both forms of a hot wallet that
  /// decays.
  static let wallets: [Descriptor] = [multisig, decaying(.wsh), decaying(.tr)]

  static let multisig = try! Descriptor(
    multisigOf: 2,
    keys: holders.map {
      try! KeyExpression(
        origin: $0.origin, account: $0.account.publicKey,
        branches: [ChildNumber(0)!, ChildNumber(1)!])
    }, network: network)

  static func decaying(_ form: DecayingPolicy.Form) -> Descriptor {
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
      ], tiers: DecayingPolicy.hotTiers(threshold: 2, councilThreshold: 3)
    ).descriptor(form: form, network: network)
  }

  /// The wallet of the running test.
  @TaskLocal static var descriptor = multisig

  static func key(_ seed: UInt8) -> Ed25519.PrivateKey {
    try! Ed25519.PrivateKey(seed: SecretBytes(copying: [UInt8](repeating: seed, count: 32)))
  }

  static func address(_ number: UInt8) -> String {
    Address.text(
      for: .payToWitness(version: 0, program: [UInt8](repeating: number, count: 20)),
      network: network)!
  }
}

/// A journal, a chain, a guard and three signers in one process. The test is the attacker who owns
/// the online server: it may journal whatever it likes.
final class GuardWorld {
  typealias K = GuardKeys
  static let btc = AssetID(1)
  static let usdt = AssetID(2)
  static let alice = AccountID(1)

  let folder: String
  let clock = TestClock()
  let sequencer: Sequencer
  var chain = FakeChain(descriptor: GuardKeys.descriptor)
  var core: GuardCore
  var signers: [Signer?] = []
  var lastRefusals: [SignerRefusal] = []
  let policy: GuardPolicy
  let signerLimits: SigningLimits

  init(
    delays: GuardDelays = GuardDelays(newAddress: 0, newKey: 0),
    limits: GuardLimits = GuardLimits(
      perWithdrawal: 2_000_000, budgetHour: 3_000_000, budgetDay: 6_000_000),
    signerLimits: SigningLimits = SigningLimits(
      perTransaction: 10_000_000, budgetHour: 20_000_000, budgetDay: 40_000_000,
      networkFee: 100_000, feeRateSatsPerVByte: 100),
    consolidation: Consolidation.Policy? = nil, ladder: CoinLadder? = nil,
    float: FloatTerms? = nil, passkeySite: PasskeySite? = nil, sanctions: SanctionsTerms? = nil,
    givesNotices: Bool = false, changing: ChangeRules = .nobody
  ) async throws {
    self.signerLimits = signerLimits
    folder = FileManager.default.temporaryDirectory.path + "/guard-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let clock = clock
    sequencer = try Sequencer.open(directory: folder + "/journal", clock: { clock.now })
    var policy = try GuardPolicy(
      asset: "BTC", descriptor: K.descriptor,
      operators: [
        "dave": K.dave.publicKey.bytes, "erin": K.erin.publicKey.bytes,
      ], minimumConfirmations: 1, limits: limits, delays: delays,
      releaseValidityMilliseconds: 3_600_000, consolidation: consolidation,
      ladder: ladder, passkeySite: passkeySite, sanctions: sanctions, float: float)
    policy.givesNotices = givesNotices
    policy.changing = changing
    self.policy = policy
    chain.cold = float?.cold
    core = try GuardCore(
      policy: policy, key: K.guardKey, recordPath: folder + "/guard", clock: { clock.now })
    signers = try (0..<3).map { try signer($0) }
    try await submit(.configure(Self.configuration()))
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func signer(_ index: Int) throws -> Signer {
    let clock = clock
    var policy = SignerPolicy(
      network: K.network, asset: "BTC", chain: "BTC-Bitcoin", descriptor: K.descriptor,
      guardKey: K.guardKey.publicKey.bytes,
      limits: signerLimits,
      cold: self.policy.float.map {
        ColdDestination(descriptor: $0.cold, issuerKey: $0.issuerKey)
      }, finality: FinalityTerms(blocks: 2, easiestBits: 0x207F_FFFF))
    policy.changing = self.policy.changing
    return try Signer(
      policy: policy, key: K.holders[index], recordPath: folder + "/signer\(index)",
      clock: { clock.now })
  }

  static func configuration(
    guardKey: [UInt8] = GuardKeys.guardKey.publicKey.bytes, operators: [Operator]? = nil
  ) -> ExchangeConfiguration {
    func amount(_ units: Int64) -> Amount { Amount(units: units) }
    let limits = WithdrawalLimits(
      refuseAbove: amount(100_000_000), reviewAbove: amount(1_500_000),
      delayAbove: amount(50_000_000), delayMilliseconds: 1000, customerHour: amount(100_000_000),
      customerDay: amount(100_000_000), assetHour: amount(100_000_000),
      assetDay: amount(100_000_000), countHour: 100, firstUseMilliseconds: 0)
    func asset(_ code: String, _ rail: Asset.Rail, _ chain: String) -> Asset {
      Asset(
        code: code, name: code, decimals: 8, rail: rail, chain: chain,
        minimumDeposit: amount(1000), minimumWithdrawal: amount(1000),
        withdrawalFee: amount(10_000), depositConfirmations: 2, withdrawalConfirmations: 2,
        limits: limits)
    }
    return ExchangeConfiguration(
      assets: [
        asset("BTC", .bitcoin, "BTC-Bitcoin"), asset("USDT", .manual, "USDT-Manual"),
      ], instruments: [],
      operators: operators ?? [
        Operator(name: "dave", publicKey: GuardKeys.dave.publicKey.bytes),
        Operator(name: "erin", publicKey: GuardKeys.erin.publicKey.bytes),
      ], addressCoolingOffMilliseconds: 0, credentialHoldMilliseconds: 0,
      walletDescriptor: GuardKeys.descriptor.text, guardKey: guardKey)
  }

  /// Journals commands as the online server does; the core's refusal fails the test.
  func submit(_ commands: Command...) async throws {
    for command in commands {
      let committed = try await sequencer.submit(command)
      try #require(committed.refusal == nil, "\(command): \(String(describing: committed.refusal))")
    }
  }

  /// An account with an enrolled key, an address in its book and 5 000 000 satoshi credited.
  ///
  /// - Parameters:
  ///   - payment: What pays her, if not something that only the test's chain knows.
  ///   - enrol: Gives her another key than her usual one, and no address book.
  func openAlice(
    paidBy payment: Transaction? = nil, enrolling enrol: (() async throws -> Void)? = nil
  ) async throws {
    try await submit(.openAccount(name: "alice"))
    if let enrol {
      try await enrol()
    } else {
      try await self.enrol(K.alice)
      try await addAddress(K.address(1), nonce: 1)
    }
    let deposit = try K.descriptor.script(branch: 0, index: 0).scriptPubKey
    try await submit(
      .assignDepositAddress(
        account: Self.alice, asset: Self.btc, index: 0,
        address: try #require(Address.text(for: deposit, network: K.network))))
    try await mine([payment ?? chain.payment(of: 5_000_000, to: 0)])
    try await mine()
  }

  func enrol(_ key: Ed25519.PrivateKey, proof: [UInt8]? = nil) async throws {
    let statement = EnrolmentStatement(account: 1, publicKey: key.publicKey.bytes)
    try await submit(
      .enrolSigningKey(
        account: Self.alice, publicKey: key.publicKey.bytes,
        proof: try proof ?? statement.signed(by: key)))
  }

  func addAddress(
    _ address: String, nonce: UInt64, by key: Ed25519.PrivateKey = GuardKeys.alice
  ) async throws {
    let statement = AddressStatement(
      account: 1, asset: "BTC", chain: "BTC-Bitcoin", address: address, nonce: nonce)
    try await submit(
      .addAddress(
        AddAddress(
          account: Self.alice, asset: Self.btc, chain: "BTC-Bitcoin", address: address,
          label: "", nonce: nonce, signature: try statement.signed(by: key))))
  }

  func mine(_ transactions: [Transaction] = []) async throws {
    try await submit(.connectBlock(chain.mine(transactions)))
  }

  @discardableResult
  func withdraw(
    _ units: Int64, to address: String = GuardKeys.address(1)
  ) async throws -> WithdrawalID {
    let committed = try await sequencer.submit(
      .requestWithdrawal(
        RequestWithdrawal(
          account: Self.alice, asset: Self.btc, address: address, amount: Amount(units: units),
          clientID: "")))
    for case .withdrawal(let withdrawal) in committed.events { return withdrawal.id }
    throw Refusal.unknownWithdrawal
  }

  func withdrawal(_ id: WithdrawalID) async throws -> Withdrawal {
    try #require(try await sequencer.read { $0.withdrawal(id) })
  }

  func state(_ id: WithdrawalID) async throws -> Withdrawal.State {
    try await withdrawal(id).state
  }

  /// Returns why a withdrawal is refused; fails while it is not.
  func refusal(of id: WithdrawalID) async throws -> String {
    guard case .refused(let why) = try await state(id) else {
      Issue.record("\(try await state(id))")
      return ""
    }
    return why
  }

  /// The guard reads what is new in the journal.
  func follow() throws {
    while true {
      let batches = try sequencer.reader.batches(after: core.sequence)
      if batches.isEmpty { return try core.reachedEndOfFeed() }
      let before = core.sequence
      try core.follow(batches)
      if core.sequence == before { return }
    }
  }

  /// Follows the journal and learns what the chain shows.
  func look() throws {
    try follow()
    for question in core.depositQuestions {
      try core.learn(chain.answer(question), to: question)
    }
    if core.wantsReserves, let reserves = chain.reserves { core.learn(reserves) }
  }

  /// Looks, and releases what may be released; builds nothing.
  func release() async throws {
    try look()
    for command in try core.decide(signers: statuses) { try await give(command) }
    try follow()
  }

  /// One round of the guard's driver: follow, learn, decide, build, sign; its orders are journaled.
  func round() async throws {
    try look()
    if let report = core.reportKeyHolders() { try await give(report) }
    for command in try core.decide(signers: statuses) { try await give(command) }
    if let checks = core.checkReopening(signers: statuses) { try await give(checks) }
    try follow()
    if let plan = core.planFloat() { try await give(plan) }
    try follow()
    let reachable = statuses.count
    if let command = try? buildPayout().get() { try await give(command) }
    try follow()
    for plan in try core.payoutsToSign() {
      if let command = try sign(plan) { try await give(command) }
    }
    try follow()
    if let report = core.report(signersReachable: reachable) { try await give(report) }
    try follow()
  }

  /// What the signers that answer say of themselves.
  var statuses: [SignerStatus] { signers.compactMap { $0?.status } }

  /// Builds the next payout, with what the chain shows of its coins and what the signers say.
  func buildPayout(signers said: [SignerStatus]? = nil) throws -> Result<Command?, PayoutError> {
    let said = said ?? statuses
    var built = core.buildPayout(feeRate: .usual, signers: said)
    while !core.evidenceQuestions.isEmpty {
      for coin in core.evidenceQuestions {
        let id = try #require(TransactionID(bytes: coin.outpoint.transaction))
        core.learn(try #require(chain.transaction(id)), of: coin)
      }
      built = core.buildPayout(feeRate: .usual, signers: said)
    }
    return built
  }

  /// Has `make` build a transaction, with what the chain shows of its coins.
  func build(
    _ make: ([SignerStatus]) -> Result<Command?, PayoutError>
  ) throws -> Result<Command?, PayoutError> {
    var built = make(statuses)
    while !core.evidenceQuestions.isEmpty {
      for coin in core.evidenceQuestions {
        let id = try #require(TransactionID(bytes: coin.outpoint.transaction))
        core.learn(try #require(chain.transaction(id)), of: coin)
      }
      built = make(statuses)
    }
    return built
  }

  func sign(_ plan: PayoutPlan) throws -> Command? {
    let previous = plan.transaction.inputs.compactMap { input in
      chain.transaction(input.outpoint.transaction)
        ?? core.ownTransaction(input.outpoint.transaction)
    }
    var answers: [SigningAnswer] = []
    lastRefusals = []
    for (index, signer) in signers.enumerated() {
      guard let signer,
        let request = core.signingRequest(
          plan, previous: previous, to: K.holders[index].origin.fingerprint.bytes)
      else { continue }
      switch signer.answer(.sign(request)) {
      case .signed(let answer):
        answers.append(answer)
        try core.learn(answer.status)
      case .refused(let refusal): lastRefusals.append(refusal)
      case .status, .chain, .attested, .promised, .policyState: break
      }
    }
    return core.finish(plan, previous: previous, answers: answers)
  }

  /// Shows the signers what is final, as far as they listen.
  func settle() throws {
    lastRefusals = []
    for settlement in core.settlements(statuses) {
      let height = Int(settlement.point.height)
      let proof = try #require(
        core.proof(
          of: settlement, in: chain.blocks[height - 1].block,
          under: chain.blocks[height...].map(\.block.header)))
      for case let signer? in signers
      where settlement.fingerprints.contains(signer.status.fingerprint) {
        switch signer.answer(.settle(proof)) {
        case .status(let status): core.learn(settlement, knownBy: status.fingerprint)
        case .refused(let refusal): lastRefusals.append(refusal)
        case .signed, .chain, .attested, .promised, .policyState: break
        }
      }
    }
  }

  /// Gives up what nobody has signed for so long, as the guard's driver does.
  func giveUp() async throws {
    for payout in core.unsignedPayouts(statuses) {
      var promised: Set<[UInt8]> = []
      for case let signer? in signers {
        switch signer.answer(.withdraw(transaction: payout.transaction)) {
        case .status(let status): promised.insert(status.fingerprint)
        case .promised(let word): promised.insert(word.fingerprint)
        case .refused(let refusal): lastRefusals.append(refusal)
        case .signed, .chain, .attested, .policyState: break
        }
      }
      if let command = core.giveUp(unsigned: payout, promised: promised) {
        try await give(command)
      }
    }
    for loss in core.suspectedLosses {
      let block = chain.blocks[Int(loss.point.height) - 1].block
      if let command = core.giveUp(loss, shownBy: block) { try await give(command) }
    }
    try follow()
  }

  /// Asks about what was given up, and shows those who signed it what the others promised, as the guard's
  /// driver does.
  func letGo() {
    for given in core.abandonments(statuses) {
      let id = given.transaction
      for case let signer? in signers where given.unasked.contains(signer.status.fingerprint) {
        ask(signer, .withdraw(transaction: id), about: id)
      }
      let promises = core.promises(on: id)
      guard promises.count >= given.promisesNeeded else { continue }
      for case let signer? in signers where given.holders.contains(signer.status.fingerprint) {
        ask(signer, .letGo(transaction: id, promises: promises), about: id)
      }
    }
  }

  private func ask(_ signer: Signer, _ request: SignerRequest, about transaction: [UInt8]) {
    let answer = signer.answer(request)
    if case .letGo = request, case .refused(let refusal) = answer { lastRefusals.append(refusal) }
    if let standing = Standing(answer, to: request, by: signer.status.fingerprint) {
      core.learn(standing, on: transaction)
    }
  }

  /// Carries an order to the online server, which checks its signature and journals it.
  func give(_ command: Command) async throws {
    let order = try core.order(command)
    #expect(order.isSigned(by: K.guardKey.publicKey.bytes))
    try await submit(command)
  }

  /// Starts the guard again from its record and the journal alone.
  func restartGuard() throws {
    let clock = clock
    // The old one holds the record's lock until it is gone.
    core = try GuardCore(
      policy: policy, key: K.guardKey, recordPath: folder + "/other", clock: { clock.now })
    core = try GuardCore(
      policy: policy, key: K.guardKey, recordPath: folder + "/guard", clock: { clock.now })
  }

  /// The signed transaction of the only payout.
  func signedTransaction() async throws -> Transaction {
    let payouts = try await sequencer.read { $0.openPayouts }
    return try Transaction(parsing: try #require(payouts.first?.signed))
  }
}
