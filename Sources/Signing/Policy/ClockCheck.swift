import Money
import SignerProtocol

/// The machine's clock agrees with the chain's headers. Whoever sets the clock would open a new window of
/// the budgets with each turn.
enum ClockCheck {
  static func check(_ clock: Timestamp, _ chain: ChainClock?) throws(SignerRefusal) {
    guard let chain else { return }
    // Rounded down: the chain counts seconds.
    let seconds = clock.milliseconds >= 0 ? clock.milliseconds / 1000 : -1
    if let doubt = chain.doubt(about: seconds) { throw SignerRefusal(.clock, doubt) }
  }
}
