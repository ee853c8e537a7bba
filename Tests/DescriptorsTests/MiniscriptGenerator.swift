import Bitcoin
import Cryptography
import Descriptors
import Structures
import Wire

/// Writes random expressions by type, so that many of them are safe.
struct MiniscriptGenerator {
  var random: SplitMix64
  let context: MiniscriptContext
  private var unused: [Int] = []

  init(seed: UInt64, context: MiniscriptContext) {
    random = SplitMix64(seed: seed)
    self.context = context
  }

  /// The public key of the private key `number`, 1 to 255.
  static func key(_ number: Int) -> String { Hex.text(TestSpend.publicKey(number)) }

  /// Keeps writing until an expression is safe and small enough for one test.
  mutating func safeExpression() -> String {
    while true {
      unused = Array(1...120).shuffled(using: &random)
      let text = base(depth: 3)
      guard
        let parsed = try? Miniscript(parsing: text[...], in: context, network: .regtest),
        parsed.problem == nil
      else { continue }
      return text
    }
  }

  private mutating func key() -> String { Self.key(unused.popLast() ?? 121) }

  private mutating func pick<Choice>(_ choices: [Choice]) -> Choice {
    choices[Int.random(in: choices.indices, using: &random)]
  }

  /// An expression of type B.
  private mutating func base(depth: Int) -> String {
    if depth == 0 {
      switch Int.random(in: 0..<8, using: &random) {
      case 0...3: return "pk(\(key()))"
      case 4: return "pkh(\(key()))"
      case 5: return "older(\(pick([1, 144, 1008, 4_194_305])))"
      case 6: return "after(\(pick([100, 500, 1_600_000_000])))"
      default:
        let function = pick(MiniscriptHash.allCases)
        let digest = function.digest(of: TestSpend.preimage(Int.random(in: 0..<4, using: &random)))
        return "\(function.rawValue)(\(Hex.text(digest)))"
      }
    }
    let next = depth - 1
    switch Int.random(in: 0..<13, using: &random) {
    case 0: return "and_v(\(verify(depth: next)),\(base(depth: next)))"
    case 1: return "and_b(\(base(depth: next)),\(wrapped(depth: next)))"
    case 2: return "or_b(\(base(depth: next)),\(wrapped(depth: next)))"
    case 3: return "or_d(\(base(depth: next)),\(base(depth: next)))"
    case 4: return "or_i(\(base(depth: next)),\(base(depth: next)))"
    case 5: return "andor(\(base(depth: next)),\(base(depth: next)),\(base(depth: next)))"
    case 6: return "and_n(\(base(depth: next)),\(base(depth: next)))"
    case 7:
      let count = Int.random(in: 1...4, using: &random)
      var parts = [base(depth: 0)]
      for _ in 1..<max(2, count) { parts.append(wrapped(depth: next)) }
      let threshold = Int.random(in: 1...parts.count, using: &random)
      return "thresh(\(threshold),\(parts.joined(separator: ",")))"
    case 8:
      let count = Int.random(in: 1...4, using: &random)
      let keys = (0..<count).map { _ in key() }.joined(separator: ",")
      let threshold = Int.random(in: 1...count, using: &random)
      return "\(context == .p2wsh ? "multi" : "multi_a")(\(threshold),\(keys))"
    case 9: return "\(pick(["j", "n", "l", "u"])):\(base(depth: 0))"
    case 10: return "dv:older(\(pick([1, 144])))"
    default: return base(depth: 0)
    }
  }

  private mutating func verify(depth: Int) -> String {
    if depth > 0, Bool.random(using: &random) {
      return "or_c(\(base(depth: depth - 1)),\(verify(depth: depth - 1)))"
    }
    let inner = base(depth: depth)
    return Self.prefixed("v", inner)
  }

  private mutating func wrapped(depth: Int) -> String {
    Self.prefixed(pick(["a", "s"]), base(depth: depth))
  }

  private static func prefixed(_ letter: String, _ text: String) -> String {
    guard let colon = text.firstIndex(of: ":"), let open = text.firstIndex(of: "("), colon < open
    else { return "\(letter):\(text)" }
    return letter + text
  }
}
