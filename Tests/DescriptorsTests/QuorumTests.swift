import Bitcoin
import Cryptography
import Descriptors
import Testing

@Suite struct QuorumTests {
  private static let unspendable =
    "50929b74c1a04954b78b4b6035e97a5e078a5a0f28ec96d547bfee9ace803ac0"

  /// The text with A, B, ... in the places of keys.
  private static func descriptor(_ text: String) throws -> Descriptor {
    var written = ""
    for character in text.replacing("NUMS", with: unspendable) {
      guard let number = "ABCDEFGH".firstIndex(of: character) else {
        written.append(character)
        continue
      }
      let position = "ABCDEFGH".distance(from: "ABCDEFGH".startIndex, to: number) + 1
      written += MiniscriptGenerator.key(position)
    }
    return try Descriptor(parsing: written, network: .regtest)
  }

  @Test(arguments: [
    ("wsh(multi(2,A,B,C))", 2, 3), ("wsh(sortedmulti(1,A,B))", 1, 2), ("wsh(pk(A))", 1, 1),
    ("wsh(thresh(2,pk(A),s:pk(B),s:pk(C)))", 2, 3), ("wsh(and_v(v:pk(A),pk(B)))", 2, 2),
    ("wsh(or_d(multi(2,A,B,C),and_v(v:pk(D),older(9))))", 2, 3),
    ("wsh(andor(pk(A),after(100),multi(2,B,C,D)))", 2, 3),
    ("wsh(thresh(3,pk(A),s:pk(B),s:pk(C),sln:older(9)))", 3, 3),
    ("wsh(or_i(and_v(v:pkh(A),pk(B)),and_v(v:pk(C),and_v(v:pk(D),older(9)))))", 2, 2),
    ("tr(NUMS,multi_a(2,A,B,C))", 2, 3), ("tr(NUMS,sortedmulti_a(2,A,B,C))", 2, 3),
    ("tr(NUMS,{and_v(v:pk(D),older(9)),multi_a(2,A,B,C)})", 2, 3),
  ])
  func `what can be spent at once is so many of some keys`(
    text: String, threshold: Int, keys: Int
  ) throws {
    let descriptor = try Self.descriptor(text)
    let quorum = try descriptor.quorum
    #expect(quorum.threshold == threshold && quorum.keys.count == keys)
    let path = try descriptor.script().spendingPath()
    #expect(path.quorum.threshold == threshold && path.quorum.keys.count == keys)
    #expect(path.isTaproot == text.hasPrefix("tr"))
    // Every choice of enough keys gives a witness, and no smaller one does.
    for choice in UInt32(0)..<(1 << keys) {
      var signatures: [DerivedKey: [UInt8]] = [:]
      for (index, key) in path.quorum.keys.enumerated() where choice >> index & 1 == 1 {
        signatures[key] = [UInt8](repeating: 0, count: path.signatureByteCount)
      }
      #expect((path.witness(signatures) != nil) == (signatures.count >= threshold))
    }
  }

  @Test(arguments: [
    ("wpkh(A)", DescriptorError.QuorumProblem.wrongKind), ("tr(A)", .wrongKind),
    ("sh(wsh(multi(2,A,B,C)))", .wrongKind), ("pkh(A)", .wrongKind), ("rawtr(A)", .wrongKind),
    ("tr(A,multi_a(2,B,C,D))", .spendableInternalKey), ("tr(NUMS,{pk(A),pk(B)})", .notOneQuorum),
    ("wsh(or_d(pk(A),multi(2,B,C,D)))", .notOneQuorum),
    ("wsh(and_v(v:pk(A),older(9)))", .notOneQuorum),
    ("wsh(and_v(v:pk(A),multi(1,B,C)))", .notOneQuorum),
    (
      "wsh(and_v(v:pk(A),sha256("
        + "0000000000000000000000000000000000000000000000000000000000000000)))", .notOneQuorum
    ),
    ("tr(NUMS,and_v(v:pk(A),older(9)))", .notOneQuorum),
    ("wsh(sortedmulti(2,A,B,A))", .oneHolderTwice),
  ])
  func `a wallet of another kind is refused`(
    text: String, problem: DescriptorError.QuorumProblem
  ) throws {
    let descriptor = try Self.descriptor(text)
    #expect(throws: DescriptorError.noQuorum(problem)) { _ = try descriptor.quorum }
    guard problem != .oneHolderTwice else { return }
    #expect(throws: DescriptorError.noQuorum(problem)) {
      _ = try descriptor.script().spendingPath()
    }
  }
}
