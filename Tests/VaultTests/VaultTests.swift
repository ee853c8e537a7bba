import Bitcoin
import Cryptography
import Descriptors
import Foundation
import Signing
import Statements
import Testing
import Wire

/// Runs the program as a person would.
@Suite struct VaultTests {
  private struct Run {
    let code: Int32
    let output: String
    let errors: String
  }

  private func vault(_ arguments: String..., input: String = "") throws -> Run {
    try vault(arguments, input: input)
  }

  private func vault(_ arguments: [String], input: String = "") throws -> Run {
    let folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    let process = Process()
    process.executableURL = folder.appending(path: "holdfast-vault")
    process.arguments = arguments
    let (inward, outward, errors) = (Pipe(), Pipe(), Pipe())
    process.standardInput = inward
    process.standardOutput = outward
    process.standardError = errors
    try process.run()
    try inward.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try inward.fileHandleForWriting.close()
    let output = try outward.fileHandleForReading.readToEnd() ?? Data()
    let complaint = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Run(
      code: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
      errors: String(decoding: complaint, as: UTF8.self))
  }

  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "holdfast-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  @Test func `a ceremony makes files that every other command agrees with`() throws {
    try withFolder { folder in
      let out = "\(folder)/keys"
      // Three holders, three backups, a council of five and the guard.
      let passphrases = (1...12).map { "passphrase of key \($0)" }
      let made = try vault(
        "ceremony", "--network", "regtest", "--threshold", "2", "--holders", "3", "--out", out,
        "--kdf", "interactive", "--passphrase-stdin", "--json",
        input: passphrases.joined(separator: "\n") + "\n")
      #expect(made.code == 0, "\(made.errors)")
      let record = try JSONDecoder().decode(CeremonyRecord.self, from: Data(made.output.utf8))
      let stored = try Data(contentsOf: URL(filePath: "\(out)/ceremony.json"))
      #expect(try JSONDecoder().decode(CeremonyRecord.self, from: stored) == record)
      #expect(record.threshold == 2 && record.holders.count == 3 && record.tiers.count == 3)
      #expect(record.backups.count == 3 && record.council.count == 5 && record.trustees.isEmpty)
      #expect(record.descriptor.hasPrefix("wsh(or_d(multi(2,["))
      for holder in record.holders + record.backups + record.council {
        let shown = try vault("inspect", "\(out)/\(holder.label).key", "--json")
        #expect(shown.output.contains(holder.xpub) && shown.output.contains(holder.fileDigest))
      }
      let listed = try vault("address", "--descriptor", "\(out)/wallet.descriptor", "--count", "3")
      #expect(
        listed.output
          == record.firstReceiveAddresses.enumerated().map { "0/\($0)  \($1)\n" }.joined())
      let change = try vault(
        "address", "--text", record.descriptor, "--network", "regtest", "--change", "--json")
      #expect(change.code == 0 && change.output.contains(#""path" : "48h/1h/0h/2h/1/0""#))

      let good = try vault(
        "check-key", "\(out)/holder-2.key", "--passphrase-stdin", input: passphrases[1])
      #expect(good.code == 0, "\(good.errors)")
      let member = try vault(
        "check-key", "\(out)/holder-2.key", "--passphrase-stdin", "--descriptor",
        "\(out)/wallet.descriptor", input: passphrases[1])
      #expect(member.code == 0 && member.output.contains("one of the wallet's"))
      let council = try vault(
        "check-key", "\(out)/council-5.key", "--passphrase-stdin", "--descriptor",
        "\(out)/wallet.descriptor", input: passphrases[10])
      #expect(council.code == 0 && council.output.contains("one of the wallet's"))
      let bad = try vault(
        "check-key", "\(out)/holder-2.key", "--passphrase-stdin", input: passphrases[0])
      #expect(bad.code == 1 && bad.errors.contains("wrong passphrase"))
      #expect(!(good.output + bad.errors + made.output + made.errors).contains("passphrase of key"))

      let before = try Data(contentsOf: URL(filePath: "\(out)/holder-1.key"))
      let again = try vault(
        "ceremony", "--network", "regtest", "--threshold", "1", "--holders", "1", "--out", out,
        "--kdf", "interactive", "--passphrase-stdin", input: passphrases.joined(separator: "\n"))
      #expect(again.code == 1 && again.errors.contains("never overwritten"))
      #expect(try Data(contentsOf: URL(filePath: "\(out)/holder-1.key")) == before)
    }
  }

  @Test(arguments: [
    (["--form", "tr"], 12, "tr(50929b74", "at once: 2 of 3 holders"),
    (
      ["--policy", "cold", "--trustees", "2", "--trustee-threshold", "1"], 9, "wsh(or_d(multi(2,",
      "after 61200 blocks: 1 of 2 trustees"
    ),
    (
      ["--council", "1", "--council-threshold", "1", "--delays", "6,12"], 8, "wsh(or_d(multi(2,",
      "after 12 blocks: 1 of 1 of the council"
    ),
    (["--policy", "multisig"], 4, "wsh(sortedmulti(2,", "at once: 2 of 3 holders"),
  ])
  func `a ceremony makes the wallet that is asked for`(
    options: [String], keys: Int, descriptor: String, tier: String
  ) throws {
    try withFolder { folder in
      let passphrases = (1...keys).map { "passphrase of key \($0)" }
      let made = try vault(
        ["ceremony", "--network", "regtest", "--threshold", "2", "--holders", "3"] + options
          + ["--out", "\(folder)/keys", "--kdf", "interactive", "--passphrase-stdin", "--json"],
        input: passphrases.joined(separator: "\n") + "\n")
      #expect(made.code == 0, "\(made.errors)")
      let record = try JSONDecoder().decode(CeremonyRecord.self, from: Data(made.output.utf8))
      #expect(record.descriptor.hasPrefix(descriptor), "\(record.descriptor)")
      #expect(record.tiers.contains(tier), "\(record.tiers)")
      let files = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/keys")
      #expect(files.count { $0.hasSuffix(".key") } == keys)
      let wallet = try Descriptor(
        parsing: record.descriptor, network: .regtest, requiringChecksum: true)
      #expect(try wallet.quorum.threshold == 2 && wallet.quorum.keys.count == 3)
    }
  }

  @Test(arguments: [
    (["--delays", "9"], "the policy hot has 2"), (["--delays", "9,x"], "--delays"),
    (["--delays", "9,9"], "tier 2 opens after 9 blocks; it must be after more than 9"),
    (["--delays", "9,70000"], "above 65535"),
    (["--policy", "multisig", "--form", "tr"], "a multisig is P2WSH"),
    (["--council-threshold", "6"], "threshold 6 for council is not in 1...5"),
    (["--council", "16"], "16 is out of range; allowed 1 to 15"),
  ])
  func `a wallet that nobody can mean is refused before any key is made`(
    options: [String], problem: String
  ) throws {
    let refused = try vault(
      ["ceremony", "--network", "regtest", "--threshold", "2", "--holders", "3", "--out", "x"]
        + options + ["--passphrase-stdin"])
    #expect(refused.code != 0 && refused.errors.contains(problem), "\(refused.errors)")
  }

  @Test func `a customer's key signs statements that the exchange accepts`() throws {
    try withFolder { folder in
      let file = "\(folder)/alice.key"
      let word = "down the rabbit hole"
      let made = try vault(
        "keygen", "--out", file, "--label", "alice", "--kdf", "interactive", "--passphrase-stdin",
        input: word)
      #expect(made.code == 0, "\(made.errors)")
      let address = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"
      let signed = try vault(
        "sign-address", "--key", file, "--account", "7", "--asset", "BTC", "--chain",
        "BTC-Bitcoin", "--address", address, "--network", "regtest", "--nonce", "3", "--json",
        "--passphrase-stdin", input: word)
      #expect(signed.code == 0, "\(signed.errors)")
      struct Answer: Decodable {
        let publicKey: String
        let signature: String
        let signed: String
      }
      let answer = try JSONDecoder().decode(Answer.self, from: Data(signed.output.utf8))
      let statement = AddressStatement(
        account: 7, asset: "BTC", chain: "BTC-Bitcoin", address: address, nonce: 3)
      let key = try #require(Hex.bytes(answer.publicKey))
      #expect(
        statement.verify(signature: try #require(Hex.bytes(answer.signature)), key: key))
      let whole = try Signed<AddressStatement>(bytes: try #require(Hex.bytes(answer.signed)))
      #expect(whole.statement == statement && whole.isSigned(by: key))

      let foreign = try vault(
        "sign-address", "--key", file, "--account", "7", "--asset", "BTC", "--chain",
        "BTC-Bitcoin", "--address", address, "--network", "mainnet", "--nonce", "4",
        "--passphrase-stdin", input: word)
      #expect(foreign.code != 0 && foreign.errors.contains("no address of mainnet"))

      let enrolled = try vault(
        "sign-enrolment", "--key", file, "--account", "7", "--json", "--passphrase-stdin",
        input: word)
      let proof = try JSONDecoder().decode(Answer.self, from: Data(enrolled.output.utf8))
      let enrolment = EnrolmentStatement(account: 7, publicKey: key)
      #expect(enrolment.isProved(by: try #require(Hex.bytes(proof.signature))))
    }
  }

  @Test func `the program loads no library that could reach a network`() throws {
    let folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    let process = Process()
    process.executableURL = folder.appending(path: "holdfast-vault")
    // The loader of the system lists what it would load, and starts nothing.
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["LD_TRACE_LOADED_OBJECTS": "1"]) { $1 }
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(
      decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    let libraries = text.split(separator: "\n").compactMap { line in
      line.split(whereSeparator: \.isWhitespace).first?.split(separator: "/").last.map(String.init)
    }
    let own: Set = [
      "libZXing", "libpng16", "libqrencode", "libz", "libnettle", "libhogweed", "libgmp",
      "libsecp256k1", "libsodium",
    ]
    let system: Set = [
      "linux-vdso", "ld-linux-x86-64", "libc", "libm", "libgcc_s", "libstdc++", "libpthread",
      "libdl", "librt", "libBlocksRuntime", "libdispatch", "libFoundationEssentials",
      "libFoundation", "lib_FoundationICU", "libFoundationInternationalization",
    ]
    #expect(libraries.count > 10, "\(text)")
    for library in libraries {
      let name = String(library.prefix { $0 != "." })
      #expect(
        own.contains(name) || system.contains(name) || name.hasPrefix("libswift"), "\(library)")
    }
  }

  @Test func `wrong use is answered with the problem and its limit`() throws {
    let none = try vault("inspect", "/nonexistent.key")
    #expect(
      none.code == 1
        && none.errors.contains("/nonexistent.key: cannot open: No such file or directory"))
    let many = try vault(
      "ceremony", "--network", "regtest", "--threshold", "4", "--holders", "3", "--out", "x",
      "--passphrase-stdin")
    #expect(many.errors.contains("threshold: 4 is out of range; allowed 1 to 3"))
    let network = try vault("address", "--text", "raw(00)", "--network", "moon")
    #expect(network.errors.contains("regtest"))
    let sum = try vault("address", "--text", "raw(deadbeef)#89f8spxn", "--network", "regtest")
    #expect(sum.code == 1 && sum.errors.contains("checksum"))
    let help = try vault("ceremony", "--help")
    #expect(help.code == 0 && help.output.contains("Examples:"))
  }
}
