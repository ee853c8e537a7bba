import Bitcoin
import Descriptors
import TestVectors
import Testing
import Wire

@Suite struct MiniscriptVectorTests {
  /// Reads an expression, which counts only when it can be a whole script.
  private func parse(_ text: String, _ context: MiniscriptContext) -> Miniscript? {
    let parsed = try? Miniscript(parsing: text[...], in: context, network: .mainnet)
    return parsed.flatMap { $0.type.isSuperset(of: .B) ? $0 : nil }
  }

  private func script(_ miniscript: Miniscript) throws -> String {
    Hex.text(try miniscript.script(branch: 0, index: 0).bytes)
  }

  @Test func `expressions have the types, scripts and limits that Bitcoin Core finds`() throws {
    let file = try JSONValue(file: "core_miniscript.json", in: .module)
    var tally = VectorTally("core_miniscript.json")
    for vector in try file.member("vectors").list {
      let text = try vector.member("miniscript").string()
      let mode = Set(vector["mode"]?.list.compactMap(\.text) ?? [])
      var problems: [String] = []
      for context in [MiniscriptContext.p2wsh, .tapscript] {
        let isTapscript = context == .tapscript
        let isInvalid =
          mode.contains("INVALID")
          || mode.contains(isTapscript ? "TAPSCRIPT_INVALID" : "P2WSH_INVALID")
        let parsed = parse(text, context)
        if isInvalid != (parsed == nil) { problems.append("\(context): valid \(parsed != nil)") }
        guard let parsed, !isInvalid else { continue }
        let p2wsh = try vector.member("script_p2wsh").string()
        var expected = try vector.member(isTapscript ? "script_tapscript" : "script_p2wsh").string()
        if expected == "=" { expected = p2wsh }
        let found = try script(parsed)
        if expected != "?", expected != found { problems.append("\(context): script \(found)") }
        #expect(found.count == 2 * parsed.scriptByteCount, "\(text)")
        for (name, property) in [("NONMAL", MiniscriptType.m), ("NEEDSIG", .s)]
        where mode.contains(name) != parsed.type.contains(property) {
          problems.append("\(context): not \(name) as expected")
        }
        if mode.contains("TIMELOCKMIX") == parsed.type.contains(.k) {
          problems.append("\(context): mixing of locks")
        }
        if !isTapscript, let operations = vector["ops_limit"]?.integer, operations >= 0,
          parsed.operationCount.map(Int64.init) != operations
        {
          problems.append("operations \(parsed.operationCount ?? -1), expected \(operations)")
        }
        if !isTapscript, let items = vector["stack_limit"]?.integer, items >= 0,
          parsed.witnessItemCount.map(Int64.init) != items
        {
          problems.append("witness items \(parsed.witnessItemCount ?? -1), expected \(items)")
        }
        if isTapscript, let items = vector["stack_exec"]?.integer, items >= 0,
          parsed.stackItemCount.map(Int64.init) != items
        {
          problems.append("stack items \(parsed.stackItemCount ?? -1), expected \(items)")
        }
        #expect(
          try Miniscript(parsing: parsed.text[...], in: context, network: .mainnet) == parsed)
      }
      tally.record(problems.isEmpty, "\(text): \(problems)")
    }
    #expect(tally.report() == [])
    #expect(tally.passed == 97)
  }
}
