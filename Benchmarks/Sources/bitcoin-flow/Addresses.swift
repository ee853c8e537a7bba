import Bitcoin
import Cryptography
import Custody
import Descriptors
import Engine
import SecpYardstick

/// Deposit addresses, as the server derives them for customers.
enum Addresses {
  /// A wallet and how many keys stand in each of its scripts.
  struct Wallet {
    let name: String
    let keyCount: Int
    let descriptor: Descriptor
  }

  /// Any two of three holders, and the decaying wallets whose scripts have fourteen keys.
  static func wallets() throws -> [Wallet] {
    let keys = try (UInt8(1)...14).map { seed in
      try ExtendedPrivateKey(
        seed: SecretBytes(copying: [UInt8](repeating: seed, count: 32)), network: .regtest
      ).publicKey.text
    }
    func key(_ number: Int, _ branches: String = "<0;1>") -> String {
      "\(keys[number])/\(branches)/*"
    }
    let holders = (0..<3).map { key($0) }.joined(separator: ",")
    let council = (6..<11).map { key($0) }.joined(separator: ",")
    let slots = (0..<3).map { n in
      "\(n == 0 ? "" : "a:")or_b(pk(\(key(n, "<2;3>"))),s:pk(\(key(n + 3))))"
    }.joined(separator: ",")
    func descriptor(_ text: String) throws -> Descriptor {
      try Descriptor(parsing: text, network: .regtest)
    }
    return [
      Wallet(
        name: "2-of-3", keyCount: 3, descriptor: try descriptor("wsh(sortedmulti(2,\(holders)))")),
      Wallet(
        name: "decaying", keyCount: 14,
        descriptor: try descriptor(
          "wsh(or_d(multi(2,\(holders)),or_i(and_v(v:thresh(2,\(slots)),older(1008)),"
            + "and_v(v:multi(3,\(council)),older(4032)))))")),
    ]
  }

  /// Addresses a minute, one value for each pass after one that does not count.
  static func rates(of wallet: Wallet, count: Int, passes: Int) throws -> [Double] {
    let scripts = try WalletScripts(descriptor: wallet.descriptor, lookAhead: 1)
    var rates: [Double] = []
    for pass in 0...passes {
      var length = 0
      let time = try Clock.nanoseconds {
        for number in 0..<count {
          let index = ScriptIndex(branch: .deposit, index: UInt32(pass * count + number))
          length += try scripts.address(at: index)?.utf8.count ?? 0
        }
      }
      guard length == count * 64 else { throw Problem("\(wallet.name): an address is missing") }
      if pass > 0 { rates.append(Double(count) / time * 60e9) }
    }
    return rates
  }

  /// Nanoseconds of the addition on the curve alone.
  static func additions(count: Int, passes: Int) throws -> [Double] {
    try (0...passes).map { _ in
      let time = secp_yardstick_tweak_add(UInt32(count))
      guard time > 0 else { throw Problem("an addition failed") }
      return Double(time) / Double(count)
    }.suffix(passes)
  }
}
