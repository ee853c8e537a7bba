import Bitcoin
import Cryptography
import Descriptors
import Testing

@Suite struct DecayingPolicyTextTests {
  typealias Policy = DecayingPolicy

  private static func key(_ seed: UInt8) -> Policy.Key? {
    guard let secret = try? SecretBytes(copying: [UInt8](repeating: seed, count: 32)),
      let root = try? ExtendedPrivateKey(seed: secret, network: .regtest)
    else { return nil }
    return Policy.Key(
      origin: KeyOrigin(fingerprint: root.fingerprint, path: DerivationPath()),
      account: root.publicKey)
  }

  private static func keys(_ seeds: ClosedRange<UInt8>) -> [Policy.Key] { seeds.compactMap(key) }

  private static let hotKeys: [Policy.Role: [Policy.Key]] = [
    .holder: keys(1...3), .backup: keys(11...13), .council: keys(21...25),
  ]
  private static let coldKeys: [Policy.Role: [Policy.Key]] = [
    .holder: keys(1...5), .backup: keys(11...15), .trustee: keys(31...33),
  ]
  private static let hotTiers = Policy.hotTiers(threshold: 2, councilThreshold: 3)
  private static let coldTiers = Policy.coldTiers(threshold: 3, joint: 2, trustees: 2)

  /// `template` with H1, B2, ... in the places of keys.
  private static func expected(
    _ template: String, _ keys: [Policy.Role: [Policy.Key]], letters: [Policy.Role: String]
  ) -> String {
    var text = template
    for (role, letter) in letters {
      for (index, key) in (keys[role] ?? []).enumerated() {
        let name = "[\(key.origin?.text ?? "")]\(key.account.text)/"
        text = text.replacing("\(letter)\(index + 1)/", with: name)
      }
    }
    return text
  }

  /// The published templates: see the design of the custody policies.
  @Test(arguments: [
    (
      Policy.Form.wsh, true,
      "wsh(or_d(multi(2,H1/<0;1>/*,H2/<0;1>/*,H3/<0;1>/*),or_i(and_v(v:thresh(2,"
        + "or_b(pk(H1/<2;3>/*),s:pk(B1/<0;1>/*)),a:or_b(pk(H2/<2;3>/*),s:pk(B2/<0;1>/*)),"
        + "a:or_b(pk(H3/<2;3>/*),s:pk(B3/<0;1>/*))),older(1008)),and_v(v:multi(3,R1/<0;1>/*,"
        + "R2/<0;1>/*,R3/<0;1>/*,R4/<0;1>/*,R5/<0;1>/*),older(4032)))))"
    ),
    (
      .tr, true,
      "tr(50929b74c1a04954b78b4b6035e97a5e078a5a0f28ec96d547bfee9ace803ac0,"
        + "{multi_a(2,H1/<0;1>/*,H2/<0;1>/*,H3/<0;1>/*),{and_v(v:thresh(2,"
        + "or_b(pk(H1/<2;3>/*),s:pk(B1/<0;1>/*)),a:or_b(pk(H2/<2;3>/*),s:pk(B2/<0;1>/*)),"
        + "a:or_b(pk(H3/<2;3>/*),s:pk(B3/<0;1>/*))),older(1008)),and_v(v:multi_a(3,R1/<0;1>/*,"
        + "R2/<0;1>/*,R3/<0;1>/*,R4/<0;1>/*,R5/<0;1>/*),older(4032))}})"
    ),
    (
      .wsh, false,
      "wsh(or_d(multi(3,C1/<0;1>/*,C2/<0;1>/*,C3/<0;1>/*,C4/<0;1>/*,C5/<0;1>/*),"
        + "or_i(and_v(v:thresh(3,or_b(pk(C1/<2;3>/*),s:pk(K1/<0;1>/*)),"
        + "a:or_b(pk(C2/<2;3>/*),s:pk(K2/<0;1>/*)),a:or_b(pk(C3/<2;3>/*),s:pk(K3/<0;1>/*)),"
        + "a:or_b(pk(C4/<2;3>/*),s:pk(K4/<0;1>/*)),a:or_b(pk(C5/<2;3>/*),s:pk(K5/<0;1>/*))),"
        + "older(12960)),or_i(and_v(v:multi(2,C1/<4;5>/*,C2/<4;5>/*,C3/<4;5>/*,C4/<4;5>/*,"
        + "C5/<4;5>/*),and_v(v:multi(1,E1/<0;1>/*,E2/<0;1>/*,E3/<0;1>/*),older(25920))),"
        + "and_v(v:multi(2,E1/<2;3>/*,E2/<2;3>/*,E3/<2;3>/*),older(61200))))))"
    ),
  ])
  func `the policy is written as it was published`(
    form: Policy.Form, isHot: Bool, template: String
  ) throws {
    let keys = isHot ? Self.hotKeys : Self.coldKeys
    let policy = try Policy(keys: keys, tiers: isHot ? Self.hotTiers : Self.coldTiers)
    let descriptor = try policy.descriptor(form: form, network: .regtest)
    let letters: [Policy.Role: String] =
      isHot
      ? [.holder: "H", .backup: "B", .council: "R"] : [.holder: "C", .backup: "K", .trustee: "E"]
    let body = descriptor.text.split(separator: "#")[0]
    #expect(String(body) == Self.expected(template, keys, letters: letters))
    let quorum = try descriptor.quorum
    #expect(quorum.threshold == (isHot ? 2 : 3) && quorum.keys.count == (isHot ? 3 : 5))
    #expect(descriptor.branchCount == 2 && !descriptor.hasSharedBranches)
    let file = try DescriptorFile(parsing: DescriptorFile(descriptor).text)
    #expect(file.descriptor == descriptor)
    if form == .wsh {
      let script = try #require(try descriptor.script(branch: 1, index: 7).witnessScript)
      #expect(script.bytes.count == (isHot ? 516 : 952))
    } else {
      #expect(try descriptor.script(branch: 1, index: 7).taproot?.leaves.count == 3)
    }
  }

  struct Nonsense: CustomTestStringConvertible, Sendable {
    let testDescription: String
    var keys: [Policy.Role: [Policy.Key]] = DecayingPolicyTextTests.hotKeys
    var tiers: [Policy.Tier] = DecayingPolicyTextTests.hotTiers
    let error: DecayingPolicyError
  }

  static let nonsense: [Nonsense] = [
    Nonsense(testDescription: "no tiers", keys: [:], tiers: [], error: .noTiers),
    Nonsense(
      testDescription: "a first tier that waits", tiers: [.init(.holders(2), after: 1)],
      error: .delayedFirstTier(1)),
    Nonsense(
      testDescription: "two tiers at one time",
      tiers: Policy.hotTiers(
        threshold: 2, councilThreshold: 3, slotDelay: 1008, councilDelay: 1008),
      error: .delayNotIncreasing(tier: 2, delay: 1008, previous: 1008)),
    Nonsense(
      testDescription: "a second tier without a delay",
      tiers: Policy.hotTiers(threshold: 2, councilThreshold: 3, slotDelay: 0),
      error: .delayNotIncreasing(tier: 1, delay: 0, previous: 0)),
    Nonsense(
      testDescription: "a delay that no lock can express",
      tiers: Policy.hotTiers(threshold: 2, councilThreshold: 3, councilDelay: 65_536),
      error: .delayTooLong(tier: 2, delay: 65_536)),
    Nonsense(
      testDescription: "more signatures than holders",
      tiers: Policy.hotTiers(threshold: 4, councilThreshold: 3),
      error: .badThreshold(tier: 0, role: .holder, threshold: 4, keys: 3)),
    Nonsense(
      testDescription: "no signature of the council",
      tiers: Policy.hotTiers(threshold: 2, councilThreshold: 0),
      error: .badThreshold(tier: 2, role: .council, threshold: 0, keys: 5)),
    Nonsense(
      testDescription: "a holder without a backup",
      keys: hotKeys.merging([.backup: keys(11...12)]) { $1 },
      error: .unpairedBackups(2, holders: 3)),
    Nonsense(
      testDescription: "a backup that is a copy of the holder's key",
      keys: hotKeys.merging([.backup: [keys(11...12), keys(3...3)].flatMap { $0 }]) { $1 },
      error: .repeatedKey(role: .backup, number: 3)),
    Nonsense(
      testDescription: "a member of the council twice",
      keys: hotKeys.merging([.council: keys(21...24) + keys(21...21)]) { $1 },
      error: .repeatedKey(role: .council, number: 5)),
    Nonsense(
      testDescription: "trustees that no tier asks for",
      keys: hotKeys.merging([.trustee: keys(31...33)]) { $1 }, error: .unusedKeys(.trustee)),
    Nonsense(
      testDescription: "backups that no tier asks for",
      tiers: [.init(.holders(2), after: 0), .init(.council(3), after: 4032)],
      error: .unusedKeys(.backup)),
  ]

  @Test(arguments: nonsense)
  func `a policy that nobody can mean is refused`(nonsense: Nonsense) {
    #expect(throws: nonsense.error) {
      _ = try Policy(keys: nonsense.keys, tiers: nonsense.tiers)
    }
  }

  @Test func `keys of another network make no descriptor`() throws {
    let policy = try Policy(keys: Self.hotKeys, tiers: Self.hotTiers)
    for form in Policy.Form.allCases {
      #expect(throws: DecayingPolicyError.descriptor(.wrongNetwork)) {
        _ = try policy.descriptor(form: form, network: .mainnet)
      }
    }
  }

  @Test func `a first tier of slots is no wallet that holders sign for`() throws {
    let policy = try Policy(
      keys: [.holder: Self.keys(1...3), .backup: Self.keys(11...13)],
      tiers: [.init(.slots(2), after: 0)])
    #expect(throws: DecayingPolicyError.descriptor(.noQuorum(.notOneQuorum))) {
      _ = try policy.descriptor(form: .tr, network: .regtest)
    }
  }
}
