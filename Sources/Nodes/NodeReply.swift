import JSON

/// The envelope of an answer. See JSON-RPC 1.0, "Response".
enum NodeReply {
  /// Returns what the node put under "result".
  ///
  /// - Parameters:
  ///   - content: The body of the answer.
  ///   - status: Its HTTP status, for the error's text.
  /// - Throws: ``NodeError/rpc(code:message:)`` when the node answered with an error, or
  ///   ``NodeError/malformed(_:)``.
  static func result(
    of content: [UInt8], status: UInt, from url: String
  ) throws(NodeError) -> JSON {
    let answer: JSON
    do { answer = try JSON(parsing: content) } catch {
      throw .malformed(
        "HTTP \(status) without JSON from \(url): \(error.problem) at byte \(error.offset)")
    }
    if let error = answer["error"], !error.isNull {
      guard let code = error["code"]?.integer, let message = error["message"]?.string else {
        throw .malformed("an error without code and message")
      }
      throw .rpc(code: Int(code), message: message)
    }
    guard let result = answer["result"] else { throw .malformed("neither result nor error") }
    return result
  }
}
