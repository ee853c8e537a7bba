/// What the gateway tells whoever counts.
public enum GatewayMetric: Sendable {
  /// A request was answered. `path` is the endpoint's own or "unknown", so that it stays countable.
  case request(path: String, method: String, status: Int, code: String, duration: Duration)
  /// A WebSocket session began or ended.
  case sessions(open: Int)
  /// The history views reached a batch of the journal.
  case historyWritten(batch: UInt64)
  /// The market data reached a batch of the journal.
  case marketDataAt(batch: UInt64)
}
