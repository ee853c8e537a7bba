public import JSON

/// An answer to one HTTP request.
public struct RPCResponse: Sendable {
  /// HTTP status.
  public let status: Int
  /// JSON to send, or `nil` for an empty body.
  public let body: JSON?
}

/// The JSON-RPC envelope as Bitcoin Core reads and writes it: the older form, version 2.0, batches.
public enum RPCEnvelope {
  /// Answers the body of a POST.
  ///
  /// - Parameter call: Runs one method with its parameters.
  public static func answer(
    _ body: [UInt8], call: (String, JSON) async throws(RPCError) -> JSON
  ) async -> RPCResponse {
    guard let request = try? JSON(parsing: body) else {
      return refusal(RPCError(.parse, "Parse error"), id: .null)
    }
    switch request {
    case .array(let requests):
      var replies: [JSON] = []
      for request in requests {
        if let body = await reply(to: request, call: call).body { replies.append(body) }
      }
      // A batch of nothing but notifications has no answer.
      if replies.isEmpty, !requests.isEmpty { return RPCResponse(status: 204, body: nil) }
      return RPCResponse(status: 200, body: .array(replies))
    case .object: return await reply(to: request, call: call)
    default:
      return refusal(RPCError(.parse, "Top-level object parse error"), id: .null)
    }
  }

  private static func reply(
    to request: JSON, call: (String, JSON) async throws(RPCError) -> JSON
  ) async -> RPCResponse {
    var id = request["id"]
    var isVersion2 = false
    do throws(RPCError) {
      guard case .object = request else {
        id = .null
        throw RPCError(.invalidRequest, "Invalid Request object")
      }
      isVersion2 = try isVersion2Request(request)
      let method = request["method"] ?? .null
      guard !method.isNull else { throw RPCError(.invalidRequest, "Missing method") }
      guard let name = method.string else {
        throw RPCError(.invalidRequest, "Method must be a string")
      }
      let params = request["params"] ?? .null
      switch params {
      case .array, .object, .null: break
      default: throw RPCError(.invalidRequest, "Params must be an array or object")
      }
      let result = try await call(name, params.isNull ? [] : params)
      if isVersion2 {
        guard let id else { return RPCResponse(status: 204, body: nil) }
        return RPCResponse(status: 200, body: ["jsonrpc": "2.0", "result": result, "id": id])
      }
      return RPCResponse(status: 200, body: old(result: result, error: .null, id: id))
    } catch {
      guard isVersion2 else { return refusal(error, id: id) }
      guard let id else { return RPCResponse(status: 204, body: nil) }
      return RPCResponse(status: 200, body: ["jsonrpc": "2.0", "error": json(error), "id": id])
    }
  }

  private static func isVersion2Request(_ request: JSON) throws(RPCError) -> Bool {
    guard let version = request["jsonrpc"], !version.isNull else { return false }
    guard let version = version.string else {
      throw RPCError(.invalidRequest, "jsonrpc field must be a string")
    }
    switch version {
    case "1.0": return false
    case "2.0": return true
    default: throw RPCError(.invalidRequest, "JSON-RPC version not supported")
    }
  }

  private static func old(result: JSON, error: JSON, id: JSON?) -> JSON {
    var members = [JSON.Member("result", result), JSON.Member("error", error)]
    if let id { members.append(JSON.Member("id", id)) }
    return .object(members)
  }

  private static func refusal(_ error: RPCError, id: JSON?) -> RPCResponse {
    let status =
      switch error.code {
      case RPCError.Code.invalidRequest.rawValue: 400
      case RPCError.Code.methodNotFound.rawValue: 404
      default: 500
      }
    return RPCResponse(status: status, body: old(result: .null, error: json(error), id: id))
  }

  private static func json(_ error: RPCError) -> JSON {
    ["code": .integer(error.code), "message": .string(error.message)]
  }
}
