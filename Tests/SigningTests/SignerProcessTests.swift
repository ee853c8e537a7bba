import Bitcoin
import Cryptography
import Descriptors
import Foundation
import SignerProtocol
import Signing
import Testing

/// The program as it runs on a signer's machine.
@Suite(.serialized) struct SignerProcessTests {
  /// What of a holder's key must never be seen outside locked memory.
  private static func needles(_ signer: SignerProcess) throws -> [Needle] {
    let passphrase = try SecretBytes(copying: Array(signer.passphrase.utf8))
    let root = try ExtendedPrivateKey(
      seed: SecretBytes(copying: signer.seed), network: .regtest)
    let account = signer.key.account
    let child = try account.descendant(
      DerivationPath([ChildNumber(rawValue: 0), ChildNumber(rawValue: 0)]))
    let witness = try account.descendant(
      DerivationPath([ChildNumber(rawValue: 2_000_000), ChildNumber(rawValue: 0)]))
    var needles = [Needle.text("passphrase", Array(signer.passphrase.utf8))]
    needles += Needle.key("seed", signer.seed)
    needles += Needle.key("sealing key", try signer.file.sealingKey(passphrase).revealed())
    for (name, key) in [
      ("root", root), ("account", account), ("input's key", child), ("attestations' key", witness),
    ] {
      needles += Needle.key("\(name)", try key.secret.revealed())
      // The last half of the text is the key.
      needles.append(.text("\(name) xprv", Array(try key.revealedText().utf8.suffix(48))))
    }
    return needles
  }

  @Test(
    .enabled(if: ProcessMemory.isPossible, "reading another process's memory takes root"))
  func `no key is in open memory after unlocking and signing, and none at all after a freeze`()
    throws
  {
    let signer = try SignerProcess()
    let needles = try Self.needles(signer)
    let link = Needle.key("link key", try signer.signerLink.secret.revealed())
    _ = try signer.start().get()
    let memory = ProcessMemory(process: signer.number)

    let unlocked = try memory.search(needles + link)
    #expect(unlocked.filter { !$0.isSafe } == [])
    #expect(
      unlocked.contains { $0.name.hasPrefix("account") }, "the search sees the key where it is")

    guard case .signed(let answer) = try signer.sign() else {
      Issue.record("not signed")
      return
    }
    #expect(answer.signatures.count == 1)
    guard case .attested = try signer.ask(.witness(WitnessNews(attestations: [], challenges: [])))
    else {
      Issue.record("no attestation")
      return
    }
    let signed = try memory.search(needles + link)
    #expect(signed.filter { !$0.isSafe } == [])
    #expect(signed.contains { $0.name.hasPrefix("account") })

    guard case .status(let status) = try signer.ask(.freeze(reason: "drill")) else {
      Issue.record("not frozen")
      return
    }
    #expect(status.frozen == "drill")
    #expect(try memory.search(needles) == [])
    #expect(try memory.search(link).filter { !$0.isSafe } == [])
  }

  @Test(.enabled(if: ProcessMemory.isPossible, "reading another process's memory takes root"))
  func `a freeze file takes the key out of memory with nobody asking`() throws {
    let signer = try SignerProcess()
    let needles = try Self.needles(signer)
    _ = try signer.start().get()
    try FreezeFile.write(reason: "by erin", forRecord: signer.folder + "/record")
    let memory = ProcessMemory(process: signer.number)
    let end = ContinuousClock.now.advanced(by: SignerProcess.patience)
    while ContinuousClock.now < end, try !memory.search(needles).isEmpty {
      Thread.sleep(forTimeInterval: 0.1)
    }
    #expect(try memory.search(needles) == [])
  }

  @Test func `it signs under the filter of system calls`() throws {
    let signer = try SignerProcess()
    _ = try signer.start().get()
    // 2 is SECCOMP_MODE_FILTER.
    #expect(try signer.status("Seccomp") == "2")
    #expect(try signer.status("NoNewPrivs") == "1")
    guard case .signed = try signer.sign() else {
      Issue.record("not signed")
      return
    }
  }

  @Test func `on this machine the program gets no socket but a local one`() throws {
    let process = Process()
    let output = Pipe()
    process.executableURL = SignerProcess.program
    process.arguments = ["check-confinement"]
    process.standardOutput = output
    try process.run()
    let words = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(
      String(decoding: words, as: UTF8.self) == """
        AF_INET socket: refused
        AF_INET6 socket: refused
        AF_NETLINK socket: refused
        AF_PACKET socket: refused
        AF_UNIX socket: made

        """)
  }

  @Test func `after a power cycle any two of three people start it again`() throws {
    let signer = try SignerProcess()
    let passphrase = try SecretBytes(copying: Array(signer.passphrase.utf8))
    let shared = try Unsealing.share(
      signer.file, passphrase: passphrase, threshold: 2, people: 3)
    try KeyFileStorage.write(
      shared.file.bytes, toNew: signer.folder + "/shared.key", secret: true)
    for (index, phrase) in shared.phrases.enumerated() {
      try KeyFileStorage.write(phrase, toNew: signer.folder + "/share-\(index)")
    }
    func arguments(_ people: [Int]) -> [String] {
      people.flatMap { ["--share-file", signer.folder + "/share-\($0)"] }
    }
    // The holder, person 0, is the one who cannot be reached.
    let status = try signer.start(keyFile: "shared.key", arguments([1, 2])).get()
    #expect(status.fingerprint == signer.key.origin.fingerprint.bytes)
    guard case .signed = try signer.sign() else {
      Issue.record("not signed")
      return
    }
    let alone = try SignerProcess()
    try KeyFileStorage.write(
      shared.file.bytes, toNew: alone.folder + "/shared.key", secret: true)
    guard case .failure(let ended) = try alone.start(keyFile: "shared.key", arguments([1])) else {
      Issue.record("one share was enough")
      return
    }
    #expect(ended.status != 0)
    #expect(ended.words.contains("share"))
  }
}
