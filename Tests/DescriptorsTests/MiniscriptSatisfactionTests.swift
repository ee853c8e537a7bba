import Bitcoin
import Cryptography
import Descriptors
import Structures
import Testing
import Wire

/// Random expressions that are safe, random assets, and the interpreter as the judge.
@Suite struct MiniscriptSatisfactionTests {
  @Test(arguments: UInt64(0)..<16)
  func `a P2WSH witness exists exactly when the policy is met, and the interpreter accepts it`(
    seed: UInt64
  ) throws {
    var generator = MiniscriptGenerator(seed: seed, context: .p2wsh)
    var (met, unmet) = (0, 0)
    for _ in 0..<60 {
      let text = generator.safeExpression()
      let descriptor = try Descriptor(parsing: "wsh(\(text))", network: .regtest)
      #expect(try Descriptor(parsing: descriptor.text, network: .regtest) == descriptor)
      let derived = try descriptor.script()
      let node = try #require(derived.miniscript)
      let script = try #require(derived.witnessScript)
      for _ in 0..<6 {
        let spend = TestSpend(derived.scriptPubKey, &generator.random) { transaction, outputs in
          Sighash.segwitV0(
            transaction, input: 0, scriptCode: script, value: outputs[0].value, type: 1)
        }
        let witness = node.witness(from: spend)
        let isMet = spend.meets(node)
        #expect((witness != nil) == isMet, "seed \(seed): \(text)")
        guard let witness else {
          unmet += 1
          continue
        }
        met += 1
        let parsed = try Miniscript(parsing: text[...], in: .p2wsh, network: .regtest)
        let bytes = witness.reduce(0) { $0 + $1.count + 1 }
        #expect(bytes <= parsed.witnessByteCount ?? 0, "seed \(seed): \(text)")
        #expect(witness.count <= parsed.witnessItemCount ?? 0, "seed \(seed): \(text)")
        #expect(throws: Never.self, "seed \(seed): \(text)") {
          try spend.verify(witness: witness + [script.bytes])
        }
      }
    }
    #expect(met > 0 && unmet > 0)
  }

  @Test(arguments: UInt64(0)..<16)
  func `a tapscript witness exists exactly when the policy is met, and the interpreter accepts it`(
    seed: UInt64
  ) throws {
    var generator = MiniscriptGenerator(seed: seed, context: .tapscript)
    var (met, unmet) = (0, 0)
    for _ in 0..<30 {
      let texts = (0..<3).map { _ in generator.safeExpression() }
      let internalKey = MiniscriptGenerator.key(200)
      let descriptor = try Descriptor(
        parsing: "tr(\(internalKey),{\(texts[0]),{\(texts[1]),\(texts[2])}})", network: .regtest)
      #expect(try Descriptor(parsing: descriptor.text, network: .regtest) == descriptor)
      let derived = try descriptor.script()
      let taproot = try #require(derived.taproot)
      for leaf in taproot.leaves {
        let spend = TestSpend(derived.scriptPubKey, &generator.random) { transaction, outputs in
          Sighash.taproot(
            transaction, input: 0, spentOutputs: outputs, type: SighashType(rawValue: 0),
            leaf: Sighash.Leaf(hash: leaf.hash)) ?? []
        }
        let witness = leaf.miniscript.witness(from: spend)
        #expect((witness != nil) == spend.meets(leaf.miniscript), "seed \(seed): \(texts)")
        guard let witness else {
          unmet += 1
          continue
        }
        met += 1
        #expect(throws: Never.self, "seed \(seed): \(texts)") {
          try spend.verify(
            witness: witness + [leaf.script.bytes, taproot.controlBlock(for: leaf)])
        }
      }
    }
    #expect(met > 0 && unmet > 0)
  }

  @Test(arguments: [
    ("or_b(pk(A),a:pk(A))", Miniscript.Problem.repeatedKey),
    ("or_b(pk(A),a:pk(B))", nil),
    ("or_i(pk(A),older(10))", .needsNoSignature),
    ("and_v(v:pk(A),and_v(v:after(100),after(1000000000)))", .mixesTimeLocks),
    ("or_i(sha256(D),pk(A))", .needsNoSignature),
    ("and_v(v:pk(A),or_i(sha256(D),older(4)))", .malleable),
    ("and_v(v:pk(A),0)", .unsatisfiable),
    ("pk_k(A)", .notTopLevel),
  ])
  func `what is not safe to send to says why`(text: String, problem: Miniscript.Problem?) throws {
    let full =
      text
      .replacing("A", with: MiniscriptGenerator.key(1))
      .replacing("B", with: MiniscriptGenerator.key(2))
      .replacing("D", with: String(repeating: "ab", count: 32))
    let parsed = try Miniscript(parsing: full[...], in: .p2wsh, network: .regtest)
    #expect(parsed.problem == problem)
    if let problem {
      #expect(throws: (any Error).self, "\(problem)") {
        try Descriptor(parsing: "wsh(\(full))", network: .regtest)
      }
    }
  }

  @Test(arguments: [
    "", "0", "(", ")", "pk(", "thresh(1", "thresh(0,pk(K))", "thresh(2,pk(K))", "thresh(,pk(K))",
    "multi(2,K)", "multi_a(1,K)", "older(0)", "older(2147483648)", "older(-1)",
    "older(1,2)", "after()", "sha256(00)", "hash160(zz)", "xx(1)", "q:pk(K)", ":pk(K)",
    "and_v(1,1)",
    "and_v(v:pk(K),pk(K)", "and_v(v:pk(K),pk(K)))", "or_d(pk(K))", "andor(1,1)", "pk(K,K)",
  ])
  func `malformed Miniscript is refused`(text: String) {
    let full = "wsh(" + text.replacing("K", with: MiniscriptGenerator.key(1)) + ")"
    #expect(throws: DescriptorError.self) { try Descriptor(parsing: full, network: .regtest) }
  }

  @Test func `deep nesting is refused before it can exhaust the stack`() {
    let wrappers = String(repeating: "n", count: 100_000)
    let nested = String(repeating: "or_i(0,", count: 100_000)
    for text in ["\(wrappers):1", nested] {
      #expect(throws: DescriptorError.self) {
        try Miniscript(parsing: text[...], in: .tapscript, network: .regtest)
      }
    }
    let braces = String(repeating: "{", count: 100_000)
    #expect(throws: DescriptorError.self) {
      try Descriptor(parsing: "tr(\(MiniscriptGenerator.key(1)),\(braces)", network: .regtest)
    }
  }
}
