public import Money

/// Which rows of a history are wanted. Rows come newest first.
public struct ViewPage: Sendable {
  /// Only rows with an id (or instant) below this.
  public var after: Int64?
  /// Only rows with an id (or instant) above this.
  public var before: Int64?
  /// Only rows from this instant on.
  public var begin: Timestamp?
  /// Only rows up to and including this instant.
  public var end: Timestamp?
  /// At most so many rows.
  public var limit: Int

  public init(
    after: Int64? = nil, before: Int64? = nil, begin: Timestamp? = nil, end: Timestamp? = nil,
    limit: Int = 100
  ) {
    self.after = after
    self.before = before
    self.begin = begin
    self.end = end
    self.limit = limit
  }
}
