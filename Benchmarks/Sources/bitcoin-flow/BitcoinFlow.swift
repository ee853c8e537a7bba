import Glibc

/// Measures the Bitcoin side alone in a process, and prints one `name=value` a line; values of several
/// passes stand behind one another with commas.
@main enum BitcoinFlow {
  static func main() {
    do {
      try run()
    } catch {
      print("problem=\(error)")
      exit(2)
    }
  }

  private static func run() throws {
    let words = CommandLine.arguments.dropFirst()
    guard words.count == 2, let passes = words.first.flatMap({ Int($0) }),
      (1...99).contains(passes),
      let watched = words.last.flatMap({ Int($0) }), (10_000...100_000_000).contains(watched)
    else { throw Problem("usage: bitcoin-flow PASSES WATCHED") }
    for pair in try Signatures(count: 2000).measure(passes: passes) {
      say("\(pair.name)-ours", pair.ours)
      say("\(pair.name)-library", pair.library)
    }
    let wallets = try Addresses.wallets()
    say("addition", try Addresses.additions(count: 5000, passes: passes))
    for wallet in wallets {
      say(
        "addresses-\(wallet.name)",
        try Addresses.rates(of: wallet, count: 3000 / wallet.keyCount * 2, passes: passes))
      print("keys-\(wallet.name)=\(wallet.keyCount)")
    }
    let scan = try BlockScan(descriptor: wallets[0].descriptor, watched: watched)
      .measure(passes: passes)
    say("scan", scan.scanMilliseconds)
    say("round-trip", scan.roundTripMegabytes)
    print("learn=\(scan.learnSeconds)")
    print("table=\(scan.tableBytes)")
    print("resident=\(scan.residentBytes)")
    print("block=\(scan.blockBytes)")
    print("transactions=\(scan.transactions)")
    print("hits=\(scan.hits)")
  }

  private static func say(_ name: String, _ values: [Double]) {
    print("\(name)=\(values.map { "\($0)" }.joined(separator: ","))")
  }
}
