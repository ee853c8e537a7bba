import ArgumentParser
import Engine
import JSON
import Statements
import Wire

/// Stops withdrawals, explains, and ends what people stopped.
struct ServiceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "service",
    abstract: "Show what holds withdrawals up; stop them, explain, or end what people stopped.",
    discussion: """
      One operator stops and explains, at once; two different ones end. The text is shown to everybody, \
      and everybody hears again within four hours: explain in time, or the public page turns red.

      Examples:
        holdfast operator service --key dave.key
        holdfast operator service --key dave.key --asset BTC --action suspend \\
          --class securityIncident --text "We look into an alarm."
        holdfast operator service --key erin.key --asset BTC --action lift \\
          --class securityIncident --text "The alarm was a drill."
      """)

  @Option(help: "The asset; without one the state is shown.")
  var asset: String?

  @Option(help: "suspend, explain or lift.")
  var action = "explain"

  @Option(
    name: .customLong("class"),
    help:
      "keyHolder, chainOutage, securityIncident, hotRefill, regulator, maintenance or solvencyBreach."
  )
  var reasonClass = "maintenance"

  @Option(help: "What everybody is told, up to 512 bytes.")
  var text = ""

  @OptionGroup var options: OperatorOptions
  @OptionGroup var answer: AnswerOptions

  func validate() throws {
    guard asset != nil else { return }
    guard ServiceDecision.Action.allCases.contains(where: { "\($0)" == action }) else {
      throw ValidationError("--action: allowed suspend, explain, lift.")
    }
    guard SuspensionClass.allCases.contains(where: { "\($0)" == reasonClass }) else {
      throw ValidationError("--class: \(reasonClass) is none of the classes; see --help.")
    }
    guard (1...StatementLimit.reason).contains(text.utf8.count) else {
      throw ValidationError("--text has 1 to \(StatementLimit.reason) bytes.")
    }
  }

  func run() async throws {
    let client = try options.client()
    let current = try await client.send("GET", "/operator/service")
    guard let asset else { return answer.give(current, text: Self.text(current)) }
    let number = current["nextNumber"]?.integer ?? 1
    let act = ServiceDecision.Action.allCases.first { "\($0)" == action } ?? .explain
    let about = SuspensionClass.allCases.first { "\($0)" == reasonClass } ?? .maintenance
    let statement = ServiceStatement(
      operatorName: client.name, asset: asset, action: act.rawValue, reasonClass: about.rawValue,
      text: text, number: UInt64(clamping: number))
    let after = try await client.send(
      "POST", "/operator/service",
      [
        "asset": .string(asset), "action": .string(action), "class": .string(reasonClass),
        "text": .string(text), "number": .integer(number),
        "signature": .string(Hex.text(try statement.signed(by: client.key))),
      ])
    answer.give(after, text: Self.text(after))
  }

  private static func text(_ service: JSON) -> String {
    let rows = (service["suspensions"]?.array ?? []).map { each in
      [
        each["asset"]?.string ?? "", each["reason"]?.string ?? "", each["note"]?.string ?? "",
        each["liftedBy"]?.string.map { "\($0) wants it ended" } ?? "",
      ]
    }
    return "withdrawals are \(service["state"]?.string ?? "")"
      + (rows.isEmpty ? "" : "\n" + table(["asset", "reason", "note", ""], rows))
  }
}

/// Shows the coins of former wallets.
struct RotationCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotation",
    abstract: "Show the coins of wallets whose place another has taken, and where they are to go.",
    discussion: """
      The output in JSON has each coin's whole transaction, for holdfast-vault request.

      Example:
        holdfast operator rotation --key dave.key --json
      """)

  @OptionGroup var options: OperatorOptions
  @OptionGroup var answer: AnswerOptions

  func run() async throws {
    let found = try await options.client().send("GET", "/operator/rotation")
    let rows = (found["coins"]?.array ?? []).map { coin in
      [
        coin["outpoint"]?.string ?? "", "\(coin["satoshi"]?.integer ?? 0)",
        "\(coin["age"]?.integer ?? 0)",
        coin["payout"]?.string.flatMap { $0.isEmpty ? nil : "spent by payout \($0)" } ?? "",
      ]
    }
    answer.give(
      found,
      text: rows.isEmpty
        ? "no coins of a former wallet are left"
        : table(["coin", "satoshi", "blocks", ""], rows)
          + "\n\(found["count"]?.integer ?? 0) coins of \(found["satoshi"]?.integer ?? 0) satoshi, to position \(found["sweepIndex"]?.integer ?? 0) of branch 1, "
          + (found["sweepAddress"]?.string ?? ""))
  }
}
