import Bitcoin
import Cryptography
import Custody
import Descriptors
import Engine
import Foundation
import Guard
import Journal
import Money
import SignerProtocol
import Statements
import Structures

/// A journal with customers who withdraw, and the guard that follows it. The guard is timed, and
/// the journal that takes its orders; requests and blocks come in between.
final class FlowExchange {
  private static let btc = AssetID(1)
  private static let amount = Amount(units: 20_000)
  private static let operators: [String: [UInt8]] = [
    "dave": [UInt8](repeating: 1, count: 32), "erin": [UInt8](repeating: 2, count: 32),
  ]
  private static let feeRate = FeeRate(satsPerVByte: 5) ?? .usual

  private let wallet: Wallet
  private let sequencer: Sequencer
  private let core: GuardCore
  private var chain = FlowChain()
  private var changeEnd: UInt32 = 0
  private let customers: [(id: AccountID, address: String)]
  private var turn = 0

  /// Opens an account for each customer with a key, an address and a bitcoin of his own.
  init(_ wallet: Wallet, folder: String, customers count: Int) async throws {
    self.wallet = wallet
    let clock: @Sendable () -> Timestamp = {
      Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    }
    sequencer = try Sequencer.open(directory: folder + "/journal", clock: clock)
    core = try GuardCore(
      policy: try GuardPolicy(
        asset: "BTC", descriptor: wallet.descriptor, operators: Self.operators,
        minimumConfirmations: 1,
        limits: GuardLimits(
          perWithdrawal: 100_000_000, budgetHour: 1 << 50, budgetDay: 1 << 50),
        delays: GuardDelays(newAddress: 0, newKey: 0), releaseValidityMilliseconds: 3_600_000),
      key: wallet.guardKey, recordPath: folder + "/guard", clock: clock)
    var commands: [Command] = [.configure(Self.configuration(wallet))]
    var customers: [(AccountID, String)] = []
    var payments: [Transaction] = []
    let stranger = SHA256.hash(Array("stranger".utf8))
    for number in 0..<UInt32(count) {
      let id = AccountID(UInt64(number) + 1)
      let key = try Ed25519.PrivateKey(seed: SecretBytes(copying: SecureRandom.bytes(32)))
      let program = Array(SHA256.hash(key.publicKey.bytes).prefix(20))
      let script = try wallet.descriptor.script(branch: 0, index: number).scriptPubKey
      guard
        let address = Address.text(
          for: .payToWitness(version: 0, program: program), network: Wallet.network),
        let deposit = Address.text(for: script, network: Wallet.network),
        let source = TransactionID(bytes: stranger)
      else { throw Problem("no address") }
      chain.watch(script, ScriptIndex(branch: .deposit, index: number))
      let enrolment = EnrolmentStatement(account: id.raw, publicKey: key.publicKey.bytes)
      let word = AddressStatement(
        account: id.raw, asset: "BTC", chain: "BTC-Bitcoin", address: address, nonce: 1)
      commands += [
        .openAccount(name: "customer \(number)"),
        .enrolSigningKey(
          account: id, publicKey: key.publicKey.bytes, proof: try enrolment.signed(by: key)),
        .addAddress(
          AddAddress(
            account: id, asset: Self.btc, chain: "BTC-Bitcoin", address: address, label: "",
            nonce: 1, signature: try word.signed(by: key))),
        .assignDepositAddress(account: id, asset: Self.btc, index: number, address: deposit),
      ]
      payments.append(
        Transaction(
          inputs: [TransactionInput(outpoint: Outpoint(transaction: source, index: number))],
          outputs: [TransactionOutput(value: 100_000_000, script: script)]))
      customers.append((id, address))
    }
    self.customers = customers
    for command in commands { try await submit([command]) }
    try await mine(payments)
    try await mine([])
    try follow()
    for question in core.depositQuestions {
      try core.learn(chain.answer(question), to: question)
    }
  }

  /// Has so many withdrawals asked for, released and signed, and mines what was signed.
  ///
  /// - Returns: How long it took from the first look at the requests to the last signed transaction.
  func pay(_ count: Int, by signers: SignerProcesses) async throws -> BatchTime {
    let requests = (0..<count).map { number in
      let customer = customers[(turn + number) % customers.count]
      return Command.requestWithdrawal(
        RequestWithdrawal(
          account: customer.id, asset: Self.btc, address: customer.address, amount: Self.amount,
          clientID: ""))
    }
    turn += count
    try await submit(requests)
    if let reserves = chain.reserves { core.learn(reserves) }
    var time = BatchTime()
    let start = ContinuousClock.now
    let statuses = signers.lines.compactMap(\.status)
    try follow()
    let releases = try core.decide(signers: statuses)
    guard releases.count == count else {
      throw Problem("\(releases.count) of \(count) withdrawals are decided on")
    }
    try await give(releases)
    try follow()
    var waiting = count
    while waiting > 0 {
      let built = try build(statuses)
      if case .payoutBuilt(let payout) = built { waiting -= payout.withdrawals.count }
      try await give([built])
      try follow()
    }
    var signed: [Transaction] = []
    var running: Signing?
    for plan in try core.payoutsToSign() {
      let previous = plan.transaction.inputs.compactMap {
        chain.transaction($0.outpoint.transaction)
      }
      let requests = wallet.fingerprints.compactMap {
        core.signingRequest(plan, previous: previous, to: $0)
      }
      let next = Signing(
        plan: plan, previous: previous, requests: requests,
        answers: Task { await signers.sign(requests) })
      if let running { signed.append(try await finish(running, &time)) }
      running = next
    }
    if let running { signed.append(try await finish(running, &time)) }
    time.total = start.duration(to: .now) / .seconds(1)
    try await mine(signed)
    try await mine([])
    try follow()
    return time
  }

  /// A payout that signers are at.
  private struct Signing {
    let plan: PayoutPlan
    let previous: [Transaction]
    let requests: [SigningRequest]
    let answers: Task<[SigningAnswer], Never>
  }

  private func finish(_ signing: Signing, _ time: inout BatchTime) async throws -> Transaction {
    let start = ContinuousClock.now
    let answers = await signing.answers.value
    time.waiting += start.duration(to: .now) / .seconds(1)
    time.bytes +=
      (signing.requests.map(\.lineBytes).max() ?? 0) + (answers.map(\.lineBytes).max() ?? 0)
    try core.learn(answers.map(\.status))
    let command = core.finish(signing.plan, previous: signing.previous, answers: answers)
    guard case .payoutSigned(_, let bytes)? = command, let command else {
      throw Problem("a payout has \(answers.count) answers and is not signed")
    }
    try await give([command])
    return try Transaction(parsing: bytes)
  }

  /// Carries orders to the online server, which checks the guard's signature and journals them.
  private func give(_ commands: [Command]) async throws {
    for command in commands {
      guard try core.order(command).isSigned(by: wallet.guardKey.publicKey.bytes) else {
        throw Problem("an order is not signed")
      }
    }
    try await submit(commands)
  }

  private func build(_ statuses: [SignerStatus]) throws -> Command {
    var built = core.buildPayout(feeRate: Self.feeRate, signers: statuses)
    while !core.evidenceQuestions.isEmpty {
      for coin in core.evidenceQuestions {
        guard let id = TransactionID(bytes: coin.outpoint.transaction),
          let transaction = chain.transaction(id)
        else { throw Problem("a coin without a transaction") }
        core.learn(transaction, of: coin)
      }
      built = core.buildPayout(feeRate: Self.feeRate, signers: statuses)
    }
    guard let command = try built.get() else { throw Problem("nothing is built") }
    return command
  }

  private func follow() throws {
    while true {
      let batches = try sequencer.reader.batches(after: core.sequence)
      if batches.isEmpty { break }
      try core.follow(batches)
      if let reason = core.halted { throw Problem("the guard has stopped: \(reason)") }
    }
  }

  private func submit(_ commands: [Command]) async throws {
    for committed in try await sequencer.submit(commands) {
      if let refusal = committed.refusal { throw Problem("the core refuses: \(refusal)") }
    }
  }

  private func mine(_ transactions: [Transaction]) async throws {
    let end = try await sequencer.read { $0.nextChangeIndex }
    while changeEnd < end {
      let script = try wallet.descriptor.script(branch: 1, index: changeEnd).scriptPubKey
      chain.watch(script, ScriptIndex(branch: .change, index: changeEnd))
      changeEnd += 1
    }
    try await submit([.connectBlock(chain.mine(transactions))])
  }

  private static func configuration(_ wallet: Wallet) -> ExchangeConfiguration {
    func amount(_ units: Int64) -> Amount { Amount(units: units) }
    let all = amount(1 << 50)
    let limits = WithdrawalLimits(
      refuseAbove: all, reviewAbove: all, delayAbove: all, delayMilliseconds: 1000,
      customerHour: all, customerDay: all, assetHour: all, assetDay: all, countHour: 1_000_000,
      firstUseMilliseconds: 0)
    return ExchangeConfiguration(
      assets: [
        Asset(
          code: "BTC", name: "Bitcoin", decimals: 8, rail: .bitcoin, chain: "BTC-Bitcoin",
          minimumDeposit: amount(1000), minimumWithdrawal: amount(1000),
          withdrawalFee: amount(10_000), depositConfirmations: 2, withdrawalConfirmations: 2,
          limits: limits)
      ], instruments: [],
      operators: operators.sorted { $0.key < $1.key }.map {
        Operator(name: $0.key, publicKey: $0.value)
      }, addressCoolingOffMilliseconds: 0, credentialHoldMilliseconds: 0,
      walletDescriptor: wallet.descriptor.text, guardKey: wallet.guardKey.publicKey.bytes)
  }
}

/// What a message adds to its payload on the line: the frame's head and checksum, the message's type and
/// number, and the cipher's tag.
private let frameBytes = 14 + 4 + 5 + 16

extension SigningRequest {
  fileprivate var lineBytes: Int { SignerRequest.sign(self).payload.count + frameBytes }
}

extension SigningAnswer {
  fileprivate var lineBytes: Int { SignerAnswer.signed(self).payload.count + frameBytes }
}
