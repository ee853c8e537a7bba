import Devnet
import HTTPTypes
import Hummingbird
import JSON
import Logging
import NIOCore

/// Bitcoin Core's HTTP face: POST with basic authentication.
enum RPCServer {
  /// Largest request: a block in hexadecimal, with room.
  private static let bodyLimit = 32 << 20

  static func router(
    host: NodeHost, access: RPCAccess, logger: Logger
  ) -> Router<BasicRequestContext> {
    let router = Router()
    for path in ["/", "/wallet/**"] {
      router.on(RouterPath(path), method: .post) { request, _ in
        guard access.admits(request.headers[.authorization]) else {
          logger.warning("a call with wrong credentials was refused")
          // Slows down guessing.
          try await Task.sleep(for: .milliseconds(250))
          return Response(
            status: .unauthorized, headers: [.wwwAuthenticate: "Basic realm=\"jsonrpc\""])
        }
        var request = request
        let body = try await request.collectBody(upTo: bodyLimit)
        return response(await answer(Array(buffer: body), host: host))
      }
    }
    router.on("/", method: .get) { _, _ in
      Response(
        status: .methodNotAllowed, headers: [.contentType: "text/html; charset=ISO-8859-1"],
        body: ResponseBody(
          byteBuffer: ByteBuffer(string: "JSONRPC server handles only POST requests")))
    }
    return router
  }

  /// A logger for the server's own notes, of which only trouble is of interest.
  static func quiet(_ logger: Logger) -> Logger {
    var quiet = logger
    quiet.logLevel = .warning
    return quiet
  }

  private static func answer(_ body: [UInt8], host: NodeHost) async -> RPCResponse {
    await RPCEnvelope.answer(body) { method, params throws(RPCError) in
      try await host.call(method, params)
    }
  }

  private static func response(_ answer: RPCResponse) -> Response {
    let status = HTTPResponse.Status(code: answer.status)
    guard let body = answer.body else { return Response(status: status) }
    var buffer = ByteBuffer(bytes: body.bytes)
    buffer.writeString("\n")
    return Response(
      status: status, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: buffer))
  }
}
