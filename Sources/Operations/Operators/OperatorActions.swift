public import Engine
public import JSON
public import Journal
import Money
import Statements
import Wire
import Risk
public import Structures

/// What operators can do, once the gate let them pass.
///
/// The statement inside a receipt or a review is checked here too: it goes into the journal, where
/// guard and signers check it again.
public struct OperatorActions: Sendable {
  /// Why an action has no effect.
  public enum Refusal: Error, Equatable, Sendable {
    /// A field is missing or wrong, and what is allowed.
    case field(String, String)
    case unknownAccount(String)
    case unknownAsset(String, allowed: [String])
    /// The statement inside is not signed by the operator who sends it.
    case badStatementSignature
    /// The core refused.
    case refused(Engine.Refusal)
    /// The credentials could not be made.
    case credentials(String)
    /// There is nothing to do it for, or the node does not answer.
    case notNow(String)
  }

  /// Makes the credentials of a new API key: the command, and what the customer is told once.
  public typealias Issue =
    @Sendable (_ account: AccountID, _ label: String, _ permissions: Permissions) throws -> (
      command: Command, apiKey: String, secret: String, passphrase: String
    )

  let sequencer: Sequencer
  private let issue: Issue

  /// Creates the actions.
  public init(sequencer: Sequencer, issue: @escaping Issue) {
    self.sequencer = sequencer
    self.issue = issue
  }

  /// Opens the account `name`.
  public func openAccount(_ body: JSON) async throws -> JSON {
    let name = try Self.text(body, "name", limit: 64)
    let events = try await commit(.openAccount(name: name))
    for case .accountOpened(let account) in events {
      return ["ok": true, "account": Self.json(account)]
    }
    return ["ok": true]
  }

  /// All accounts.
  public func accounts() async throws -> JSON {
    let accounts = try await sequencer.read { $0.accounts }
    return ["ok": true, "accounts": .array(accounts.map(Self.json))]
  }

  /// The assets with their decimals, for whoever signs amounts.
  public func assets() async throws -> JSON {
    let assets = try await sequencer.read { $0.configuration?.assets ?? [] }
    return [
      "ok": true,
      "assets": .array(
        assets.map { asset in
          [
            "code": .string(asset.code), "decimals": .integer(asset.decimals),
            "chain": .string(asset.chain),
          ]
        }),
    ]
  }

  /// Makes an API key for an account; its secret is in the answer and nowhere else.
  public func createAPIKey(_ body: JSON) async throws -> JSON {
    let account = try await account(body)
    let label = try Self.text(body, "label", limit: 50)
    let permissions = try Self.permissions(body)
    let key = try issue(account.id, label, permissions)
    _ = try await commit(key.command)
    return [
      "ok": true, "account": Self.json(account), "apiKey": .string(key.apiKey),
      "secret": .string(key.secret),
      "passphrase": .string(key.passphrase),
    ]
  }

  /// Attests that a payment arrived on the manual rail.
  public func attestReceipt(_ body: JSON, by name: String) async throws -> JSON {
    let account = try await account(body)
    let (id, asset) = try await asset(body)
    let amount = try Self.amount(body, "amount", of: asset)
    let reference = try Self.text(body, "reference", limit: StatementLimit.reference)
    let signature = try Self.signature(body)
    let statement = ReceiptStatement(
      operatorName: name, account: account.id.raw, asset: asset.code, amountUnits: amount.units,
      reference: reference)
    guard statement.verify(signature: signature, key: try await key(of: name)) else {
      throw Refusal.badStatementSignature
    }
    let events = try await commit(
      .attestReceipt(
        AttestReceipt(
          operatorName: name, account: account.id, asset: id, amount: amount,
          reference: reference, signature: signature)))
    for case .deposit(let deposit) in events {
      return [
        "ok": true, "deposit": .string("\(deposit.id)"),
        "state": deposit.state.isCredited ? "credited" : "attested",
      ]
    }
    return ["ok": true]
  }

  /// Withdrawals that wait for people.
  public func reviews() async throws -> JSON {
    let waiting = try await sequencer.read { exchange in
      exchange.openWithdrawals.filter { $0.state == .inReview }.map { withdrawal in
        (
          withdrawal, exchange.account(withdrawal.account)?.name ?? "",
          exchange.asset(withdrawal.asset)
        )
      }
    }
    return [
      "ok": true,
      "reviews": .array(
        waiting.map { withdrawal, name, asset in
          let decimals = asset?.decimals ?? 0
          return [
            "withdrawal": .string("\(withdrawal.id)"), "account": .string(name),
            "asset": .string(asset?.code ?? ""), "address": .string(withdrawal.address),
            "amount": .string(
              DecimalText.text(units: withdrawal.amount.units, decimals: decimals)),
            "requestedAt": .integer(withdrawal.requestedAt.milliseconds),
            "approvals": .array(withdrawal.approvals.map { .string($0) }),
            "reasons": .array(withdrawal.decision.hits.map { .string("\($0.rule)") }),
          ]
        }),
    ]
  }

  /// Approves or refuses a withdrawal in review.
  public func review(_ body: JSON, by name: String) async throws -> JSON {
    guard let number = UInt64(try Self.text(body, "withdrawal", limit: 20)) else {
      throw Refusal.field("withdrawal", "is no withdrawal's number")
    }
    guard let approves = body["approves"]?.bool else {
      throw Refusal.field("approves", "is missing; allowed true, false")
    }
    let reason = body["reason"]?.string ?? ""
    guard reason.utf8.count <= StatementLimit.reason, approves || !reason.isEmpty else {
      throw Refusal.field(
        "reason", "has to be 1 to \(StatementLimit.reason) bytes when a withdrawal is refused")
    }
    let signature = try Self.signature(body)
    let statement = ReviewStatement(
      operatorName: name, withdrawal: number, approves: approves, reason: reason)
    guard statement.verify(signature: signature, key: try await key(of: name)) else {
      throw Refusal.badStatementSignature
    }
    let events = try await commit(
      .reviewWithdrawal(
        ReviewWithdrawal(
          operatorName: name, withdrawal: WithdrawalID(number), approves: approves,
          reason: reason, signature: signature)))
    for case .withdrawal(let withdrawal) in events {
      return [
        "ok": true, "withdrawal": .string("\(withdrawal.id)"),
        "state": .string(withdrawal.state.name),
        "approvals": .array(withdrawal.approvals.map { .string($0) }),
      ]
    }
    return ["ok": true]
  }

  // MARK: - Reading and committing

  func commit(_ command: Command) async throws -> [Event] {
    let committed = try await sequencer.submit(command)
    if let refusal = committed.refusal { throw Refusal.refused(refusal) }
    return committed.events
  }

  func key(of name: String) async throws -> [UInt8] {
    try await sequencer.read { exchange in
      exchange.configuration?.operators.first { $0.name == name }?.publicKey ?? []
    }
  }

  /// The account that the body names, by name or by number.
  func account(_ body: JSON) async throws -> Account {
    let text = try Self.text(body, "account", limit: 64)
    let account = try await sequencer.read { exchange in
      if let id = exchange.accountID(name: text) { return exchange.account(id) }
      return UInt64(text).flatMap { exchange.account(AccountID($0)) }
    }
    guard let account else { throw Refusal.unknownAccount(text) }
    return account
  }

  func asset(_ body: JSON) async throws -> (AssetID, Asset) {
    let code = try Self.text(body, "asset", limit: StatementLimit.assetCode)
    let assets = try await sequencer.read { $0.configuration?.assets ?? [] }
    guard let index = assets.firstIndex(where: { $0.code == code }) else {
      throw Refusal.unknownAsset(code, allowed: assets.map(\.code))
    }
    return (AssetID(UInt64(index) + 1), assets[index])
  }
}

extension OperatorActions {
  static func json(_ account: Account) -> JSON {
    ["id": .string("\(account.id)"), "name": .string(account.name)]
  }

  static func text(_ body: JSON, _ field: String, limit: Int) throws -> String {
    guard let text = body[field]?.string else { throw Refusal.field(field, "is not a text") }
    guard (1...limit).contains(text.utf8.count) else {
      throw Refusal.field(field, "has \(text.utf8.count) bytes; allowed 1 to \(limit)")
    }
    return text
  }

  static func signature(_ body: JSON) throws -> [UInt8] {
    guard let text = body["signature"]?.string, let bytes = Hex.bytes(text), bytes.count == 64
    else { throw Refusal.field("signature", "is not 64 bytes in hexadecimal") }
    return bytes
  }

  private static func amount(_ body: JSON, _ field: String, of asset: Asset) throws -> Amount {
    let text = try text(body, field, limit: 64)
    guard let units = try? DecimalText.units(of: text, decimals: asset.decimals), units > 0 else {
      throw Refusal.field(
        field, "\(text) is not an amount above 0 with at most \(asset.decimals) decimals")
    }
    return Amount(units: units)
  }

  private static func permissions(_ body: JSON) throws -> Permissions {
    let names: [String: Permissions] = ["read": .read, "trade": .trade, "withdraw": .withdraw]
    var permissions: Permissions = []
    for word in try text(body, "permissions", limit: 64).split(separator: ",") {
      guard let permission = names[String(word)] else {
        throw Refusal.field("permissions", "\(word) is not allowed; allowed read, trade, withdraw")
      }
      permissions.insert(permission)
    }
    return permissions
  }
}

extension OperatorActions.Refusal: CustomStringConvertible {
  /// What an operator should know of a refusal of the core.
  private static func words(_ refusal: Engine.Refusal) -> String {
    switch refusal {
    case .duplicateName(let name): "name: \(name) is taken"
    case .sameOperatorTwice:
      "the same operator spoke already; a different operator has to say the same"
    case .receiptMismatch:
      "the other operator attested this reference with another account or amount"
    case .receiptAlreadyCredited: "this reference is credited already"
    case .railMismatch: "asset: does not come in by receipts"
    case .unknownWithdrawal: "withdrawal: is not known"
    case .notInReview: "withdrawal: does not wait for a decision"
    case .malformed(let field, let problem): "\(field): \(problem)"
    case .coldStorage(let problem): problem
    case .onlyMaster: "account: is a sub-account; only a master has sub-accounts"
    case .unknownFeeTier(let count): "tier: there is no such tier; allowed 1 to \(count)"
    case .instrumentStateUnchanged: "state: is what it is already"
    case .unknownAdjustment: "adjustment: is not known"
    case .adjustmentAlreadyDecided: "adjustment: is decided already"
    case .adjustmentNotCovered(let available):
      "amount: is not covered; available are \(available.units) units"
    case .rewardNotPositive: "amount: a reward must be above 0"
    case .full(let structure): "the exchange is full: \(structure)"
    default: "the core refused: \(refusal)"
    }
  }

  public var description: String {
    switch self {
    case .field(let name, let problem): "\(name): \(problem)"
    case .unknownAccount(let name): "account: \(name) is not known"
    case .unknownAsset(let code, let allowed):
      "asset: \(code) is not known; allowed \(allowed.joined(separator: ", "))"
    case .badStatementSignature: "signature: is not the operator's over this statement"
    case .refused(let refusal): Self.words(refusal)
    case .notNow(let problem): problem
    case .credentials(let problem): "the credentials could not be made: \(problem)"
    }
  }
}
