import ArgumentParser
import AsyncHTTPClient
import Cryptography
import Foundation
import JSON
import NIOCore
import NIOHTTP1

/// How a customer reaches the exchange, and with which API key.
struct CustomerOptions: ParsableArguments {
  @Option(help: "The exchange.")
  var url = "http://127.0.0.1:8080"

  @Option(help: "File with your API key, as `holdfast operator open-account --out` writes it.")
  var credentials: String

  /// Reads the credentials and makes the client.
  func client() throws -> CustomerClient {
    guard let data = FileManager.default.contents(atPath: credentials) else {
      throw CommandFailure("\(credentials): cannot be read")
    }
    guard let file = try? JSON(parsing: Array(data)), let key = file["apiKey"]?.string,
      let secret = file["secret"]?.string, let passphrase = file["passphrase"]?.string,
      let account = file["account"]?.string.flatMap(UInt64.init)
    else {
      throw CommandFailure(
        "\(credentials): not a credentials file; expected apiKey, secret, passphrase, account")
    }
    return CustomerClient(
      url: url, account: account, apiKey: key, secret: secret, passphrase: passphrase)
  }
}

/// Sends a customer's requests. See OKX v5, "REST authentication".
struct CustomerClient {
  let url: String
  /// The account's number.
  let account: UInt64
  let apiKey: String
  let secret: String
  let passphrase: String

  /// Sends a request and returns the rows of its answer.
  ///
  /// - Throws: ``CommandFailure`` with the exchange's code and words.
  func send(_ method: String, _ target: String, _ body: JSON? = nil) async throws -> [JSON] {
    let text = body?.description ?? ""
    let timestamp = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    let mac = HMACSHA256.authenticate(
      key: Array(secret.utf8), Array((timestamp + method + target + text).utf8))
    var request = HTTPClientRequest(url: url + target)
    request.method = .init(rawValue: method)
    request.headers.add(name: "OK-ACCESS-KEY", value: apiKey)
    request.headers.add(name: "OK-ACCESS-SIGN", value: Data(mac).base64EncodedString())
    request.headers.add(name: "OK-ACCESS-TIMESTAMP", value: timestamp)
    request.headers.add(name: "OK-ACCESS-PASSPHRASE", value: passphrase)
    if body != nil {
      request.headers.add(name: "Content-Type", value: "application/json")
      request.body = .bytes(ByteBuffer(string: text))
    }
    let answer: JSON
    do {
      let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
      answer = try JSON(parsing: Array(buffer: try await response.body.collect(upTo: 1 << 24)))
    } catch let error as JSONError {
      throw CommandFailure("\(url): the answer is not JSON: \(error.problem)")
    } catch {
      throw CommandFailure("\(url): no answer; is the server running there? (\(error))")
    }
    let rows = answer["data"]?.array ?? []
    guard answer["code"]?.string == "0" else {
      let code = rows.first?["sCode"]?.string ?? answer["code"]?.string ?? "?"
      let own = rows.first?["sMsg"]?.string ?? ""
      let words = own.isEmpty ? answer["msg"]?.string ?? "the exchange answered \(answer)" : own
      throw CommandFailure("\(code): \(words)")
    }
    return rows
  }
}
