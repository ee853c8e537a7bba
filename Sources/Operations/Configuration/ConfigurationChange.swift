public import Engine

/// Compares the configuration in the journal with the one in the file.
public enum ConfigurationChange {
  /// Why the file's configuration cannot follow the journal's.
  public struct Conflict: Error, Equatable, Sendable, CustomStringConvertible {
    /// The key, such as `assets[0].decimals`.
    public let path: String
    /// What the journal has and what the file has.
    public let problem: String

    public var description: String { "\(path): \(problem)" }
  }

  /// Returns whether `next` must be submitted: `false` when it is in force already.
  ///
  /// Balances and orders refer to assets and markets by their position and count in their units, so
  /// neither may ever change; new ones come last.
  ///
  /// - Throws: ``Conflict`` naming the first key that may not change.
  public static func isNeeded(
    from current: ExchangeConfiguration, to next: ExchangeConfiguration
  ) throws(Conflict) -> Bool {
    guard current.walletDescriptor == next.walletDescriptor else {
      throw Conflict(
        path: "wallet.descriptorFile",
        problem:
          "is another wallet than the journal's: the books are of the descriptor that ends in "
          + "\(checksum(of: current)), the file has \(checksum(of: next))")
    }
    for (index, old) in current.assets.enumerated() {
      let path = "assets[\(index)]"
      guard index < next.assets.count else {
        throw Conflict(path: path, problem: "\(old.code) is in the journal and cannot be removed")
      }
      let new = next.assets[index]
      try same(old.code, new.code, "\(path).code")
      try same("\(old.decimals)", "\(new.decimals)", "\(path).decimals")
      try same("\(old.rail)", "\(new.rail)", "\(path).rail")
    }
    for (index, old) in current.instruments.enumerated() {
      let path = "instruments[\(index)]"
      guard index < next.instruments.count else {
        throw Conflict(path: path, problem: "\(old.symbol) is in the journal and cannot be removed")
      }
      let new = next.instruments[index]
      try same(old.symbol, new.symbol, "\(path).symbol")
      try same("\(old.tickUnits)", "\(new.tickUnits)", "\(path).tickSize", "units")
      try same("\(old.lotUnits)", "\(new.lotUnits)", "\(path).lotSize", "units")
    }
    for (key, old, new) in [
      ("orders", current.capacity.orders, next.capacity.orders),
      ("accounts", current.capacity.accounts, next.capacity.accounts),
      ("balances", current.capacity.balances, next.capacity.balances),
      ("algos", current.capacity.algos, next.capacity.algos),
    ] { try same("\(old)", "\(new)", "capacity.\(key)") }
    return current != next
  }

  /// The part of a descriptor that people compare.
  private static func checksum(of configuration: ExchangeConfiguration) -> Substring {
    configuration.walletDescriptor.suffix(9)
  }

  private static func same(
    _ old: String, _ new: String, _ path: String, _ unit: String = ""
  ) throws(Conflict) {
    guard old != new else { return }
    let suffix = unit.isEmpty ? "" : " \(unit)"
    throw Conflict(
      path: path, problem: "\(new)\(suffix) is not what the journal has; it stays \(old)\(suffix)")
  }
}
