import ArgumentParser
import JSON
import Money
import Signing
import Statements
import Wire

/// What operators do.
struct OperatorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "operator",
    abstract:
      "Act as an operator: accounts, receipts, reviews, markets, adjustments, cold storage.",
    discussion: """
      Every request carries the operator's own Ed25519 signature; receipts, reviews and adjustments are \
      journaled with it, for guard and auditors.
      """,
    subcommands: [
      KeygenCommand.self, OpenAccountCommand.self, CreateAPIKeyCommand.self,
      AttestReceiptCommand.self, ReviewsCommand.self, ReviewCommand.self,
      InstrumentStateCommand.self, FeeTierCommand.self, OpenSubaccountCommand.self,
      AdjustmentsCommand.self, ProposeAdjustmentCommand.self, DecideAdjustmentCommand.self,
      FloatCommand.self, RegisterColdAddressesCommand.self, RefillCommand.self,
      ServiceCommand.self, RotationCommand.self, SetContactCommand.self, HoldsCommand.self,
    ])
}

/// What a new API key may do.
struct APIKeyOptions: ParsableArguments {
  @Option(help: "Name of the API key.")
  var label = "main"

  @Option(help: "What the API key may do: read, trade, withdraw, with commas.")
  var permissions = "read,trade,withdraw"

  @Option(help: "File to write the credentials to, mode 600; it must not be there yet.")
  var out: String?

  /// Makes the key of `account` and hands it over.
  func create(
    for account: String, with client: OperatorClient, _ answer: AnswerOptions
  ) async throws {
    let answered = try await client.send(
      "POST", "/operator/api-keys",
      [
        "account": .string(account), "label": .string(label),
        "permissions": .string(permissions),
      ])
    // The form of a credentials file: the account's number, its name, and the key.
    let text = { (field: String) in answered[field]?.string ?? "" }
    let created: JSON = [
      "account": answered["account"]?["id"] ?? "", "name": answered["account"]?["name"] ?? "",
      "apiKey": .string(text("apiKey")), "secret": .string(text("secret")),
      "passphrase": .string(text("passphrase")),
    ]
    if let out {
      try KeyFileStorage.write(created.bytes + [0x0A], toNew: out, secret: true)
    }
    answer.give(
      created,
      text: """
        account     \(created["account"]?.string ?? "") \(created["name"]?.string ?? "")
        api key     \(text("apiKey"))
        \(out.map { "credentials \($0)" } ?? """
          secret      \(text("secret"))
          passphrase  \(text("passphrase"))
          The secret is shown this once.
          """)
        """)
  }
}

/// Opens an account with its first API key.
struct OpenAccountCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "open-account",
    abstract: "Open an account for a customer and make its first API key.",
    discussion: """
      Example:
        holdfast operator open-account --key dave.key --name alice \\
          --out alice.credentials
      """)

  @Option(help: "The customer's name.")
  var name: String

  @OptionGroup var apiKey: APIKeyOptions
  @OptionGroup var options: OperatorOptions
  @OptionGroup var answer: AnswerOptions

  func run() async throws {
    if let out = apiKey.out, KeyFileStorage.exists(out) { throw KeyFileError.exists(out) }
    let client = try options.client()
    let opened = try await client.send("POST", "/operator/accounts", ["name": .string(name)])
    guard let account = opened["account"]?["id"]?.string else {
      throw CommandFailure("the server answered \(opened)")
    }
    try await apiKey.create(for: account, with: client, answer)
  }
}

/// Makes a further API key.
struct CreateAPIKeyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create-api-key",
    abstract: "Make an API key for an account.",
    discussion: """
      A key that may withdraw holds the account's withdrawals for a while.

      Example:
        holdfast operator create-api-key --key dave.key --account alice \\
          --permissions read,trade
      """)

  @Option(help: "The account, by name or number.")
  var account: String

  @OptionGroup var apiKey: APIKeyOptions
  @OptionGroup var options: OperatorOptions
  @OptionGroup var answer: AnswerOptions

  func run() async throws {
    if let out = apiKey.out, KeyFileStorage.exists(out) { throw KeyFileError.exists(out) }
    try await apiKey.create(for: account, with: try options.client(), answer)
  }
}

/// Attests a receipt on the manual rail.
struct AttestReceiptCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "attest-receipt",
    abstract: "Attest that a payment arrived; a second operator's attestation credits it.",
    discussion: """
      Both operators give the same account, asset, amount and reference. Look at the payment itself, \
      not at what the other operator wrote.

      Example:
        holdfast operator attest-receipt --key dave.key --account bob --asset USDT \\
          --amount 250000 --reference 2026-01-31/0815
      """)

  @Option(help: "The account, by name or number.")
  var account: String

  @Option(help: "The asset's code.")
  var asset: String

  @Option(help: "What arrived.")
  var amount: String

  @Option(help: "The payment's own reference, unique for the asset.")
  var reference: String

  @OptionGroup var options: OperatorOptions
  @OptionGroup var answer: AnswerOptions

  func run() async throws {
    let client = try options.client()
    let number = try await client.account(account)
    let decimals = try await client.decimals(asset)
    guard let units = try? DecimalText.units(of: amount, decimals: decimals), units > 0 else {
      throw CommandFailure(
        "--amount: \(amount) is not above 0 with at most \(decimals) decimals")
    }
    let statement = ReceiptStatement(
      operatorName: client.name, account: number, asset: asset, amountUnits: units,
      reference: reference)
    let attested = try await client.send(
      "POST", "/operator/receipts",
      [
        "account": .string("\(number)"), "asset": .string(asset), "amount": .string(amount),
        "reference": .string(reference),
        "signature": .string(Hex.text(try statement.signed(by: client.key))),
      ])
    answer.give(
      attested,
      text: attested["state"]?.string == "credited"
        ? "credited \(amount) \(asset) to \(account)"
        : "attested; a second operator has to attest the same before it is credited")
  }
}

/// Lists what waits for people.
struct ReviewsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reviews", abstract: "List the withdrawals that wait for a decision.",
    discussion: """
      Example:
        holdfast operator reviews --key dave.key
      """)

  @OptionGroup var options: OperatorOptions
  @OptionGroup var answer: AnswerOptions

  func run() async throws {
    let found = try await options.client().send("GET", "/operator/reviews")
    let rows = (found["reviews"]?.array ?? []).map { each in
      ["withdrawal", "account", "asset", "amount", "address"].map { each[$0]?.string ?? "" }
        + ["approvals", "reasons"].map { field in
          (each[field]?.array ?? []).compactMap(\.string).joined(separator: ",")
        }
    }
    answer.give(
      found,
      text: rows.isEmpty
        ? "nothing waits for a decision"
        : table(
          ["withdrawal", "account", "asset", "amount", "address", "approvals", "reasons"], rows))
  }
}

/// Decides a review.
struct ReviewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "review",
    abstract: "Approve or refuse a withdrawal in review.",
    discussion: """
      Two different operators approve; one refuses. The reason of a refusal is shown to the customer.

      Examples:
        holdfast operator review --key dave.key --withdrawal 17 --approve
        holdfast operator review --key erin.key --withdrawal 17 --refuse \\
          --reason "destination is \
      on a sanctions list"
      """)

  @Option(help: "The withdrawal's number.")
  var withdrawal: UInt64

  @Flag(help: "Approve it.")
  var approve = false

  @Flag(help: "Refuse it.")
  var refuse = false

  @Option(help: "Why; needed to refuse.")
  var reason = ""

  @OptionGroup var options: OperatorOptions
  @OptionGroup var answer: AnswerOptions

  func validate() throws {
    guard approve != refuse else {
      throw ValidationError("Say either --approve or --refuse.")
    }
    guard approve || !reason.isEmpty else { throw ValidationError("--refuse needs --reason.") }
    guard reason.utf8.count <= StatementLimit.reason else {
      throw ValidationError("--reason has at most \(StatementLimit.reason) bytes.")
    }
  }

  func run() async throws {
    let client = try options.client()
    let statement = ReviewStatement(
      operatorName: client.name, withdrawal: withdrawal, approves: approve, reason: reason)
    let reviewed = try await client.send(
      "POST", "/operator/reviews",
      [
        "withdrawal": .string("\(withdrawal)"), "approves": .bool(approve),
        "reason": .string(reason),
        "signature": .string(Hex.text(try statement.signed(by: client.key))),
      ])
    answer.give(
      reviewed, text: "withdrawal \(withdrawal) is \(reviewed["state"]?.string ?? "decided")")
  }
}
