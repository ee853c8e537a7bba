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
}
