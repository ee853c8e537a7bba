/// Something that the people of the log have to do, by when. It follows from the log alone.
public struct Reminder: Hashable, Sendable {
  public enum Task: String, Hashable, Sendable, CaseIterable {
    /// A proof of the spending key, once a month.
    case keyCheck
    /// Putting the key together from its shares, once a quarter.
    case drill
    /// Saying where one is after the last declared stay.
    case itinerary
    /// Moving every coin of the wallet to new keys, once a year, before it comes to its last tier.
    case refresh
  }

  public let task: Task
  public let wallet: KeySet.Wallet
  /// Who; `nil` for all holders of the wallet together.
  public let person: String?
  /// Milliseconds since 1970.
  public let due: Int64

  /// Whether it is to be thought of at `time`.
  public func isSoon(at time: Int64) -> Bool { time >= due - task.lead }
  public func isOverdue(at time: Int64) -> Bool { time >= due }
}

extension Reminder.Task {
  private static let day: Int64 = 86_400_000

  /// How often, in milliseconds; `nil` for what has an end of its own.
  public var interval: Int64? {
    switch self {
    case .keyCheck: 30 * Self.day
    case .drill: 91 * Self.day
    case .itinerary: nil
    case .refresh: 365 * Self.day
    }
  }

  /// How long before it is due people are reminded, in milliseconds.
  public var lead: Int64 {
    switch self {
    case .keyCheck: 7 * Self.day
    case .drill: 14 * Self.day
    case .itinerary: 2 * Self.day
    case .refresh: 60 * Self.day
    }
  }

  /// When it is due, having been done `last`.
  func due(after last: Int64) -> Int64 {
    let (sum, overflow) = last.addingReportingOverflow(interval ?? 0)
    return overflow ? .max : sum
  }
}

extension KeyHolders {
  /// Everything that anybody has to do, the next first.
  public var reminders: [Reminder] {
    guard let roster else { return [] }
    var found: [Reminder] = []
    for seat in seats where !seat.isSurrendered {
      func add(_ task: Reminder.Task, due: Int64) {
        found.append(Reminder(task: task, wallet: seat.wallet, person: seat.person, due: due))
      }
      add(.keyCheck, due: Reminder.Task.keyCheck.due(after: seat.checkedAt ?? seat.since))
      add(.drill, due: Reminder.Task.drill.due(after: seat.lastDrill ?? seat.since))
      // What was over when it was declared says nothing about now.
      let declared = seat.last.map(\.time) ?? .max
      if let end = seat.stays.map(\.until).max(), end > declared { add(.itinerary, due: end) }
    }
    for keySet in roster.keySets where keySet.wallet == .cold {
      guard let since = policySince[keySet.wallet] else { continue }
      found.append(
        Reminder(
          task: .refresh, wallet: keySet.wallet, person: nil,
          due: Reminder.Task.refresh.due(after: since)))
    }
    return found.sorted {
      ($0.due, $0.wallet.rawValue, $0.person ?? "", $0.task.rawValue)
        < ($1.due, $1.wallet.rawValue, $1.person ?? "", $1.task.rawValue)
    }
  }
}
