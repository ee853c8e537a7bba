import ArgumentParser
import Cryptography
import Foundation
import JSON
import Money
import Operations
import Statements
import Wire

/// What customers do.
struct CustomerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "customer",
    abstract: "Act as a customer: signing key, address book, withdrawals.",
    discussion: """
      Withdrawals go only to addresses that carry the customer's own signature. The key that makes it \
      stays in the customer's key file: the exchange never has it.
      """,
    subcommands: [
      KeygenCommand.self, EnrolCommand.self, DepositAddressCommand.self, AddAddressCommand.self,
      AddressesCommand.self,
      BalanceCommand.self,
      WithdrawCommand.self, WithdrawalsCommand.self, CancelCommand.self, ContactCommand.self,
      CancelChangeCommand.self,
    ])
}

/// Enrols the customer's signing key.
struct EnrolCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enrol",
    abstract: "Enrol your signing key, proving that it is yours.",
    discussion: """
      Example:
        holdfast customer enrol --credentials alice.credentials --key alice.key
      """)

  @OptionGroup var options: CustomerOptions
  @OptionGroup var key: SigningKeyOptions
  @OptionGroup var answer: AnswerOptions

  func run() async throws {
    let client = try options.client()
    let key = try key.open().key
    let statement = EnrolmentStatement(
      account: client.account, publicKey: key.publicKey.bytes)
    let rows = try await client.send(
      "POST", "/api/v5/holdfast/signing-key",
      [
        "publicKey": .string(Hex.text(key.publicKey.bytes)),
        "proof": .string(Hex.text(try statement.signed(by: key))),
      ])
    answer.give(.array(rows), text: "enrolled \(Hex.text(key.publicKey.bytes))")
  }
}

/// Adds a destination under the customer's signature.
struct AddAddressCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add-address",
    abstract: "Add a withdrawal address to your address book, signed with your key.",
    discussion: """
      Compare the address with the one that your own wallet shows before you sign. It is usable after \
      the exchange's cooling-off time.

      Example:
        holdfast customer add-address --credentials alice.credentials \\
          --key alice.key --asset BTC --chain BTC-Bitcoin --address bc1q... --label "my vault"
      """)

  @Option(help: "The asset's code.")
  var asset = "BTC"

  @Option(help: "The chain's name.")
  var chain = "BTC-Bitcoin"

  @Option(help: "The withdrawal address.")
  var address: String

  @Option(help: "A name for it.")
  var label = ""

  @Option(help: "A number above that of your last entry; by default the time in milliseconds.")
  var nonce: UInt64?

  @OptionGroup var options: CustomerOptions
  @OptionGroup var key: SigningKeyOptions
  @OptionGroup var answer: AnswerOptions

  func run() async throws {
    let client = try options.client()
    let key = try key.open().key
    let nonce = nonce ?? UInt64(SystemClock.now().milliseconds)
    let statement = AddressStatement(
      account: client.account, asset: asset, chain: chain, address: address, nonce: nonce)
    let rows = try await client.send(
      "POST", "/api/v5/holdfast/withdrawal-address",
      [
        "ccy": .string(asset), "chain": .string(chain), "toAddr": .string(address),
        "label": .string(label), "nonce": .string("\(nonce)"),
        "signature": .string(Hex.text(try statement.signed(by: key))),
      ])
    answer.give(
      .array(rows),
      text: "added \(address); usable from \(time(rows.first?["usableAt"]))")
  }
}

/// Shows where to pay in.
struct DepositAddressCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deposit-address", abstract: "Show the address to which you pay in.",
    discussion: """
      Example:
        holdfast customer deposit-address --credentials alice.credentials
      """)

  @Option(help: "The asset's code.")
  var asset = "BTC"

  @OptionGroup var options: CustomerOptions
  @OptionGroup var answer: AnswerOptions

  func run() async throws {
    let rows = try await options.client().send(
      "GET", "/api/v5/asset/deposit-address?ccy=\(try queryValue(asset, option: "asset"))")
    let addresses = rows.compactMap { $0["addr"]?.string }
    answer.give(.array(rows), text: addresses.joined(separator: "\n"))
  }
}

/// Shows what the funding account holds.
struct BalanceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "balance", abstract: "Show what your funding account holds.",
    discussion: """
      Withdrawals come out of the funding account; deposits arrive in it.

      Example:
        holdfast customer balance --credentials alice.credentials
      """)

  @OptionGroup var options: CustomerOptions
  @OptionGroup var answer: AnswerOptions

  func run() async throws {
    let rows = try await options.client().send("GET", "/api/v5/asset/balances")
    let cells = rows.map { row in
      ["ccy", "bal", "availBal", "frozenBal"].map { row[$0]?.string ?? "" }
    }
    answer.give(
      .array(rows),
      text: cells.isEmpty
        ? "the funding account is empty"
        : table(["asset", "balance", "available", "held"], cells))
  }
}

/// Text that goes into a query as it is; anything else is refused before it is sent.
private func queryValue(_ text: String, option: String) throws -> String {
  guard !text.isEmpty,
    text.utf8.allSatisfy({ byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    })
  else {
    throw CommandFailure("--\(option): \(text) is not letters and digits")
  }
  return text
}

/// Lists the address book.
struct AddressesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "addresses", abstract: "List your address book.",
    discussion: """
      Example:
        holdfast customer addresses --credentials alice.credentials
      """)

  @OptionGroup var options: CustomerOptions
  @OptionGroup var answer: AnswerOptions

  func run() async throws {
    let rows = try await options.client().send("GET", "/api/v5/holdfast/withdrawal-addresses")
    let cells = rows.map { row in
      ["entryId", "ccy", "chain", "addr", "label"].map { row[$0]?.string ?? "" }
        + [row["usable"]?.bool == true ? "now" : time(row["usableAt"])]
    }
    answer.give(
      .array(rows),
      text: cells.isEmpty
        ? "the address book is empty"
        : table(["entry", "asset", "chain", "address", "label", "usable"], cells))
  }
}

/// Asks for a withdrawal.
struct WithdrawCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "withdraw",
    abstract: "Withdraw to an address of your address book.",
    discussion: """
      The recipient gets the amount; the fee comes on top.

      Example:
        holdfast customer withdraw --credentials alice.credentials \\
          --amount 0.25 --address bc1q...
      """)

  @Option(help: "The asset's code.")
  var asset = "BTC"

  @Option(help: "The chain's name.")
  var chain = "BTC-Bitcoin"

  @Option(help: "What the recipient gets.")
  var amount: String

  @Option(help: "An address of your address book.")
  var address: String

  @Option(help: "Your own name for it; the same one is never paid twice.")
  var clientId: String?

  @OptionGroup var options: CustomerOptions
  @OptionGroup var answer: AnswerOptions

  func run() async throws {
    var members = [
      JSON.Member("ccy", .string(asset)), JSON.Member("amt", .string(amount)),
      JSON.Member("dest", "4"), JSON.Member("toAddr", .string(address)),
      JSON.Member("chain", .string(chain)),
    ]
    if let clientId { members.append(JSON.Member("clientId", .string(clientId))) }
    let rows = try await options.client().send(
      "POST", "/api/v5/asset/withdrawal", .object(members))
    let reason = rows.first?["reason"]?.string ?? ""
    answer.give(
      .array(rows),
      text: "withdrawal \(rows.first?["wdId"]?.string ?? "")"
        + (reason.isEmpty ? " is on its way" : ": \(reason)"))
  }
}

/// Lists withdrawals, or explains one.
struct WithdrawalsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "withdrawals",
    abstract: "List your withdrawals, or show where one stands and why.",
    discussion: """
      Examples:
        holdfast customer withdrawals --credentials alice.credentials
        holdfast customer withdrawals --credentials alice.credentials --withdrawal 17
      """)

  @Option(help: "One withdrawal's number.")
  var withdrawal: UInt64?

  @OptionGroup var options: CustomerOptions
  @OptionGroup var answer: AnswerOptions

  func run() async throws {
    let client = try options.client()
    if let withdrawal {
      let rows = try await client.send("GET", "/api/v5/holdfast/withdrawal?wdId=\(withdrawal)")
      let lines = (rows.first?.members ?? []).compactMap { member in
        member.value.string.flatMap { $0.isEmpty ? nil : [member.name, $0] }
      }
      return answer.give(.array(rows), text: table(["field", "value"], lines))
    }
    let rows = try await client.send("GET", "/api/v5/asset/withdrawal-history")
    let cells = rows.map { row in
      ["wdId", "ccy", "amt", "fee", "to"].map { row[$0]?.string ?? "" }
        + [stateName(row["state"]), row["txId"]?.string ?? "", time(row["ts"])]
    }
    answer.give(
      .array(rows),
      text: cells.isEmpty
        ? "no withdrawals"
        : table(["id", "asset", "amount", "fee", "to", "state", "transaction", "at"], cells))
  }
}

/// Takes a withdrawal back.
struct CancelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "Take a withdrawal back before it is being signed.",
    discussion: """
      Example:
        holdfast customer cancel --credentials alice.credentials --withdrawal 17
      """)

  @Option(help: "The withdrawal's number.")
  var withdrawal: UInt64

  @OptionGroup var options: CustomerOptions
  @OptionGroup var answer: AnswerOptions

  func run() async throws {
    let rows = try await options.client().send(
      "POST", "/api/v5/asset/cancel-withdrawal", ["wdId": .string("\(withdrawal)")])
    answer.give(.array(rows), text: "withdrawal \(withdrawal) is canceled; the money is back")
  }
}

/// A withdrawal's state in OKX's numbers, for people.
private func stateName(_ value: JSON?) -> String {
  let code = value?.string ?? ""
  let names = [
    "-2": "canceled", "-1": "refused", "0": "waiting", "1": "being paid", "2": "confirmed",
    "4": "in review",
  ]
  return names[code] ?? code
}

/// An instant of the interface, milliseconds as text, for people.
private func time(_ value: JSON?) -> String {
  guard let milliseconds = value?.string.flatMap(Int64.init) else { return "" }
  let seconds = Date(timeIntervalSince1970: TimeInterval(milliseconds / 1000))
  return seconds.formatted(.iso8601)
}
