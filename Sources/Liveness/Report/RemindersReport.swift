public import KeyHolders

/// What the key holders have to do, as it is told.
public struct RemindersReport: Encodable, Hashable, Sendable {
  public struct Item: Encodable, Hashable, Sendable {
    /// keyCheck, drill, itinerary or refresh.
    public let task: String
    public let wallet: String
    /// Missing for what all holders of the wallet do together.
    public let person: String?
    /// Seconds since 1970.
    public let due: Int64
    public let isOverdue: Bool
  }

  /// Seconds since 1970.
  public let at: Int64
  public let items: [Item]
  public let overdue: Int

  /// - Parameter time: Milliseconds since 1970.
  public init(_ reminders: [Reminder], at time: Int64) {
    at = time / 1000
    items = reminders.map {
      Item(
        task: $0.task.rawValue, wallet: "\($0.wallet)", person: $0.person, due: $0.due / 1000,
        isOverdue: $0.isOverdue(at: time))
    }
    overdue = items.count(where: \.isOverdue)
  }
}
