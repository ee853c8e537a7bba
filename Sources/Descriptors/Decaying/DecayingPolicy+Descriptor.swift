public import Bitcoin
import Wire

extension DecayingPolicy {
  /// Returns the wallet's descriptor, with branch 0 for deposits and 1 for change.
  ///
  /// A key that stands in several tiers has two branches of its own in each: `<0;1>` in the first
  /// that names it, `<2;3>` in the next and so on, because no script may name a key twice.
  ///
  /// - Throws: ``DecayingPolicyError/descriptor(_:)`` for keys of another network, more than 20 keys
  ///   in one `multi`, scripts above the limits of relay, or a first tier that is not so many of the
  ///   holders.
  public func descriptor(form: Form, network: Network) throws(DecayingPolicyError) -> Descriptor {
    do {
      let descriptor = try Descriptor(parsing: try text(form), network: network)
      // What the programs that spend from it will ask.
      _ = try descriptor.quorum
      return descriptor
    } catch {
      throw .descriptor(error)
    }
  }

  private func text(_ form: Form) throws(DescriptorError) -> String {
    var writer = DecayingPolicyWriter(policy: self, form: form)
    var parts: [String] = []
    for tier in tiers { parts.append(try writer.text(tier)) }
    switch form {
    case .wsh:
      guard parts.count > 1 else { return "wsh(\(parts[0]))" }
      return "wsh(or_d(\(parts[0]),\(Self.nested(parts.dropFirst()) { "or_i(\($0),\($1))" })))"
    case .tr:
      let tree = Self.nested(parts[...]) { "{\($0),\($1)}" }
      return "tr(\(Hex.text(Taproot.unspendableKey)),\(tree))"
    }
  }

  /// Joins the first part with all that follow, so that earlier tiers lie nearer to the root.
  private static func nested(
    _ parts: ArraySlice<String>, join: (String, String) -> String
  ) -> String {
    guard let last = parts.last else { return "" }
    return parts.dropLast().reversed().reduce(last) { join($1, $0) }
  }
}

/// Writes tiers one after the other, and gives each appearance of a key its own branches.
private struct DecayingPolicyWriter {
  let policy: DecayingPolicy
  let form: DecayingPolicy.Form
  /// How many tiers have named the keys of a role so far.
  private var appearances: [DecayingPolicy.Role: UInt32] = [:]

  init(policy: DecayingPolicy, form: DecayingPolicy.Form) {
    self.policy = policy
    self.form = form
  }

  mutating func text(_ tier: DecayingPolicy.Tier) throws(DescriptorError) -> String {
    var conditions = try text(tier.condition)
    // All must hold, the lock too, so all but the last have "v:" before them.
    if tier.delay > 0 { conditions.append("older(\(tier.delay))") }
    let last = conditions.removeLast()
    return conditions.reversed().reduce(last) { "and_v(v:\($1),\($0))" }
  }

  /// The expressions that must all be true.
  private mutating func text(
    _ condition: DecayingPolicy.Condition
  ) throws(DescriptorError) -> [String] {
    switch condition {
    case .holders(let count): return [try multi(count, .holder)]
    case .council(let count): return [try multi(count, .council)]
    case .trustees(let count): return [try multi(count, .trustee)]
    case .holdersWithTrustees(let holders, let trustees):
      return [try multi(holders, .holder), try multi(trustees, .trustee)]
    case .slots(let count):
      let pairs = zip(try keys(.holder), try keys(.backup))
      let slots = pairs.enumerated().map { index, pair in
        "\(index == 0 ? "" : "a:")or_b(pk(\(pair.0)),s:pk(\(pair.1)))"
      }
      return ["thresh(\(count),\(slots.joined(separator: ",")))"]
    }
  }

  private mutating func multi(
    _ count: Int, _ role: DecayingPolicy.Role
  ) throws(DescriptorError) -> String {
    let name = form == .wsh ? "multi" : "multi_a"
    return "\(name)(\(count),\(try keys(role).joined(separator: ",")))"
  }

  private mutating func keys(_ role: DecayingPolicy.Role) throws(DescriptorError) -> [String] {
    let first = 2 * appearances[role, default: 0]
    appearances[role, default: 0] += 1
    var texts: [String] = []
    for key in policy.keys(of: role) {
      texts.append(
        try KeyExpression(
          origin: key.origin, account: key.account,
          branches: [ChildNumber(rawValue: first), ChildNumber(rawValue: first + 1)]
        ).text)
    }
    return texts
  }
}
