import Bitcoin
import Custody
import Descriptors
import Engine
import Testing

@Suite struct WalletScriptsTests {
  @Test func `scripts of both branches are known up to the window and no further`() throws {
    let descriptor = try TestWallet.descriptor()
    let scripts = try WalletScripts(descriptor: descriptor, lookAhead: 5)
    for (branch, number) in [(ScriptIndex.Branch.deposit, 0), (.change, 1)] {
      for index in UInt32(0)..<5 {
        let script = try descriptor.script(branch: number, index: index).scriptPubKey
        #expect(scripts.index(of: script) == ScriptIndex(branch: branch, index: index))
      }
      let beyond = try descriptor.script(branch: number, index: 5).scriptPubKey
      #expect(scripts.index(of: beyond) == nil)
    }
  }

  @Test func `the window follows the places handed out and never shrinks`() throws {
    var scripts = try WalletScripts(descriptor: TestWallet.descriptor(), lookAhead: 3)
    try scripts.cover(deposits: 4, changes: 0)
    #expect(scripts.count(of: .deposit) == 7)
    #expect(scripts.count(of: .change) == 3)
    try scripts.cover(deposits: 1, changes: 2)
    #expect(scripts.count(of: .deposit) == 7)
    #expect(scripts.count(of: .change) == 5)
    let sixth = ScriptIndex(branch: .deposit, index: 6)
    #expect(scripts.index(of: try scripts.derived(at: sixth).scriptPubKey) == sixth)
  }

  @Test func `addresses pay their scripts`() throws {
    let scripts = try WalletScripts(descriptor: TestWallet.descriptor(), lookAhead: 1)
    let index = ScriptIndex(branch: .deposit, index: 41)
    let address = try #require(try scripts.address(at: index))
    #expect(address.hasPrefix("bcrt1q"))
    #expect(
      try Address.parse(address, network: .regtest) == scripts.derived(at: index).scriptPubKey)
  }

  @Test(arguments: ["*", "0/*", "<0;1;2>/*", "<0;1>/5"])
  func `a descriptor without a deposit and a change branch is refused`(path: String) throws {
    let descriptor = try TestWallet.descriptor(path: path)
    #expect(
      throws: WalletScripts.Failure.notADepositAndChangeWallet(
        branches: descriptor.branchCount, isRanged: descriptor.isRanged)
    ) { try WalletScripts(descriptor: descriptor) }
  }

  private func addresses(_ count: UInt32) throws -> [String] {
    let scripts = try WalletScripts(descriptor: TestWallet.descriptor(), lookAhead: 1)
    return try (0..<count).map { index in
      try #require(try scripts.address(at: ScriptIndex(branch: .deposit, index: index)))
    }
  }

  @Test func `addresses handed out before are learnt and the window goes on behind them`() throws {
    let addresses = try addresses(30)
    let descriptor = try TestWallet.descriptor()
    var learnt = try WalletScripts(descriptor: descriptor, lookAhead: 4, known: addresses)
    let derived = try WalletScripts(descriptor: descriptor, lookAhead: 30)
    #expect(learnt.count(of: .deposit) == 30)
    try learnt.cover(deposits: 30, changes: 0)
    #expect(learnt.count(of: .deposit) == 34)
    for place in UInt32(0)..<30 {
      let index = ScriptIndex(branch: .deposit, index: place)
      let script = try derived.derived(at: index).scriptPubKey
      #expect(learnt.index(of: script) == index)
      #expect(derived.index(of: script) == index)
    }
    // Places that are known already are passed over, and a gap is refused.
    try learnt.learn(addresses, firstIndex: 0)
    #expect(learnt.count(of: .deposit) == 34)
    #expect(learnt.count == 34 + 4)
    #expect(throws: WalletScripts.Failure.outOfOrder(index: 35, expected: 34)) {
      try learnt.learn([], firstIndex: 35)
    }
  }

  @Test func `addresses of another wallet are found out`() throws {
    let descriptor = try TestWallet.descriptor()
    var addresses = try addresses(3)
    addresses[2] = addresses[1]
    #expect(throws: WalletScripts.Failure.foreignAddress(index: 2)) {
      try WalletScripts(descriptor: descriptor, known: addresses)
    }
    addresses[2] = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
    #expect(
      throws: WalletScripts.Failure.badAddress(index: 2, .otherNetwork(expected: .regtest))
    ) {
      try WalletScripts(descriptor: descriptor, known: addresses)
    }
  }

  @Test func `a wrong entry that was learnt never answers for a script`() throws {
    var addresses = try addresses(5)
    let third = ScriptIndex(branch: .deposit, index: 3)
    addresses[3] = try #require(
      Address.text(
        for: .payToWitness(version: 0, program: [UInt8](repeating: 5, count: 32)),
        network: .regtest))
    let scripts = try WalletScripts(descriptor: TestWallet.descriptor(), known: addresses)
    #expect(
      scripts.index(of: .payToWitness(version: 0, program: [UInt8](repeating: 5, count: 32)))
        == nil)
    #expect(scripts.index(of: try scripts.derived(at: third).scriptPubKey) == nil)
  }
}
