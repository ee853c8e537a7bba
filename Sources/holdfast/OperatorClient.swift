import ArgumentParser
import AsyncHTTPClient
import Cryptography
import HTTPTypes
import JSON
import Money
import NIOCore
import NIOHTTP1
import Operations
import Statements
import Wire

/// How an operator reaches the server, and as whom.
struct OperatorOptions: ParsableArguments {
  @Option(help: "The server's internal listener.")
  var url = "http://127.0.0.1:8081"

  @Option(name: .customLong("operator"), help: "Your name; by default the key file's label.")
  var operatorName: String?

  @OptionGroup var key: SigningKeyOptions

  /// Opens the key and makes the client.
  func client() throws -> OperatorClient {
    let (label, key) = try key.open()
    return OperatorClient(url: url, name: operatorName ?? label, key: key)
  }
}

/// Sends an operator's requests, each signed as a whole.
struct OperatorClient {
  let url: String
  let name: String
  let key: Ed25519.PrivateKey

  /// Sends a request and returns the answer, whose "ok" is true.
  ///
  /// - Throws: ``CommandFailure`` with the server's own words.
  func send(_ method: String, _ path: String, _ body: JSON? = nil) async throws -> JSON {
    let bytes = body?.bytes ?? []
    let signed = OperatorRequest(
      operatorName: name, target: "\(method) \(path)", bodyDigest: SHA256.hash(bytes),
      signedAtMilliseconds: SystemClock.now().milliseconds,
      nonce: SecureRandom.bytes(OperatorRequest.nonceCount))
    var request = HTTPClientRequest(url: url + path)
    request.method = .init(rawValue: method)
    request.headers.add(name: HTTPField.Name.holdfastOperator.rawName, value: name)
    request.headers.add(
      name: HTTPField.Name.holdfastTimestamp.rawName, value: "\(signed.signedAtMilliseconds)")
    request.headers.add(
      name: HTTPField.Name.holdfastNonce.rawName, value: Hex.text(signed.nonce))
    request.headers.add(
      name: HTTPField.Name.holdfastSignature.rawName, value: Hex.text(try signed.signed(by: key)))
    if body != nil {
      request.headers.add(name: "Content-Type", value: "application/json")
      request.body = .bytes(ByteBuffer(bytes: bytes))
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
    guard answer["ok"]?.bool == true else {
      throw CommandFailure(answer["error"]?.string ?? "the server answered \(answer)")
    }
    return answer
  }

  /// The number of the account called `name`.
  func account(_ name: String) async throws -> UInt64 {
    let accounts = try await send("GET", "/operator/accounts")["accounts"]?.array ?? []
    let found = accounts.first { $0["name"]?.string == name || $0["id"]?.string == name }
    guard let number = found?["id"]?.string.flatMap(UInt64.init) else {
      throw CommandFailure("--account: \(name) is not known")
    }
    return number
  }

  /// The decimals of the asset called `code`.
  func decimals(_ code: String) async throws -> Int {
    let assets = try await send("GET", "/operator/assets")["assets"]?.array ?? []
    guard
      let decimals = assets.first(where: { $0["code"]?.string == code })?["decimals"]?.integer
    else {
      let known = assets.compactMap { $0["code"]?.string }.joined(separator: ", ")
      throw CommandFailure("--asset: \(code) is not known; allowed \(known)")
    }
    return Int(decimals)
  }
}
