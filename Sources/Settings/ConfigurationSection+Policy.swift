import Bitcoin
import Money
public import Policies

// What a policy document and the configuration files write in the same way.

extension ConfigurationSection {
  /// Reads who changes the policy from this section: `people` with `name` and `publicKey`, how many
  /// `signatures` and the `delay` of a loosening.
  public func changeRules() throws(ConfigurationError) -> ChangeRules {
    var people: [ChangeRules.Person] = []
    for section in try sections("people") {
      people.append(
        ChangeRules.Person(
          name: try section.string("name"), publicKey: try section.bytes("publicKey", count: 32)))
    }
    let rules = ChangeRules(
      people: people,
      signatures: UInt32(try integer("signatures", in: 2...Int64(PolicyRange.people))),
      delay: try milliseconds("delay", in: PolicyRange.delays))
    if let problem = rules.problem { throw error("people", problem) }
    return rules
  }

  /// Reads the guard's part from this section: `limits`, `delays` and, if lists count, `sanctions`.
  public func guardTerms() throws(ConfigurationError) -> GuardTerms {
    let limits = try section("limits")
    let delays = try section("delays")
    return GuardTerms(
      perWithdrawal: try limits.bitcoin("perWithdrawal"),
      budgetHour: try limits.bitcoin("budgetHour"), budgetDay: try limits.bitcoin("budgetDay"),
      newAddress: try delays.milliseconds("newAddress"),
      newKey: try delays.milliseconds("newKey"),
      lookAlike: try delays.milliseconds("lookAlike", default: 259_200_000),
      newContact: try delays.milliseconds("newContact", default: 259_200_000),
      sanctions: try optionalSection("sanctions").map { section throws(ConfigurationError) in
        ListTerms(
          issuerKey: try section.bytes("issuerKey", count: 32),
          maximumAge: try section.milliseconds(
            "maximumAge", in: 60_000...2_592_000_000, default: 86_400_000))
      })
  }

  /// Reads the signers' part from this section: `limits` and, for signers that ask, `approvals`.
  public func signerTerms() throws(ConfigurationError) -> SignerTerms {
    let limits = try section("limits")
    var bands: [ApprovalBand] = []
    for section in has("approvals") ? try sections("approvals") : [] {
      let fingerprint = try section.bytes("signer", count: 4)
      guard !bands.contains(where: { $0.fingerprint == fingerprint }) else {
        throw section.error("signer", "appears twice")
      }
      bands.append(
        ApprovalBand(
          fingerprint: fingerprint,
          above: try section.amount("above", decimals: 8, in: 0...Consensus.maximumMoney).units,
          timeout: try section.milliseconds("timeout", default: 600_000)))
    }
    return SignerTerms(
      perTransaction: try limits.bitcoin("perTransaction"),
      budgetHour: try limits.bitcoin("budgetHour"), budgetDay: try limits.bitcoin("budgetDay"),
      networkFee: try limits.bitcoin("networkFee"),
      feeRateSatsPerVByte: try limits.integer("feeRateSatsPerVByte", in: 1...100_000),
      refusals: try limits.integer("refusals", in: 1...100_000, default: 100), approvals: bands)
  }

  private func bitcoin(_ key: String) throws(ConfigurationError) -> Int64 {
    try amount(key, decimals: 8, in: 1...Consensus.maximumMoney).units
  }
}
