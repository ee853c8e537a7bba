import Descriptors
import Nodes
import Foundation

/// A program that ended with an error, with the words it said.
struct ProgramFailure: Error, CustomStringConvertible {
  let program: String
  let status: Int32
  let words: String

  var description: String { "\(program) ended \(status): \(words)" }
}

extension Installation {
  /// Passphrases of this throw-away installation; a real one has people who know them.
  static let passphrase = "correct horse battery staple demo"

  /// Where the online server keeps its journal.
  var dataFolder: String { path("serve") }

  /// Who has a key of the line between guard and signers.
  static let linkEnds = ["guard", "signer-1", "signer-2", "signer-3"]

  /// The public part of a link key.
  func linkKey(of name: String) async throws -> String {
    let answer = try await Program.run(
      "holdfast-vault", ["link-key", "--show", path("keys/\(name).link")])
    return answer.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Makes all keys, then writes every configuration file.
  ///
  /// - Returns: The wallet's policy in short.
  func holdCeremony() async throws -> String {
    // Three holders, three backups, a council of five, the guard.
    let lines = String(repeating: Self.passphrase + "\n", count: 12)
    _ = try await Program.run(
      "holdfast-vault",
      [
        "ceremony", "--network", "regtest", "--threshold", "2", "--holders", "3", "--form",
        plan.form.rawValue, "--out", path("keys"), "--kdf", "interactive", "--passphrase-stdin",
      ], input: lines)
    try write(Self.passphrase + "\n", to: "passphrase")
    for name in ["dave", "erin"] {
      _ = try await Program.run(
        "holdfast-vault",
        [
          "keygen", "--out", path("keys/\(name).key"), "--label", name, "--kdf", "interactive",
          "--passphrase-file", path("passphrase"),
        ])
    }
    for name in Self.linkEnds {
      _ = try await Program.run(
        "holdfast-vault", ["link-key", "--out", path("keys/\(name).link")])
    }
    for signer in 1...3 {
      _ = try await Program.run(
        "holdfast-vault",
        [
          "check-key", path("keys/holder-\(signer).key"), "--passphrase-file", path("passphrase"),
        ])
    }
    try write(
      Data((0..<32).map { _ in UInt8.random(in: 0...255) }).base64EncodedString() + "\n",
      to: "guard-token")
    try await writeConfiguration()
    let record = try JSONDecoder().decode(
      Field.self, from: Data(contentsOf: URL(fileURLWithPath: path("keys/ceremony.json"))))
    return "\(plan.form.rawValue)(...), " + record["tiers"].list.map(\.text).joined(separator: "; ")
  }

  /// The public key in a key file.
  func publicKey(of name: String) async throws -> String {
    let answer = try await Program.run(
      "holdfast-vault", ["inspect", path("keys/\(name).key"), "--json"])
    let fields = try JSONDecoder().decode(Field.self, from: Data(answer.utf8))
    let key = fields["publicKey"].text
    try require(key.count == 64, "no public key of \(name) in \(answer)")
    return key
  }

  /// Writes a file of this installation that only its owner can read.
  func write(_ text: String, to name: String) throws {
    let file = path(name)
    guard
      FileManager.default.createFile(
        atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
    else { throw StoryError("cannot write \(file)") }
  }

  /// Starts every program in the order of their dependence, and waits until each answers.
  func start() async throws {
    try devnet?.start()
    _ = try await eventually("the node to answer") { try await node.chainInfo() }
    for number in signers.indices { try await startSigner(number) }
    try await startServer()
    try await startGuard()
  }

  func startSigner(_ number: Int) async throws {
    let socket = path("signer-\(number + 1)/link.sock")
    try? FileManager.default.removeItem(atPath: socket)
    try signers[number].start()
    _ = try await eventually("signer \(number + 1) to listen (\(signers[number].lastWords))") {
      FileManager.default.fileExists(atPath: socket) ? true : nil
    }
  }

  func startServer() async throws {
    try serve.start()
    _ = try await eventually("the server to answer") {
      let anyone = OKXClient(baseURL: publicURL, credentials: nil)
      if !serve.isRunning { throw StoryError("it ended: \(serve.lastWords)") }
      return try await anyone.send("GET", "/api/v5/public/time").code == "0" ? true : nil
    }
  }

  func startGuard() async throws {
    try guardProgram.start()
    let anyone = OKXClient(baseURL: publicURL, credentials: nil)
    _ = try await eventually("the guard to connect (\(guardProgram.lastWords))") {
      let rows = try await anyone.call("GET", "/api/v5/system/status").data.list
      return rows.isEmpty ? true : nil
    }
  }

  /// Opens an account through an operator.
  func openAccount(_ name: String) async throws -> Customer {
    let answer = try await runOperator(
      "dave", ["open-account", "--name", name, "--permissions", "read,trade,withdraw"])
    let fields = try JSONDecoder().decode(Field.self, from: Data(answer.utf8))
    guard let account = UInt64(fields["account"].text) else {
      throw StoryError("no account in \(answer)")
    }
    return try Customer(
      account: account,
      credentials: Credentials(
        name: name, apiKey: fields["apiKey"].text, secret: fields["secret"].text,
        password: fields["passphrase"].text), baseURL: publicURL)
  }

  /// Lets an operator attest that money arrived outside the chain.
  func attest(
    _ operatorName: String, _ customer: Customer, _ amount: String, _ currency: String,
    _ reference: String
  ) async throws {
    _ = try await runOperator(
      operatorName,
      [
        "attest-receipt", "--account", String(customer.account), "--asset", currency, "--amount",
        amount, "--reference", reference,
      ])
  }

  private func runOperator(_ name: String, _ arguments: [String]) async throws -> String {
    try await Program.run(
      "holdfast",
      ["operator"] + arguments + [
        "--url", internalURL, "--key", path("keys/\(name).key"),
        "--passphrase-file", path("passphrase"), "--json",
      ])
  }

  /// What replaying the stopped server's journal gives.
  func verifyJournal() async throws -> (stateHash: String, batches: String) {
    let answer = try await Program.run("holdfast", ["journal", "verify", dataFolder, "--json"])
    let fields = try JSONDecoder().decode(Field.self, from: Data(answer.utf8))
    return (fields["stateHash"].text, fields["batches"].words)
  }

  /// The state hash that the running server recovered at its start.
  func recoveredStateHash() async throws -> String {
    let answer = try await OKXClient.get(internalURL + "/health")
    return answer["recovered"]["stateHash"].text
  }

  /// What `holdfast reserves` prints, one row per asset.
  func reserves() async throws -> [ReservesRow] {
    let answer = try await Program.run(
      "holdfast", ["reserves", "--config", path("holdfast.yaml"), "--json"])
    return try JSONDecoder().decode(Field.self, from: Data(answer.utf8))["assets"].list.map(
      ReservesRow.init)
  }

  /// Stops everything in the order that leaves nothing undone.
  func stop() async {
    for program in [guardProgram, serve] + signers + [devnet].compactMap({ $0 }) {
      try? await program.stop()
    }
  }
}
