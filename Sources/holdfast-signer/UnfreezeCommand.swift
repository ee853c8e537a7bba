import ArgumentParser
import FoundationEssentials
import Money
import SignerProtocol
import Signing
import Statements
import Wire

struct UnfreezeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unfreeze",
    abstract: "Let a frozen signer sign again, by several people and after a delay.",
    discussion: """
      The signer must not be running; it asks for the passphrase or the shares.

      The first time it prints a request. Each of the people in its configuration looks into what \
      happened and approves, on a machine of his own:
        holdfast-vault approve-unfreeze --key dave.key REQUEST

      With enough of what that prints, the delay begins:
        holdfast-signer unfreeze --config signer.yaml --approval A --approval B

      When it is over, unfreeze lifts the freeze, and the signer may be started. Anybody may freeze it \
      again in the meantime, and then everything begins anew.
      """)

  @OptionGroup var start: StartOptions

  @Option(
    name: .customLong("approval"), parsing: .singleValue,
    help: "What approve-unfreeze printed; once for each person.")
  var approvals: [String] = []

  func run() throws {
    let signed = try approvals.map { text in
      guard let bytes = Hex.bytes(text), let approval = try? Signed<UnfreezeStatement>(bytes: bytes)
      else { throw ValidationError("--approval: \(text.prefix(20))... is no approval.") }
      return approval
    }
    let configuration = try SignerConfiguration(file: start.config)
    let signer = try start.signer(configuration)
    switch try signer.unfreeze(configuration.unfreeze, approvals: signed) {
    case .notFrozen: print("the signer is not frozen")
    case .needsApprovals(let statement, let have, let need):
      print("frozen: \(signer.status.frozen ?? "")")
      if !approvals.isEmpty {
        print("approved by: \(have.isEmpty ? "nobody" : have.joined(separator: ", "))")
      }
      print(
        "\(need) more of \(configuration.unfreeze.people.keys.sorted().joined(separator: ", "))")
      print("request: \(Hex.text(statement.bytes))")
    case .waits(let until):
      let time = Date(timeIntervalSince1970: Double(until.milliseconds / 1000))
      print("approved; ask again at \(time.formatted(.iso8601))")
      SignerLog.write(.notice, "unfreezing", ["until": time.formatted(.iso8601)])
    case .lifted:
      print("the signer may be started")
      SignerLog.write(.notice, "unfrozen", [:])
    }
  }
}
