import ArgumentParser

/// Seeds on the command line: `7`, or `1-50` with both ends.
struct SeedRange: ExpressibleByArgument {
  let seeds: ClosedRange<UInt64>

  init?(argument: String) {
    let parts = argument.split(separator: "-", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let first = UInt64(parts[0]),
      let last = parts.count == 2 ? UInt64(parts[1]) : first, first <= last
    else { return nil }
    seeds = first...last
  }

  var defaultValueDescription: String { "\(seeds.lowerBound)-\(seeds.upperBound)" }
}
