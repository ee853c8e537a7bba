import Bitcoin
import KeyHolders
import Liveness
import Testing

@Suite struct KeyCheckProofTests {
  @Test func `a key check proves the key in the descriptor, and no other`() throws {
    var company = try Company()
    #expect(throws: KeyHolderRefusal.proofInvalid(person: "alice")) {
      try company.take(.keyCheck(try company.keyCheck("alice", with: "bob")))
    }
    try company.take(.keyCheck(try company.keyCheck("alice", with: "alice")))
  }

  @Test func `what is no simple BIP-322 signature of the text proves nothing`() throws {
    let company = try Company()
    let key = try company.owner("alice").key
    let account = try #require(company.accounts["alice"]).key
    let proof = try KeyCheckProof.sign("text", with: account)
    #expect(KeyCheckProof.isValid(proof, of: "text", by: key))
    #expect(!KeyCheckProof.isValid(proof, of: "Text", by: key))
    #expect(!KeyCheckProof.isValid(proof, of: "text", by: try company.owner("anna").key))
    #expect(!KeyCheckProof.isValid([], of: "text", by: key))
    #expect(!KeyCheckProof.isValid(proof + [10], of: "text", by: key))
    #expect(!KeyCheckProof.isValid(proof, of: "text", by: "[x]y"))
    for index in proof.indices {
      var other = proof
      other[index] ^= 1
      // The last digit of Base64 may have bits that stand for nothing.
      if signature(other) == signature(proof) { continue }
      #expect(!KeyCheckProof.isValid(other, of: "text", by: key), "character \(index)")
    }
  }

  /// The bytes behind the text.
  private func signature(_ proof: [UInt8]) -> MessageSignature? {
    try? MessageSignature(parsing: String(decoding: proof, as: UTF8.self))
  }
}
