import Engine
import HTTPTypes
import Hummingbird
import JSON
import Logging
import Money
import NIOCore

/// Answers HTTP requests: finds the endpoint, checks who asks and how often, reads the parameters.
struct RESTResponder: HTTPResponder {
  typealias Context = GatewayContext

  private static let prefix = "/api/v5/"

  let frontend: Frontend
  let metrics: @Sendable (GatewayMetric) -> Void

  func respond(to request: Request, context: GatewayContext) async throws -> Response {
    let target = request.head.path ?? "/"
    if let again = Self.lateUpgrade(request, target: target) { return again }
    if request.method == .get,
      let page = PasskeyPage.response(to: target) ?? CancelPage.response(to: target)
    {
      return page
    }
    let start = ContinuousClock.now
    let outcome = await outcome(request, context, target: target)
    metrics(
      .request(
        path: outcome.path, method: request.method.rawValue, status: outcome.status,
        code: outcome.code, duration: start.duration(to: .now)))
    return outcome.response
  }

  /// A connection that began as HTTP cannot become a WebSocket any more. A client that keeps
  /// connections in a pool and wants to use one for that is sent to the same place again, on a new
  /// connection: this one ends.
  private static func lateUpgrade(_ request: Request, target: String) -> Response? {
    guard SocketURL(target: target) != nil, let name = HTTPField.Name("Upgrade"),
      request.headers[name]?.lowercased() == "websocket"
    else { return nil }
    return Response(
      status: .temporaryRedirect, headers: [.location: target, .connection: "close"])
  }

  private struct Outcome {
    var path: String
    var status: Int
    var code: String
    var response: Response
  }

  private func outcome(
    _ request: Request, _ context: GatewayContext, target: String
  ) async -> Outcome {
    var known = "unknown"
    do throws(Rejection) {
      if request.method == .get, target.prefix(while: { $0 != "?" }) == ServicePage.path {
        known = ServicePage.path
        return try await servicePage(context)
      }
      let endpoint = try find(request, target: target)
      known = endpoint.path
      let answer = try await answer(request, context, target: target, endpoint: endpoint)
      return Outcome(
        path: known, status: 200, code: answer.code,
        response: Self.response(status: 200, body: answer.body))
    } catch {
      return Outcome(
        path: known, status: error.status, code: String(error.code.rawValue),
        response: Self.response(status: error.status, body: error.json.bytes))
    }
  }

  private func servicePage(_ context: GatewayContext) async throws(Rejection) -> Outcome {
    let now = frontend.clock()
    try frontend.limiter.take(
      of: .address(10), bucket: ServicePage.path, subject: context.address, now: now.milliseconds)
    let facts = try await frontend.read { ServiceRow.Facts($0) }
    let page = ServicePage(catalog: await frontend.hub.catalog).html(facts, now: now)
    let bytes = Array(page.utf8)
    return Outcome(
      path: ServicePage.path, status: 200, code: "0",
      response: Response(
        status: .ok,
        headers: [
          .contentType: "text/html; charset=utf-8", .contentLength: String(bytes.count),
          .cacheControl: "no-store",
          .contentSecurityPolicy: "default-src 'none'; style-src 'unsafe-inline'",
        ], body: .init(byteBuffer: ByteBuffer(bytes: bytes))))
  }

  private func find(_ request: Request, target: String) throws(Rejection) -> Endpoint {
    let path = target.prefix { $0 != "?" }
    guard path.hasPrefix(Self.prefix) else { throw Self.unknown(path) }
    var name = String(path.dropFirst(Self.prefix.count))
    // The one path with an id in it.
    if name.hasPrefix("holdfast/withdrawal/") { name = "holdfast/withdrawal" }
    let candidates = frontend.endpoints(at: name)
    guard !candidates.isEmpty else { throw Self.unknown(path) }
    guard let endpoint = candidates.first(where: { $0.method == request.method.rawValue }) else {
      throw Rejection(.methodWrong, "Invalid request method")
    }
    return endpoint
  }

  private static func unknown(_ path: Substring) -> Rejection {
    Rejection(.endpointUnknown, "There is no endpoint at this path.", status: 404)
  }

  private func answer(
    _ request: Request, _ context: GatewayContext, target: String, endpoint: Endpoint
  ) async throws(Rejection) -> (code: String, body: [UInt8]) {
    let now = frontend.clock()
    let body = try await body(of: request)
    var principal: Principal?
    if case .signed(let permission) = endpoint.access {
      let found = try await authenticate(request, target: target, body: body, now: now)
      guard found.permissions.contains(permission) else {
        throw Rejection(
          .permissionMissing, "This API key does not have the permission for this endpoint.")
      }
      if permission == .withdraw, let signature = Self.header("OK-ACCESS-SIGN", of: request) {
        try frontend.signedOnce.admit(signature, of: found.account, now: now)
      }
      principal = found
    }
    if let limit = endpoint.limit {
      let subject =
        limit.scope == .address ? context.address : principal.map { "\($0.account)" } ?? ""
      try frontend.limiter.take(
        of: limit, bucket: endpoint.method + endpoint.path, subject: subject,
        now: now.milliseconds)
    }
    var call = Call(
      parameters: Parameters(), items: [], principal: principal,
      catalog: await frontend.hub.catalog, now: now, expires: try Self.expires(request))
    try Self.read(&call, endpoint: endpoint, target: target, body: body, request)
    let answer = try await endpoint.handler(frontend, call)
    return (answer.code, Self.encode(answer, received: now, sent: frontend.clock()))
  }

  private func body(of request: Request) async throws(Rejection) -> [UInt8] {
    let limit = frontend.configuration.bodyLimit
    let tooLarge = Rejection(
      .tooManyItems, "The request body is larger than \(limit) bytes.", status: 413)
    if let text = request.headers[.contentLength], let length = Int(text), length > limit {
      throw tooLarge
    }
    do {
      let buffer = try await request.body.collect(upTo: limit)
      return Array(buffer.readableBytesView)
    } catch {
      throw tooLarge
    }
  }

  private func authenticate(
    _ request: Request, target: String, body: [UInt8], now: Timestamp
  ) async throws(Rejection) -> Principal {
    func header(_ name: String) -> String? { Self.header(name, of: request) }
    let signed = SignedRequest(
      key: header("OK-ACCESS-KEY"), signature: header("OK-ACCESS-SIGN"),
      timestamp: header("OK-ACCESS-TIMESTAMP"), passphrase: header("OK-ACCESS-PASSPHRASE"),
      method: request.method.rawValue, target: target, body: body)
    let key = try frontend.authentication.precheck(signed, now: now)
    let found: APIKey?
    do {
      found = try await frontend.keys.key(key)
    } catch {
      throw Rejection(.unavailable, "Service temporarily unavailable, try again later.")
    }
    guard let found else { throw Rejection(.keyInvalid, "Invalid OK-ACCESS-KEY") }
    return try frontend.authentication.check(signed, apiKey: found)
  }

  private static func header(_ name: String, of request: Request) -> String? {
    HTTPField.Name(name).flatMap { request.headers[$0] }
  }

  private static func expires(_ request: Request) throws(Rejection) -> Timestamp? {
    guard let name = HTTPField.Name("expTime"), let text = request.headers[name], !text.isEmpty
    else { return nil }
    guard let milliseconds = Int64(text) else {
      throw Rejection(.parameterInvalid, name: "expTime", problem: "must be milliseconds")
    }
    return Timestamp(milliseconds: milliseconds)
  }

  private static func read(
    _ call: inout Call, endpoint: Endpoint, target: String, body: [UInt8], _ request: Request
  ) throws(Rejection) {
    switch endpoint.shape {
    case .query:
      let query = target.drop { $0 != "?" }.dropFirst()
      call.parameters = Parameters(query: query)
      if endpoint.path == "holdfast/withdrawal" {
        let last = target.prefix { $0 != "?" }.split(separator: "/").last
        if let last, last != "withdrawal" {
          call.parameters = Parameters(query: "wdId=" + last)
        }
      }
    case .object:
      if body.isEmpty { return }
      guard case .object(let members) = try json(body, request) else {
        throw Rejection(.jsonMalformed, "The body must be a JSON object.")
      }
      call.parameters = Parameters(members)
    case .list(let most):
      guard !body.isEmpty else {
        throw Rejection(.bodyEmpty, "Body for POST request can't be empty.")
      }
      switch try json(body, request) {
      case .object(let members): call.items = [Parameters(members)]
      case .array(let elements):
        for element in elements {
          guard case .object(let members) = element else {
            throw Rejection(.jsonMalformed, "The body must be an array of JSON objects.")
          }
          call.items.append(Parameters(members))
        }
      default: throw Rejection(.jsonMalformed, "The body must be an array of JSON objects.")
      }
      guard call.items.count <= most else {
        throw Rejection(.batchTooLarge, "A batch has at most \(most) orders.")
      }
    }
  }

  private static func json(_ body: [UInt8], _ request: Request) throws(Rejection) -> JSON {
    if let type = request.headers[.contentType], !type.lowercased().contains("json") {
      throw Rejection(.contentTypeWrong, "Invalid Content-Type, please use application/json.")
    }
    do {
      return try JSON(parsing: body, depthLimit: 32)
    } catch {
      throw Rejection(.jsonMalformed, "JSON syntax error at byte \(error.offset)")
    }
  }

  static func encode(_ answer: Answer, received: Timestamp, sent: Timestamp) -> [UInt8] {
    var row = Row()
    row.set("code", answer.code)
    row.set("msg", answer.message)
    row.set("data", json: .array(answer.data))
    if answer.isTimed {
      row.set("inTime", received.milliseconds * 1000)
      row.set("outTime", sent.milliseconds * 1000)
    }
    return row.json.bytes
  }

  private static func response(status: Int, body: [UInt8]) -> Response {
    Response(
      status: .init(code: status),
      headers: [.contentType: "application/json", .contentLength: String(body.count)],
      body: .init(byteBuffer: ByteBuffer(bytes: body)))
  }
}
