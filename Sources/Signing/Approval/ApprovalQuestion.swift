import Bitcoin
import Descriptors
import Money
import SignerProtocol

/// What the holder is asked about one transaction: all of it decoded by the signer from the transaction
/// itself and its own descriptor, no word of it from the guard or the server.
struct ApprovalQuestion: Equatable {
  let transaction: TransactionID
  let lines: [String]
  /// What he types to agree, besides "yes": so that he answers the question that he sees.
  let code: String

  /// - Parameter code: Four digits, drawn anew for each question.
  init(_ proposal: SigningProposal, network: Network, code: String) {
    transaction = proposal.id
    self.code = code
    var lines = ["Sign this transaction?", "  transaction  \(proposal.id.hex)"]
    var back: Int64 = 0
    for (output, purpose) in zip(proposal.transaction.outputs, proposal.request.outputs) {
      let address = Address.text(for: output.script, network: network) ?? "a script without address"
      switch purpose {
      // The other checks have derived the script from the wallet's own descriptor.
      case .change: back += output.value
      case .payment: lines.append("  pays         \(Self.bitcoins(output.value)) to \(address)")
      case .cold: lines.append("  to cold      \(Self.bitcoins(output.value)) to \(address)")
      }
    }
    lines.append("  network fee  \(Self.bitcoins(proposal.networkFee))")
    lines.append("  comes back   \(Self.bitcoins(back))")
    lines.append("Type \"yes \(code)\" to sign it, \"no \(code)\" to refuse it.")
    self.lines = lines
  }

  private static func bitcoins(_ satoshi: Int64) -> String {
    let (whole, rest) = abs(satoshi).quotientAndRemainder(dividingBy: 100_000_000)
    let digits = String(rest)
    let zeros = String(repeating: "0", count: 8 - digits.count)
    return "\(satoshi < 0 ? "-" : "")\(whole).\(zeros)\(digits) BTC"
  }
}
