import Foundation
import JSON
import Testing

@testable import Gateway

/// The Python that has the clients.
private let clientPython = ProcessInfo.processInfo.environment["HOLDFAST_CLIENT_PYTHON"]

/// Real clients from PyPI against a gateway in this process. The environment names the Python that
/// has them: `make test` makes one from `Tests/Clients/requirements.txt`.
@Suite(.serialized, .enabled(if: clientPython != nil, "HOLDFAST_CLIENT_PYTHON is not set"))
struct ClientTests {
  @Test(arguments: ["ccxt_spot.py", "python_okx_spot.py"])
  func `an unmodified client trades here`(script: String) async throws {
    let python = try #require(clientPython)
    try await LocalExchange.run { exchange in
      let accounts = exchange.directory.appendingPathComponent("accounts.json")
      let list = JSON.array(
        exchange.customers.map { customer in
          [
            "name": .string(customer.name), "apiKey": .string(customer.credentials.apiKey),
            "secret": .string(customer.credentials.secret),
            "password": .string(customer.credentials.passphrase),
            "baseUrl": .string(exchange.baseURL),
            "withdrawAddress": .string(customer.withdrawAddress),
          ]
        })
      try Data(list.bytes).write(to: accounts)
      let output = try await Self.run(python, script, accounts.path)
      #expect(output.status == 0, "\(output.text)")
      #expect(output.text.contains(", 0 failed"))
    }
  }

  private static func run(
    _ python: String, _ script: String, _ accounts: String
  ) async throws -> (status: Int32, text: String) {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent("Clients")
    return try await OwnThreadWork.run {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: python)
      process.arguments = [folder.appendingPathComponent(script).path, accounts]
      let pipe = Pipe()
      process.standardOutput = pipe
      process.standardError = pipe
      try process.run()
      let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      print(text)
      return (process.terminationStatus, text)
    }
  }
}
