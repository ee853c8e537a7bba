/// A claim that is neither vetoed nor carried out yet.
public struct ClaimState: Equatable, Sendable {
  public let number: UInt64
  public let wallet: KeySet.Wallet
  public let person: String
  public let reason: Claim.Reason
  /// `nil` for the monitor.
  public let claimant: String?
  /// Milliseconds since 1970.
  public let openedAt: Int64
  /// The tip when it was opened: a beat that vetoes names a later block.
  public let openedHeight: Int32
  /// Until then a fresh sign of life vetoes.
  public let challengeEnds: Int64
  /// Until then it has to be confirmed; `nil` for the monitor's, which stay open.
  public let lapses: Int64?
  /// Those who say it is true, the claimant among them if he may.
  public internal(set) var confirmers: [String] = []
  /// A fresh beat came and needs a key check to count.
  public internal(set) var hasFreshBeat = false

  /// A holder who gives up his own key does not take it back by a beat: whoever has the device could.
  var isVetoable: Bool { claimant != person }
}
