import HTTPTypes
public import Hummingbird
import JSON
import NIOCore

/// Context of a request on the internal listener.
public typealias InternalContext = BasicRequestContext

/// Largest body that the internal listener reads, in bytes: a payout with its inputs, and room.
let bodyLimit = 4 << 20

extension Response {
  /// An answer in JSON.
  static func json(_ value: JSON, status: HTTPResponse.Status = .ok) -> Response {
    Response(
      status: status, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.bytes + [0x0A])))
  }

  /// A refusal in JSON.
  static func refusal(_ problem: String, status: HTTPResponse.Status) -> Response {
    json(["ok": false, "error": .string(problem)], status: status)
  }

  /// An answer of plain bytes.
  static func bytes(_ bytes: [UInt8], type: String) -> Response {
    Response(
      status: .ok, headers: [.contentType: type],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}

extension Request {
  /// The whole body, at most ``bodyLimit`` bytes.
  func wholeBody() async throws -> [UInt8] {
    Array(buffer: try await body.collect(upTo: bodyLimit))
  }
}
