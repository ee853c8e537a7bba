import Bitcoin
import Cryptography
import Money
import SignerProtocol

/// The holder's decisions on large transactions, one question on the screen at a time.
///
/// A request never waits for a person: it is refused for now, the question stays on the screen, and the
/// guard asks again. Meanwhile the other signers may sign without this one.
struct Approvals {
  /// How a question ended.
  enum Outcome: UInt8, Equatable, Sendable {
    case approved = 0
    case refused = 1
    /// Nobody answered in time; a later request asks again.
    case timedOut = 2
  }

  var terms: ApprovalTerms
  private let network: Network
  private let screen: any ApproverScreen
  private var open: (question: ApprovalQuestion, until: Timestamp)?

  init(_ terms: ApprovalTerms, network: Network, screen: any ApproverScreen) {
    self.terms = terms
    self.network = network
    self.screen = screen
  }

  /// Puts the question on the screen, unless one is there.
  mutating func ask(_ proposal: SigningProposal, at now: Timestamp) {
    guard open == nil else { return }
    let number = SecureRandom.bytes(4).reduce(0) { ($0 * 256 + Int($1)) % 9000 } + 1000
    let question = ApprovalQuestion(proposal, network: network, code: "\(number)")
    open = (question, now.advanced(byMilliseconds: terms.timeoutMilliseconds))
    screen.show(question.lines)
  }

  /// Looks at the keyboard and at the clock.
  ///
  /// - Returns: How the open question ended, if it did just now.
  mutating func look(at now: Timestamp) -> (transaction: TransactionID, outcome: Outcome)? {
    while let line = screen.typedLine() {
      guard let question = open?.question else { continue }
      switch line {
      case "yes \(question.code)": return end(.approved, "It is signed.")
      case "no \(question.code)": return end(.refused, "It is refused.")
      default: screen.show(["That is neither.", question.lines[question.lines.count - 1]])
      }
    }
    guard let open, now >= open.until else { return nil }
    return end(.timedOut, "No answer in time: it is not signed.")
  }

  /// Takes the question about `transaction` back, if it is the open one: it can never be signed.
  mutating func close(_ transaction: TransactionID) {
    guard open?.question.transaction == transaction else { return }
    open = nil
    screen.show(["It was given up: it is not signed."])
  }

  private mutating func end(
    _ outcome: Outcome, _ words: String
  ) -> (transaction: TransactionID, outcome: Outcome)? {
    defer { open = nil }
    screen.show([words])
    return open.map { ($0.question.transaction, outcome) }
  }
}
