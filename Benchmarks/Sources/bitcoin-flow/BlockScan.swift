import Bitcoin
import Custody
import Descriptors
import Engine
import Glibc

/// A full block against millions of watched addresses, and full blocks in and out of bytes.
struct BlockScan {
  /// What is measured.
  struct Result {
    var scanMilliseconds: [Double] = []
    var roundTripMegabytes: [Double] = []
    var learnSeconds = 0.0
    var tableBytes = 0
    var residentBytes = 0.0
    var blockBytes = 0
    var transactions = 0
    var hits = 0
  }

  private let descriptor: Descriptor
  private let watched: Int

  init(descriptor: Descriptor, watched: Int) {
    self.descriptor = descriptor
    self.watched = watched
  }

  func measure(passes: Int) throws -> Result {
    var result = Result()
    // Every 4096th address is the wallet's own and is checked when it is learnt; the others are
    // made up, since deriving ten million takes a quarter of an hour. The table holds all alike.
    let own = try stride(from: UInt32(0), to: UInt32(watched), by: 4096).map { index in
      try descriptor.script(branch: 0, index: index).scriptPubKey
    }
    let last = try descriptor.script(branch: 0, index: UInt32(watched - 1)).scriptPubKey
    let network = descriptor.network
    let addresses = (0..<watched).lazy.map { number -> String in
      let script =
        number == watched - 1
        ? last : number % 4096 == 0 ? own[number / 4096] : Self.stranger(number)
      return Address.text(for: script, network: network) ?? ""
    }
    // Making the texts takes time too, which is not the wallet's.
    let making = Clock.nanoseconds {
      var length = 0
      for address in addresses.prefix(watched / 10) { length += address.utf8.count }
      precondition(length > 0, "an address has characters")
    }
    let before = Resident.bytes
    var scripts: WalletScripts?
    let learning = try Clock.nanoseconds {
      scripts = try WalletScripts(descriptor: descriptor, lookAhead: 100, known: addresses)
    }
    guard let scripts, scripts.count >= watched else { throw Problem("addresses were not learnt") }
    result.residentBytes = Resident.bytes - before
    result.learnSeconds = max(learning - making * 10, 0) / 1e9
    result.tableBytes = scripts.byteCount

    let synthetic = SyntheticBlock(own: own, every: 100, seed: 23)
    let bytes = synthetic.block.bytes
    result.blockBytes = bytes.count
    result.transactions = synthetic.block.transactions.count
    result.hits = synthetic.hits
    let scanner = DepositScanner(scripts: scripts)
    for pass in 0...passes {
      var found = 0
      let scan = try Clock.nanoseconds {
        let block = try Block(parsing: bytes)
        found = scanner.connecting(block, height: 1) { _ in false }.received.count
      }
      guard found == synthetic.hits else { throw Problem("\(found) of \(synthetic.hits) found") }
      var isSame = false
      let roundTrip = try Clock.nanoseconds { isSame = try Block(parsing: bytes).bytes == bytes }
      guard isSame else { throw Problem("a block does not go both ways") }
      if pass == 0 { continue }
      result.scanMilliseconds.append(scan / 1e6)
      result.roundTripMegabytes.append(Double(bytes.count) / roundTrip * 1e3)
    }
    return result
  }

  /// A script that nobody asked for.
  private static func stranger(_ number: Int) -> Script {
    .payToWitness(
      version: 0,
      program: (0..<32).map { UInt8(truncatingIfNeeded: (number &* 2_654_435_761) >> ($0 % 7 * 8)) }
    )
  }
}

/// Memory of this process that is in RAM.
enum Resident {
  /// Bytes. See proc(5), "/proc/pid/statm".
  static var bytes: Double {
    guard let file = unsafe fopen("/proc/self/statm", "r") else { return 0 }
    defer { unsafe fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    guard unsafe fgets(&line, Int32(line.count), file) != nil else { return 0 }
    let words = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
      .split(separator: " ")
    guard words.count > 1, let pages = Double(words[1]) else { return 0 }
    return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
  }
}
