import Bitcoin
import SignerProtocol

/// When the holder is asked, and how long he has.
public struct ApprovalTerms: Equatable, Sendable {
  /// A transaction that takes more than this out of the wallet, network fee included, in satoshi.
  public var above: Int64
  /// After so long without an answer the question is over, in milliseconds.
  public var timeoutMilliseconds: Int64

  public init(above: Int64, timeoutMilliseconds: Int64) {
    self.above = above
    self.timeoutMilliseconds = timeoutMilliseconds
  }
}

extension ApprovalTerms {
  /// Whether the holder has to be asked about what leaves the wallet with `proposal`.
  func concern(_ proposal: SigningProposal) -> Bool {
    var change: Int64 = 0
    for (output, purpose) in zip(proposal.transaction.outputs, proposal.request.outputs) {
      if case .change = purpose { change += output.value }
    }
    return proposal.inputTotal - change > above
  }
}

/// The signer's own screen and keyboard, as far as the questions need them. It never waits.
public protocol ApproverScreen: AnyObject {
  /// Shows lines of printable ASCII; what a slow screen does not take at once, ``typedLine()`` sends on.
  func show(_ lines: [String])
  /// Returns the next line that was typed, if a whole one is there.
  func typedLine() -> String?
}
