import Bitcoin
import Descriptors
import TestVectors
import Testing

@Suite struct WalletPolicyTests {
  /// Keys for templates that have none: the account keys of the valid vectors.
  private func someKeys(_ count: Int) throws -> [String] {
    let file = try JSONValue(file: "bip388.json", in: .module)
    let all = try file.member("valid").list.flatMap { try $0.member("keys").list }
    var keys: [String] = []
    for key in try all.map({ try $0.string() }) where !keys.contains(key) { keys.append(key) }
    return Array(keys.prefix(count))
  }

  @Test func `policies and descriptors follow from each other as published`() throws {
    let file = try JSONValue(file: "bip388.json", in: .module)
    var tally = VectorTally("bip388.json")
    for vector in try file.member("valid").list {
      let template = try vector.member("template").string()
      let keys = try vector.member("keys").list.map { try $0.string() }
      do {
        let policy = try WalletPolicy(template: template, keys: keys, network: .mainnet)
        let descriptor = try Descriptor(
          parsing: vector.member("descriptor").string(), network: .mainnet)
        let back = try WalletPolicy(policy.descriptor)
        tally.record(
          policy.descriptor == descriptor && back.template.text == template
            && back.keys == policy.keys && back.descriptor == descriptor,
          "\(template): \(back.template.text)")
      } catch {
        tally.record(false, "\(template): \(error)")
      }
    }
    for vector in try file.member("invalid").list {
      let template = try vector.member("template").string()
      let count = (0..<10).last { template.contains("@\($0)") }.map { $0 + 1 } ?? 0
      do {
        _ = try WalletPolicy(template: template, keys: someKeys(count), network: .mainnet)
        tally.record(false, "accepted: \(template)")
      } catch {
        tally.record(true, "")
      }
    }
    #expect(tally.report() == [])
    #expect(tally.passed == 18)
  }

  @Test(arguments: [
    ("pkh(@0)", WalletPolicyError.badPath(")")),
    ("pkh(@0/0/**)", .badPath("/0/**)")),
    ("sh(multi(1,@1/**,@0/**))", .outOfOrder(expected: 0, found: 1)),
    ("sh(multi(1,@0/**,@2/**))", .outOfOrder(expected: 1, found: 2)),
    ("sh(multi(1,@0/**,@0/**))", .overlappingPaths("@0")),
    ("sh(multi(1,@0/<0;1>/*,@0/<1;2>/*))", .overlappingPaths("@0")),
    ("pkh(@0/<0;1;2>/*)", .badPath("/<0;1;2>/*)")),
    ("pkh(@0/<1;1>/*)", .badPath("/<1;1>/*)")),
    ("pkh(@0/<0h;1h>/*)", .badPath("/<0h;1h>/*)")),
    ("pkh(@00/**)", .badPlaceholder("@00/**)")),
    ("pkh(@/**)", .badPlaceholder("@/**)")),
    ("tr(musig(@0/**,@1/**))", .badPlaceholder("/**,@1/**))")),
    ("tr(musig(@0,@0)/**)", .repeatedParticipant(0)),
    ("tr(musig(@0,@1)/**,pk(musig(@1,@0)/<1;2>/*))", .overlappingPaths("musig(@1,@0)")),
    ("pk(@0/**)", .notAllowed("pk()")),
    ("multi(1,@0/**)", .notAllowed("multi() outside sh() and wsh()")),
    ("combo(@0/**)", .notAllowed("combo()")),
    ("rawtr(@0/**)", .notAllowed("rawtr()")),
    ("wsh()", .noPlaceholder),
  ])
  func `a template that breaks a rule is refused with the rule`(
    template: String, expected: WalletPolicyError
  ) throws {
    let count = (0..<10).last { template.contains("@\($0)") }.map { $0 + 1 } ?? 0
    #expect(throws: expected) {
      try WalletPolicy(template: template, keys: try self.someKeys(count), network: .mainnet)
    }
  }

  @Test func `keys that are not bare, distinct and as many as the placeholders are refused`() throws
  {
    let keys = try someKeys(2)
    let template = "wsh(multi(2,@0/**,@1/**))"
    #expect(throws: WalletPolicyError.wrongKeyCount(expected: 2, actual: 1)) {
      try WalletPolicy(template: template, keys: [keys[0]], network: .mainnet)
    }
    #expect(throws: WalletPolicyError.repeatedKey(0, 1)) {
      try WalletPolicy(template: template, keys: [keys[0], keys[0]], network: .mainnet)
    }
    #expect(throws: WalletPolicyError.self) {
      try WalletPolicy(template: template, keys: [keys[0], keys[1] + "/0"], network: .mainnet)
    }
    #expect(throws: WalletPolicyError.self) {
      try WalletPolicy(template: template, keys: keys, network: .regtest)
    }
    let single = try Descriptor(parsing: "wpkh(\(keys[0])/0/*)", network: .mainnet)
    #expect(throws: WalletPolicyError.badPath("/0/*)")) { try WalletPolicy(single) }
  }
}
