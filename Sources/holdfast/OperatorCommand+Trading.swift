import ArgumentParser
import JSON
import Money
import Operations
import Statements
import Wire

// What operators do about markets, fees, sub-accounts and adjustments.

/// Halts a market, opens a call auction, or lets it trade.
struct InstrumentStateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "instrument-state",
    abstract: "Halt a market, collect orders for a call auction, or let it trade.",
    discussion: """
      suspend takes no new orders; preopen takes limit orders that do not trade yet; live trades what \
      crosses after a preopen at one price, and goes on. Without --state, the states are listed.

      Examples:
        holdfast operator instrument-state --key dave.key
        holdfast operator instrument-state --key dave.key --symbol BTC-USDT --state suspend
      """)

  @Option(help: "The market, such as BTC-USDT.")
  var symbol: String?

  @Option(help: "live, suspend or preopen.")
  var state: String?

  @OptionGroup var options: OperatorOptions
  @OptionGroup var answer: AnswerOptions

  func validate() throws {
    guard (symbol == nil) == (state == nil) else {
      throw ValidationError("--symbol and --state go together.")
    }
  }

  func run() async throws {
    let client = try options.client()
    guard let symbol, let state else {
      let found = try await client.send("GET", "/operator/instruments")
      let rows = (found["instruments"]?.array ?? []).map { each in
        ["symbol", "state"].map { each[$0]?.string ?? "" }
      }
      return answer.give(found, text: table(["symbol", "state"], rows))
    }
    let changed = try await client.send(
      "POST", "/operator/instrument-states",
      ["symbol": .string(symbol), "state": .string(state)])
    var text = "\(symbol) is \(state)"
    if let lots = changed["auctionLots"]?.integer {
      text += lots == 0 ? "; nothing crossed" : "; the auction traded \(lots) lots"
    }
    answer.give(changed, text: text)
  }
}

/// Puts an account into a tier of fees.
struct FeeTierCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fee-tier",
    abstract: "Put an account into a tier of the fees in the configuration.",
    discussion: """
      Example:
        holdfast operator fee-tier --key dave.key --account alice --tier 2
      """)

  @Option(help: "The account, by name or number.")
  var account: String

  @Option(help: "The tier, from 1.")
  var tier: Int64

  @OptionGroup var options: OperatorOptions
  @OptionGroup var answer: AnswerOptions

  func run() async throws {
    let changed = try await options.client().send(
      "POST", "/operator/fee-tiers", ["account": .string(account), "tier": .integer(tier)])
    answer.give(changed, text: "\(account) pays the fees of tier \(tier)")
  }
}

/// Opens a sub-account.
struct OpenSubaccountCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "open-subaccount",
    abstract: "Open a sub-account of a customer.",
    discussion: """
      Orders of one master do not trade with each other. The master moves its money and makes its API \
      keys.

      Example:
        holdfast operator open-subaccount --key dave.key --master alice --name alicebot
      """)

  @Option(help: "The customer, by name or number.")
  var master: String

  @Option(help: "The sub-account's name.")
  var name: String

  @OptionGroup var options: OperatorOptions
  @OptionGroup var answer: AnswerOptions

  func run() async throws {
    let opened = try await options.client().send(
      "POST", "/operator/subaccounts", ["account": .string(master), "name": .string(name)])
    answer.give(
      opened,
      text: "account \(opened["account"]?["id"]?.string ?? "") \(name), sub-account of \(master)")
  }
}

/// Lists what waits for a second operator.
struct AdjustmentsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adjustments", abstract: "List the adjustments that wait for a second operator.",
    discussion: """
      Example:
        holdfast operator adjustments --key erin.key
      """)

  @OptionGroup var options: OperatorOptions
  @OptionGroup var answer: AnswerOptions

  func run() async throws {
    let found = try await options.client().send("GET", "/operator/adjustments")
    let columns = [
      "adjustment", "account", "asset", "amount", "kind", "wallet", "proposedBy", "reason",
    ]
    let rows = (found["adjustments"]?.array ?? []).map { each in
      columns.map { each[$0]?.string ?? "" }
    }
    answer.give(
      found, text: rows.isEmpty ? "no adjustment waits for a decision" : table(columns, rows))
  }
}

/// What an adjustment is about.
enum AdjustmentKind: String, ExpressibleByArgument, CaseIterable {
  case correction, reward
}

/// Which balance of a customer is meant.
enum WalletName: String, ExpressibleByArgument, CaseIterable {
  case funding, trading

  /// OKX's number.
  var number: UInt8 { self == .funding ? 6 : 18 }
}

/// Proposes an adjustment.
struct ProposeAdjustmentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "propose-adjustment",
    abstract: "Propose money to move between a customer and the house's fees.",
    discussion: """
      It comes from the fees that the house has earned in the asset, or goes to them, and takes effect \
      when a second operator approves it. The customer sees the reason.

      Examples:
        holdfast operator propose-adjustment --key dave.key --account alice --asset USDT \\
          --amount 25 --reason "fee of order 1000017 charged twice"
        holdfast operator propose-adjustment --key dave.key --account bob --asset USDT \\
          --amount=-10 --reason "receipt 0815 was for 240, not 250"
      """)

  @Option(help: "The account, by name or number.")
  var account: String

  @Option(help: "The asset's code.")
  var asset: String

  @Option(help: "What the customer gets; negative for what is taken.")
  var amount: String

  @Option(help: "correction or reward.")
  var kind = AdjustmentKind.correction

  @Option(help: "funding or trading.")
  var wallet = WalletName.funding

  @Option(help: "Why; shown to the customer.")
  var reason: String

  @OptionGroup var options: OperatorOptions
  @OptionGroup var answer: AnswerOptions

  func validate() throws {
    guard (1...StatementLimit.reason).contains(reason.utf8.count) else {
      throw ValidationError("--reason has 1 to \(StatementLimit.reason) bytes.")
    }
  }

  func run() async throws {
    let client = try options.client()
    let number = try await client.account(account)
    let decimals = try await client.decimals(asset)
    guard let units = try? DecimalText.units(of: amount, decimals: decimals), units != 0 else {
      throw CommandFailure("--amount: \(amount) is 0 or has more than \(decimals) decimals")
    }
    let statement = AdjustmentStatement(
      operatorName: client.name, step: .propose, adjustment: 0, isReward: kind == .reward,
      account: number, asset: asset, wallet: wallet.number, amountUnits: units, reason: reason)
    let proposed = try await client.send(
      "POST", "/operator/adjustments",
      [
        "account": .string("\(number)"), "asset": .string(asset), "amount": .string(amount),
        "kind": .string(kind.rawValue), "wallet": .string(wallet.rawValue),
        "reason": .string(reason),
        "signature": .string(Hex.text(try statement.signed(by: client.key))),
      ])
    answer.give(
      proposed,
      text: "adjustment \(proposed["adjustment"]?.string ?? "") waits for a second operator")
  }
}

/// Decides an adjustment.
struct DecideAdjustmentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decide-adjustment",
    abstract: "Approve or decline an adjustment that another operator proposed.",
    discussion: """
      Who proposed it may decline it, not approve it.

      Examples:
        holdfast operator decide-adjustment --key erin.key --adjustment 3 --approve
        holdfast operator decide-adjustment --key dave.key --adjustment 3 --decline
      """)

  @Option(help: "The adjustment's number.")
  var adjustment: UInt64

  @Flag(help: "Approve it.")
  var approve = false

  @Flag(help: "Decline it.")
  var decline = false

  @OptionGroup var options: OperatorOptions
  @OptionGroup var answer: AnswerOptions

  func validate() throws {
    guard approve != decline else {
      throw ValidationError("Say either --approve or --decline.")
    }
  }

  func run() async throws {
    let client = try options.client()
    let waiting = try await client.send("GET", "/operator/adjustments")["adjustments"]?.array
    guard let found = waiting?.first(where: { $0["adjustment"]?.string == "\(adjustment)" }) else {
      throw CommandFailure("--adjustment: \(adjustment) does not wait for a decision")
    }
    let asset = found["asset"]?.string ?? ""
    let decimals = try await client.decimals(asset)
    let wallet = found["wallet"]?.string.flatMap(WalletName.init(rawValue:))
    guard let number = found["accountNumber"]?.string.flatMap(UInt64.init), let wallet,
      let units = try? DecimalText.units(of: found["amount"]?.string ?? "", decimals: decimals)
    else { throw CommandFailure("the server answered \(found)") }
    // What is signed is what the server shows; it checks that against what was proposed.
    let statement = AdjustmentStatement(
      operatorName: client.name, step: approve ? .approve : .decline, adjustment: adjustment,
      isReward: found["kind"]?.string == AdjustmentKind.reward.rawValue, account: number,
      asset: asset, wallet: wallet.number, amountUnits: units,
      reason: found["reason"]?.string ?? "")
    let decided = try await client.send(
      "POST", "/operator/adjustment-decisions",
      [
        "adjustment": .string("\(adjustment)"), "approves": .bool(approve),
        "signature": .string(Hex.text(try statement.signed(by: client.key))),
      ])
    answer.give(
      decided, text: "adjustment \(adjustment) is \(decided["state"]?.string ?? "decided")")
  }
}
