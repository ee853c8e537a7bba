import ArgumentParser
import JSON
import Signing
import Wire

/// Shows hot and cold.
struct FloatCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "float",
    abstract:
      "Show what is hot and what is cold, what the guard plans, and who waits for a refill.",
    discussion: """
      Example:
        holdfast operator float --key dave.key --json
      """)

  @OptionGroup var options: OperatorOptions
  @OptionGroup var answer: AnswerOptions

  func run() async throws {
    let found = try await options.client().send("GET", "/operator/float")
    answer.give(found, text: Self.text(found))
  }

  private static func text(_ float: JSON) -> String {
    func field(_ name: String) -> String {
      float[name]?.string ?? float[name]?.integer.map(String.init) ?? "-"
    }
    var rows = ["hot", "cold", "owed"].map { [$0, field($0)] }
    rows += ["target", "low", "high", "sweepUnderWay"].filter { float[$0] != nil }.map {
      [$0, field($0)]
    }
    if let addresses = float["coldAddresses"] {
      rows.append(["addresses left", "\(addresses["left"]?.integer ?? 0)"])
      rows.append(["room in epoch", addresses["roomInEpoch"]?.string ?? ""])
    }
    if let refill = float["refill"], let state = refill["state"]?.string {
      rows.append(
        [
          "refill \(refill["number"]?.integer ?? 0)",
          "\(refill["amount"]?.string ?? "") \(state), requested at "
            + "\(refill["requestedAt"]?.integer ?? 0)",
        ])
    }
    for each in float["waiting"]?.array ?? [] {
      rows.append(
        [
          "waiting \(each["position"]?.integer ?? 0)",
          "withdrawal \(each["withdrawal"]?.string ?? "") of \(each["amount"]?.string ?? "")",
        ])
    }
    return ([table(["", "BTC"], rows)] + [float["note"]?.string].compactMap(\.self))
      .joined(separator: "\n")
  }
}

/// Registers cold addresses.
struct RegisterColdAddressesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "register-cold-addresses",
    abstract: "Register a batch of cold addresses that the vault issued.",
    discussion: """
      The server and the guard derive every address again before one is paid to. Batches are \
      registered in the order of their numbers.

      Example:
        holdfast operator register-cold-addresses 000001.batch --key dave.key
      """)

  @Argument(help: "The batch's file, from holdfast-vault issue-addresses.")
  var batch: String

  @OptionGroup var options: OperatorOptions
  @OptionGroup var answer: AnswerOptions

  func run() async throws {
    let bytes = try KeyFileStorage.read(batch, limit: 1024)
    let taken = try await options.client().send(
      "POST", "/operator/cold-batches", ["batch": .string(Hex.text(bytes))])
    answer.give(
      taken,
      text: """
        batch \(taken["number"]?.integer ?? 0): \(taken["count"]?.integer ?? 0) addresses from \
        \(taken["firstIndex"]?.integer ?? 0), epoch \(taken["epoch"]?.integer ?? 0)
        """)
  }
}

/// Writes what the vault has to sign.
struct RefillCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "refill",
    abstract: "Write the transaction that the vault is asked to sign for the open refill.",
    discussion: """
      It is a PSBT for holdfast-vault show, review and sign. It spends cold coins that the books know, \
      to the place of the hot wallet that the refill is expected at.

      The house pays the fee from what it earned. A fee above that leaves the reserves below what is \
      owed, which closes withdrawals until the house has earned it: then nothing is written without \
      --accept-debt.

      Example:
        holdfast operator refill --key dave.key --out refill.psbt
      """)

  @Option(help: "File for the PSBT; it must not be there yet.")
  var out: String

  @Flag(help: "Write it even if its fee is above what the house has earned.")
  var acceptDebt = false

  @OptionGroup var options: OperatorOptions
  @OptionGroup var answer: AnswerOptions

  func run() async throws {
    let made = try await options.client().send("GET", "/operator/refill")
    guard let psbt = made["psbt"]?.string.flatMap(Base64.bytes) else {
      throw CommandFailure("the server answered \(made)")
    }
    let owes = made["debt"]?.string?.contains { ("1"..."9").contains($0) } ?? false
    let warning = """
      the fee is \(made["fee"]?.string ?? "") BTC and the house has earned \
      \(made["house"]?.string ?? "") BTC for it: the reserves would be \
      \(made["debt"]?.string ?? "") BTC below what is owed, and withdrawals would close with \
      reservesBelowLiabilities until that is earned
      """
    guard acceptDebt || !owes else {
      throw CommandFailure("\(warning); nothing is written without --accept-debt")
    }
    try KeyFileStorage.write(psbt, toNew: out, secret: false)
    answer.give(
      made,
      text: """
        \(owes ? warning + "\n" : "")refill \(made["number"]?.integer ?? 0): \(made["amount"]?.string ?? "") BTC to the hot \
        wallet, \(made["change"]?.string ?? "") BTC back, fee \(made["fee"]?.string ?? "") BTC
        """)
  }
}
