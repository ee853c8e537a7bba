public import Airgap
import Bitcoin
import Descriptors

extension Review {
  /// What a person reads before he signs.
  ///
  /// - Parameter words: The check words of the request, the same as on the screen that it came from.
  public func text(words: CheckWords) -> String {
    var lines = [
      "check words   \(words)",
      "spends from   \(policy.name) (\(policy.words)), \(policy.descriptor.network.rawValue)",
      "",
    ]
    for (index, input) in inputs.enumerated() {
      let amount = input.satoshis.map(Bitcoins.fixed) ?? "unknown amount"
      lines.append(
        "input \(index)   \(amount) BTC  from \(input.place.map { "\($0)" } ?? "A STRANGER'S COIN")"
      )
      lines.append("          \(input.outpoint)")
    }
    for (index, output) in outputs.enumerated() {
      let whose: String =
        switch (output.place, output.role) {
        case (let place?, _) where output.isChange: "back to this wallet, \(place)"
        case (let place?, let role?): "to the \(role.rawValue) wallet, \(place)"
        default: "TO A STRANGER"
        }
      lines.append("output \(index)  \(Bitcoins.fixed(output.satoshis)) BTC  \(whose)")
      lines.append("          \(output.address ?? "a script without an address")")
    }
    lines.append("")
    if let fee {
      lines.append("fee           \(Bitcoins.fixed(fee)) BTC")
    } else {
      lines.append("fee           unknown")
    }
    let leaving = Self.sum(outputs.filter { !$0.isChange }.map(\.satoshis))
    lines.append("leaves cold   \(Bitcoins.fixed(leaving)) BTC")
    lines += warnings.map { "warning       \($0)" }
    lines += refusals.map { "REFUSED       \($0)" }
    if refusals.isEmpty { lines.append("every output goes to a registered wallet") }
    return lines.joined(separator: "\n")
  }
}
