/// A workload as it was asked for. The same shape always gives the same bytes.
public struct OrderFlow: Sendable {
  /// How often each operation comes.
  public enum Mix: String, CaseIterable, Sendable {
    /// About 48 % new limit orders, 42 % cancels, 5 % moves, 5 % immediate-or-cancel.
    case crypto
    /// About 9 % new, 3 % immediate-or-cancel, 6 % cancels, 82 % moves, as exchange-core publishes.
    case ec
    /// All operations.
    case full
    /// Half limit orders that never trade, half cancels.
    case book

    var number: UInt64 {
      switch self {
      case .crypto: 0
      case .ec: 1
      case .full: 2
      case .book: 3
      }
    }
  }

  public var mix: Mix
  /// Books, 1 to 256. Popularity falls as 1 ÷ rank.
  public var symbols: Int
  /// Orders that should rest in each book, at least 1.
  public var depth: Int
  /// Timed commands.
  public var commands: Int
  /// Customers, at least 2.
  public var users: Int
  public var seed: UInt64
  /// Whether 1 % of the cancels name an order that does not rest.
  public var hasStaleCancels: Bool

  public init(
    _ mix: Mix, symbols: Int = 1, depth: Int = 1000, commands: Int = 3_000_000, users: Int = 1000,
    seed: UInt64 = 23, hasStaleCancels: Bool = false
  ) {
    precondition((1...256).contains(symbols) && depth >= 1 && users >= 2 && commands >= 0)
    self.mix = mix
    self.symbols = symbols
    self.depth = depth
    self.commands = commands
    self.users = users
    self.seed = seed
    self.hasStaleCancels = hasStaleCancels
  }

  /// A file name that says all of it.
  public var name: String {
    "\(mix.rawValue)-\(symbols)-\(depth)-n\(commands)-u\(users)-r\(seed)"
      + (hasStaleCancels ? "-stale" : "")
  }

  /// Generates the commands, those that fill the books first.
  public func generate() -> Workload {
    var generator = OrderFlowGenerator(self)
    return generator.run()
  }
}

/// A header and its commands.
public struct Workload: Sendable {
  public let header: OrderFlowHeader
  /// Prefill, then the timed ones.
  public let commands: [OrderFlowCommand]

  init(header: OrderFlowHeader, commands: [OrderFlowCommand]) {
    self.header = header
    self.commands = commands
  }

  /// Where the timed commands begin.
  public var firstTimed: Int { Int(header.prefill) }
}
