/// An error of a JSON-RPC call, with Bitcoin Core's code and message.
public struct RPCError: Error, Hashable, Sendable {
  public let code: Int
  public let message: String

  /// Creates an error.
  public init(_ code: Code, _ message: String) {
    self.code = code.rawValue
    self.message = message
  }

  /// Bitcoin Core's codes, from its `rpc/protocol.h`.
  public enum Code: Int, Sendable {
    case misc = -1
    case type = -3
    case invalidAddressOrKey = -5
    case invalidParameter = -8
    case deserialization = -22
    case verify = -25
    case verifyRejected = -26
    case verifyAlreadyInUTXOSet = -27
    case inWarmup = -28
    case invalidRequest = -32600
    case methodNotFound = -32601
    case parse = -32700
  }
}
