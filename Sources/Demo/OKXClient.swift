import AsyncHTTPClient
import Cryptography
import Foundation
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import Nodes

/// A customer's credentials, as they are handed out once.
struct Credentials {
  let name: String
  let apiKey: String
  let secret: String
  let password: String
}

/// A plain client of the OKX v5 interface. See OKX v5, "REST authentication".
struct OKXClient {
  struct Answer: Decodable {
    let code: String
    let msg: String
    let data: Field

    /// The first row.
    var row: Field { data.list.first ?? .none }
    /// The finest code there is: the first row's, or the envelope's.
    var finestCode: String {
      let own = row["sCode"].text
      return own.isEmpty || own == "0" ? code : own
    }
  }

  let baseURL: String
  let credentials: Credentials?

  /// Sends a signed (or, without credentials, public) request and returns the answer, whatever its
  /// code.
  func send(_ method: String, _ target: String, _ body: String = "") async throws -> Answer {
    var request = HTTPClientRequest(url: baseURL + target)
    request.method = .init(rawValue: method)
    if let credentials {
      let timestamp = Self.timestamp()
      let prehash = Array((timestamp + method + target + body).utf8)
      let mac = HMACSHA256.authenticate(key: Array(credentials.secret.utf8), prehash)
      request.headers.add(name: "OK-ACCESS-KEY", value: credentials.apiKey)
      request.headers.add(name: "OK-ACCESS-SIGN", value: Data(mac).base64EncodedString())
      request.headers.add(name: "OK-ACCESS-TIMESTAMP", value: timestamp)
      request.headers.add(name: "OK-ACCESS-PASSPHRASE", value: credentials.password)
    }
    if method == "POST" {
      request.headers.add(name: "Content-Type", value: "application/json")
      request.body = .bytes(ByteBuffer(string: body))
    }
    let response = try await BitcoinNode.connections.execute(request, timeout: .seconds(20))
    let bytes = try await response.body.collect(upTo: 1 << 22)
    return try JSONDecoder().decode(Answer.self, from: Data(buffer: bytes))
  }

  /// Sends a request that must succeed, and returns its answer.
  func call(_ method: String, _ target: String, _ fields: [String: String] = [:]) async throws
    -> Answer
  {
    let answer = try await send(method, target, Self.json(fields, unless: method == "GET"))
    guard answer.code == "0" else {
      let own = answer.row["sMsg"].text
      throw StoryError(
        "\(method) \(target): \(answer.finestCode) \(own.isEmpty ? answer.msg : own)")
    }
    return answer
  }

  /// Reads a page that needs no key, whatever it is.
  static func get(_ url: String) async throws -> Field {
    let response = try await BitcoinNode.connections.execute(
      HTTPClientRequest(url: url), timeout: .seconds(20))
    let bytes = try await response.body.collect(upTo: 1 << 22)
    return try JSONDecoder().decode(Field.self, from: Data(buffer: bytes))
  }

  static func json(_ fields: [String: String], unless empty: Bool = false) -> String {
    guard !empty, let data = try? JSONEncoder().encode(fields) else { return "" }
    return String(decoding: data, as: UTF8.self)
  }

  private static func timestamp() -> String {
    Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }
}
