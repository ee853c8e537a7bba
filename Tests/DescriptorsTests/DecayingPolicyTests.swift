import Bitcoin
import Descriptors
import Testing

/// The wallets whose conditions loosen with time: hot 2 of 3 holders, after 1008 blocks 2 of 3 slots
/// of a holder or his successor, after 4032 blocks 3 of 5 of a council; cold in the same way.
@Suite struct DecayingPolicyTests {
  private static func slots(_ first: [Int], _ second: [Int]) -> String {
    zip(first, second).enumerated().map { position, keys in
      "\(position == 0 ? "" : "a:")or_b(pk(\(key(keys.0))),s:pk(\(key(keys.1))))"
    }.joined(separator: ",")
  }

  private static func key(_ number: Int) -> String { MiniscriptGenerator.key(number) }
  private static func keys(_ numbers: [Int]) -> String {
    numbers.map(key).joined(separator: ",")
  }

  // Holders 1 to 3, on later tiers 11 to 13; successors 21 to 23; council 31 to 35.
  private static func hotTiers(_ multi: String) -> [String] {
    [
      "\(multi)(2,\(keys([1, 2, 3])))",
      "and_v(v:thresh(2,\(slots([11, 12, 13], [21, 22, 23]))),older(1008))",
      "and_v(v:\(multi)(3,\(keys([31, 32, 33, 34, 35]))),older(4032))",
    ]
  }

  // Holders 41 to 45, 51 to 55 and 61 to 65; successors 71 to 75; trustees 81 to 83, 91 to 93.
  private static func coldTiers(_ multi: String) -> [String] {
    [
      "\(multi)(3,\(keys([41, 42, 43, 44, 45])))",
      "and_v(v:thresh(3,\(slots([51, 52, 53, 54, 55], [71, 72, 73, 74, 75]))),older(12960))",
      "and_v(v:\(multi)(2,\(keys([61, 62, 63, 64, 65]))),"
        + "and_v(v:\(multi)(1,\(keys([81, 82, 83]))),older(25920)))",
      "and_v(v:\(multi)(2,\(keys([91, 92, 93]))),older(61200))",
    ]
  }

  private static func nested(_ tiers: ArraySlice<String>) -> String {
    tiers.count == 1
      ? tiers[tiers.startIndex] : "or_i(\(tiers[tiers.startIndex]),\(nested(tiers.dropFirst())))"
  }

  private static func wsh(_ tiers: [String]) -> String {
    "wsh(or_d(\(tiers[0]),\(nested(tiers[1...]))))"
  }

  private static func tree(_ tiers: ArraySlice<String>) -> String {
    tiers.count == 1
      ? tiers[tiers.startIndex] : "{\(tiers[tiers.startIndex]),\(tree(tiers.dropFirst()))}"
  }

  private static func tr(_ tiers: [String]) -> String {
    // The point of BIP-341 whose private key nobody knows.
    "tr(50929b74c1a04954b78b4b6035e97a5e078a5a0f28ec96d547bfee9ace803ac0,\(tree(tiers[...])))"
  }

  struct Spend: CustomTestStringConvertible, Sendable {
    let who: String
    let isHot: Bool
    let keys: Set<Int>
    let sequence: UInt32
    let isAllowed: Bool
    var testDescription: String { "\(isHot ? "hot" : "cold"), \(who), after \(sequence)" }
  }

  static let spends = [
    Spend(who: "two holders", isHot: true, keys: [1, 3], sequence: 0, isAllowed: true),
    Spend(who: "one holder", isHot: true, keys: [1, 11], sequence: 4032, isAllowed: false),
    Spend(
      who: "one and his successor", isHot: true, keys: [1, 11, 21], sequence: 1008, isAllowed: false
    ),
    Spend(
      who: "one and another's successor", isHot: true, keys: [1, 11, 22], sequence: 1007,
      isAllowed: false),
    Spend(
      who: "one and another's successor", isHot: true, keys: [1, 11, 22], sequence: 1008,
      isAllowed: true),
    Spend(who: "two successors", isHot: true, keys: [21, 23], sequence: 1008, isAllowed: true),
    Spend(
      who: "three of the council", isHot: true, keys: [31, 33, 35], sequence: 4031, isAllowed: false
    ),
    Spend(
      who: "three of the council", isHot: true, keys: [31, 33, 35], sequence: 4032, isAllowed: true),
    Spend(
      who: "two of the council", isHot: true, keys: [31, 33], sequence: 65535, isAllowed: false),
    Spend(who: "three holders", isHot: false, keys: [41, 43, 45], sequence: 0, isAllowed: true),
    Spend(who: "two holders", isHot: false, keys: [41, 43], sequence: 65535, isAllowed: false),
    Spend(
      who: "three successors", isHot: false, keys: [71, 72, 75], sequence: 12959, isAllowed: false),
    Spend(
      who: "three successors", isHot: false, keys: [71, 72, 75], sequence: 12960, isAllowed: true),
    Spend(
      who: "two with their successors", isHot: false, keys: [51, 71, 52, 72], sequence: 12960,
      isAllowed: false),
    Spend(
      who: "two and a trustee", isHot: false, keys: [61, 65, 82], sequence: 25919, isAllowed: false),
    Spend(
      who: "two and a trustee", isHot: false, keys: [61, 65, 82], sequence: 25920, isAllowed: true),
    Spend(who: "two trustees", isHot: false, keys: [91, 93], sequence: 61199, isAllowed: false),
    Spend(who: "two trustees", isHot: false, keys: [91, 93], sequence: 61200, isAllowed: true),
    Spend(who: "one trustee", isHot: false, keys: [81, 91], sequence: 65535, isAllowed: false),
  ]

  @Test(arguments: spends)
  func `each tier of a P2WSH wallet opens when and only when it should`(spend: Spend) throws {
    let tiers = spend.isHot ? Self.hotTiers("multi") : Self.coldTiers("multi")
    let derived = try Descriptor(parsing: Self.wsh(tiers), network: .regtest).script()
    let script = try #require(derived.witnessScript)
    #expect(script.bytes.count == (spend.isHot ? 516 : 952))
    let assets = TestSpend(derived.scriptPubKey, sequence: spend.sequence, keys: spend.keys) {
      Sighash.segwitV0($0, input: 0, scriptCode: script, value: $1[0].value, type: 1)
    }
    let witness = try #require(derived.miniscript).witness(from: assets)
    #expect((witness != nil) == spend.isAllowed)
    guard let witness else { return }
    try assets.verify(witness: witness + [script.bytes])
  }

  @Test(arguments: spends)
  func `each tier of a taproot wallet opens when and only when it should`(spend: Spend) throws {
    let tiers = spend.isHot ? Self.hotTiers("multi_a") : Self.coldTiers("multi_a")
    let derived = try Descriptor(parsing: Self.tr(tiers), network: .regtest).script()
    let taproot = try #require(derived.taproot)
    var opened = 0
    for leaf in taproot.leaves {
      let assets = TestSpend(derived.scriptPubKey, sequence: spend.sequence, keys: spend.keys) {
        Sighash.taproot(
          $0, input: 0, spentOutputs: $1, type: SighashType(rawValue: 0),
          leaf: Sighash.Leaf(hash: leaf.hash)) ?? []
      }
      guard let witness = leaf.miniscript.witness(from: assets) else { continue }
      opened += 1
      try assets.verify(witness: witness + [leaf.script.bytes, taproot.controlBlock(for: leaf)])
    }
    #expect(opened == (spend.isAllowed ? 1 : 0))
  }
}
