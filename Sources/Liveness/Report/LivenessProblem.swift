public import KeyHolders

/// Why the key holders' log is not proof of what it says.
public enum LivenessProblem: Error, Hashable, Sendable {
  /// The entry, counted from 1, could never have been taken.
  case refused(entry: Int, KeyHolderRefusal)
  /// The log had another past when it was looked at before.
  case otherPast(entries: UInt64)
  /// The log has become shorter.
  case shorter(entries: UInt64, before: UInt64)
  /// A heartbeat that its holder has published stands nowhere in the log.
  case omitted(person: String, sequence: UInt64)
  /// A roster, enacted by this entry, that does not fit the registered policies.
  case roster(entry: Int, RosterPolicy.Mismatch)
  case noRoster
  /// The log names another block than the chain has, and never corrects it.
  case otherBlock(entry: Int, height: Int)
  /// Recorded before the chain can have had the block.
  case blockBeforeItsTime(entry: Int, height: Int)
  /// The heartbeat named a block that was too old already; the log hid that.
  case stale(entry: Int, person: String, height: Int, tip: Int)
  /// A block that the headers do not reach.
  case headersMissing(height: Int)
  /// Fewer than the threshold signed a block within the promised time.
  case tooFew(KeySet.Wallet, inTime: Int, threshold: Int)
}

extension LivenessProblem: CustomStringConvertible {
  public var description: String {
    switch self {
    case .refused(let entry, let refusal): "entry \(entry) was never taken: \(refusal)"
    case .otherPast(let entries):
      "the log's first \(entries) entries are not those that were there before"
    case .shorter(let entries, let before):
      "the log has \(entries) entries; it had \(before) before"
    case .omitted(let person, let sequence):
      "the log lacks heartbeat \(sequence) of \(person), which was published"
    case .roster(let entry, let mismatch): "the roster of entry \(entry): \(mismatch)"
    case .noRoster: "the log has no roster"
    case .otherBlock(let entry, let height):
      "entry \(entry) names a block at height \(height) that is not the chain's"
    case .blockBeforeItsTime(let entry, let height):
      "entry \(entry) has block \(height) before it can have been mined"
    case .stale(let entry, let person, let height, let tip):
      "entry \(entry): the heartbeat of \(person) names block \(height) when the chain had \(tip)"
    case .headersMissing(let height): "the headers do not reach block \(height)"
    case .tooFew(let wallet, let inTime, let threshold):
      "\(wallet) wallet: \(inTime) signed a block within the promised time; it takes \(threshold)"
    }
  }
}
