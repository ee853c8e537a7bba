import Bitcoin
@testable import Descriptors

/// Reads expressions, and satisfies those that are safe as expensively as it can.
enum MiniscriptTarget: FuzzTarget {
  /// Short names for keys, so that the search need not find points of the curve.
  private static let keys: [String: String] = Dictionary(
    uniqueKeysWithValues: zip(
      "ABCDEFGH".map { String($0) },
      [
        "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
        "c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5",
        "f9308a019258c31049344f85f89d5229b531c845836f99b08601f113bce036f9",
        "e493dbf1c10d80f3581e4904930b1404cc6c13900ee0758474fa94abe8c4cd13",
        "2f8bde4d1a07209355b4a7250a5c5128e88b84bddc619ab7cba8d569b240efe4",
        "fff97bd5755eeea420453a14355235d382f6472f8568a18b2f057a1460297556",
        "5cbdf0646e5db4eaa398f365f2ea7a0e3d419b7e0330e39ce92bddedcac4f9bc",
        "2f01e5e15cca351daff3843fb70f3c2f0a1bdd05e5af888a67784ef3e10a2a01",
      ]))

  static let seeds: [[UInt8]] = [
    "pk(A)", "and_v(v:pk(A),older(10))", "or_d(pk(A),and_v(v:pkh(B),after(1000)))",
    "andor(pk(A),older(1008),pk(B))", "thresh(2,pk(A),s:pk(B),sln:older(12))", "multi(2,A,B,C)",
    "multi_a(2,A,B,C)", "or_i(and_v(v:pkh(A),hash160(\(String(repeating: "6", count: 40)))),pk(B))",
    "t:or_c(pk(A),and_v(v:pk(B),or_c(pk(C),v:sha256(\(String(repeating: "7", count: 64))))))",
    "and_b(pk(A),a:or_b(pk(B),s:pk(C)))", "uuj:and_v(v:multi(1,A,B),after(10))",
    "thresh(3,multi(1,A),a:pkh(B),a:pkh(C),s:pk(D))", "and_n(pk(A),dv:older(4))",
  ].map { Array($0.utf8) }

  static func check(_ input: [UInt8]) {
    for context in [MiniscriptContext.p2wsh, .tapscript] {
      let text = spelled(input.text, in: context)
      let miniscript = accepted { () throws(DescriptorError) in
        try Miniscript(parsing: text[...], in: context, network: .regtest)
      }
      guard let miniscript else { continue }
      let again = sure("an expression that we write is one") { () throws(DescriptorError) in
        try Miniscript(parsing: miniscript.text[...], in: context, network: .regtest)
      }
      require(again == miniscript, "an expression is read as it was written")
      let node = sure("keys without a wildcard are there") { () throws(DescriptorError) in
        try miniscript.derived(branch: 0, index: 0)
      }
      require(
        node.script.bytes.count == miniscript.scriptByteCount, "the script is as long as it says")
      guard miniscript.problem == nil else { continue }
      for mask in [UInt8.max, 0x55, 0xAA, 0x0F, 0xF0] {
        guard let items = node.witness(from: Assets(context: context, mask: mask)) else {
          require(mask != .max, "who has everything can spend")
          continue
        }
        let size = items.reduce(0) { $0 + $1.count + ($1.count < 253 ? 1 : 3) }
        require(
          size <= miniscript.witnessByteCount ?? 0, "no witness is longer than the longest")
        require(
          items.count <= miniscript.witnessItemCount ?? 0, "no witness has more items than most")
      }
    }
  }

  private static func spelled(_ text: String, in context: MiniscriptContext) -> String {
    var spelled = ""
    for character in text.prefix(2000) {
      if let key = keys[String(character)] {
        spelled += context == .tapscript ? key : "02" + key
      } else {
        spelled.append(character)
      }
    }
    return spelled
  }

  /// Signatures by the keys of a mask, all preimages, all locks.
  private struct Assets: MiniscriptAssets {
    let context: MiniscriptContext
    let mask: UInt8

    func signature(by key: DerivedKey) -> [UInt8]? {
      guard mask >> (key.publicKey.last.map { $0 & 7 } ?? 0) & 1 == 1 else { return nil }
      return [UInt8](repeating: 0x30, count: context == .p2wsh ? 72 : 65)
    }

    func preimage(of digest: [UInt8], under function: MiniscriptHash) -> [UInt8]? {
      [UInt8](repeating: 1, count: 32)
    }

    func isOlder(_ sequence: UInt32) -> Bool { true }
    func isAfter(_ lockTime: UInt32) -> Bool { true }
  }
}
