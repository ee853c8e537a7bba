/// Stands between the journal and everybody who waits for it, and may stop the sequencer for good.
///
/// It is asked on the journal's own thread, in this order for each batch; no batch is told to anyone
/// before both questions were answered. What it throws ends the sequencer: the commands of the batch get
/// no answer.
public protocol CommitGate: Sendable {
  /// Whether this process may still write.
  func mayWrite() throws(JournalError)
  /// The journal is durable here up to `sequence`. Returns when that may be told.
  func mayTell(through sequence: UInt64) throws(JournalError)
}
