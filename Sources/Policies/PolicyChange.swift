import Wire

/// One field in which two policies differ.
public struct PolicyChange: Hashable, Sendable, Encodable {
  /// What it means for what may leave.
  public enum Effect: String, Hashable, Sendable, Encodable {
    case tighter
    case looser
    /// Neither: somebody else decides. It waits as a loosening does.
    case other
  }

  public var field: String
  public var old: String
  public var new: String
  public var effect: Effect
}

extension PolicyStatement {
  /// Returns in what `next` differs, in the order of the fields. Of a part that this one does not have
  /// nothing is known, and nothing is said.
  public func changes(to next: PolicyStatement) -> [PolicyChange] {
    var changes: [PolicyChange] = []
    if let old = guardian, let new = next.guardian { changes += old.changes(to: new) }
    if let old = signers, let new = next.signers { changes += old.changes(to: new) }
    return changes + changing.changes(to: next.changing)
  }

  /// What it says, field by field, for people.
  public var fields: [(name: String, value: String)] {
    var fields: [(String, String)] = []
    if let guardian {
      fields += GuardTerms.numbers.map { ($0.name, $0.text($0.value(guardian))) }
      fields.append(("guard.sanctions", GuardTerms.text(guardian.sanctions)))
    }
    if let signers {
      fields += SignerTerms.numbers.map { ($0.name, $0.text($0.value(signers))) }
      for band in signers.approvals {
        fields += ApprovalBand.numbers(of: "signers.approvals[\(band.name)]")
          .map { ($0.name, $0.text($0.value(band))) }
      }
    }
    fields.append(("policy.people", changing.peopleText))
    fields.append(("policy.signatures", "\(changing.signatures)"))
    fields.append(("policy.delay", PolicyRange.text(milliseconds: changing.delay)))
    return fields
  }
}

extension GuardTerms {
  func changes(to next: GuardTerms) -> [PolicyChange] {
    let changes = Self.numbers.compactMap { $0.change(from: self, to: next) }
    switch (sanctions, next.sanctions) {
    case (let old?, let new?) where old.issuerKey == new.issuerKey:
      return changes + [ListTerms.age.change(from: old, to: new)].compactMap { $0 }
    case (let old, let new):
      guard old != new else { return changes }
      let effect: PolicyChange.Effect = old == nil ? .tighter : new == nil ? .looser : .other
      return changes + [
        PolicyChange(
          field: "guard.sanctions", old: Self.text(old), new: Self.text(new), effect: effect)
      ]
    }
  }

  static func text(_ terms: ListTerms?) -> String {
    guard let terms else { return "none" }
    return
      "\(PolicyRange.text(milliseconds: terms.maximumAge)) by \(Hex.text(terms.issuerKey))"
  }
}

extension SignerTerms {
  func changes(to next: SignerTerms) -> [PolicyChange] {
    var changes = Self.numbers.compactMap { $0.change(from: self, to: next) }
    for band in approvals {
      let name = "signers.approvals[\(band.name)]"
      guard let new = next.approvals.first(where: { $0.fingerprint == band.fingerprint }) else {
        changes.append(
          PolicyChange(field: name, old: band.text, new: "none", effect: .looser))
        continue
      }
      changes += ApprovalBand.numbers(of: name).compactMap { $0.change(from: band, to: new) }
    }
    for band in next.approvals
    where !approvals.contains(where: { $0.fingerprint == band.fingerprint }) {
      changes.append(
        PolicyChange(
          field: "signers.approvals[\(band.name)]", old: "none", new: band.text, effect: .tighter)
      )
    }
    return changes
  }
}

extension ApprovalBand {
  fileprivate var text: String {
    Self.numbers(of: "").map { $0.text($0.value(self)) }.joined(separator: ", ")
  }
}

extension ChangeRules {
  /// Whatever changes about who decides, and how fast, waits: a quorum that could put a longer delay in
  /// force at once could shut the others out.
  func changes(to next: ChangeRules) -> [PolicyChange] {
    let rows = [
      ("policy.people", peopleText, next.peopleText),
      ("policy.signatures", "\(signatures)", "\(next.signatures)"),
      (
        "policy.delay", PolicyRange.text(milliseconds: delay),
        PolicyRange.text(milliseconds: next.delay)
      ),
    ]
    return rows.filter { $0.1 != $0.2 }.map {
      PolicyChange(field: $0.0, old: $0.1, new: $0.2, effect: .other)
    }
  }

  /// How long a loosening waits, for people.
  public var delayText: String { PolicyRange.text(milliseconds: delay) }

  var peopleText: String {
    people.map { "\($0.name) \(Hex.text($0.publicKey))" }.joined(separator: ", ")
  }
}
