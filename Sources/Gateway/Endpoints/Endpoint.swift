import Engine
import JSON
import Money
import Structures

/// One thing that clients can ask for.
struct Endpoint: Sendable {
  /// Who may ask.
  enum Access: Sendable {
    case anyone
    /// A signed request by a key with this permission.
    case signed(Permissions)
  }

  /// Where the parameters are.
  enum Shape: Sendable {
    /// In the query of a GET.
    case query
    /// In the JSON object of a POST.
    case object
    /// In the JSON objects of an array, at most so many; a lone object counts as one.
    case list(Int)
  }

  typealias Handler = @Sendable (Frontend, Call) async throws(Rejection) -> Answer

  let path: String
  let access: Access
  let shape: Shape
  /// Limits that the handler takes itself (orders: by instrument, shared with WebSocket) are `nil`.
  let limit: RateLimit?
  let handler: Handler

  var method: String {
    if case .query = shape { "GET" } else { "POST" }
  }

  /// A public question.
  static func open(
    _ path: String, _ limit: RateLimit, _ handler: @escaping Handler
  ) -> Endpoint {
    Endpoint(path: path, access: .anyone, shape: .query, limit: limit, handler: handler)
  }

  /// A question about the asker's own account.
  static func ask(_ path: String, _ limit: RateLimit, _ handler: @escaping Handler) -> Endpoint {
    Endpoint(path: path, access: .signed(.read), shape: .query, limit: limit, handler: handler)
  }

  /// An action.
  static func act(
    _ path: String, _ permission: Permissions, _ limit: RateLimit?, _ shape: Shape = .object,
    _ handler: @escaping Handler
  ) -> Endpoint {
    Endpoint(
      path: path, access: .signed(permission), shape: shape, limit: limit, handler: handler)
  }
}

/// One request, checked and read.
struct Call: Sendable {
  var parameters: Parameters
  /// The objects of a list.
  var items: [Parameters]
  /// Who asks; present for signed endpoints.
  var principal: Principal?
  /// What is listed here, as of this request.
  var catalog: Catalog
  /// The wall clock when it came in.
  var now: Timestamp
  /// From the `expTime` header.
  var expires: Timestamp?

  /// The asker's account.
  var account: AccountID { principal?.account ?? AccountID(0) }
}

/// What is answered.
struct Answer: Sendable {
  var code = "0"
  var message = ""
  var data: [JSON]
  /// Whether `inTime` and `outTime` belong into the answer, as for orders.
  var isTimed = false

  init(_ data: [JSON]) { self.data = data }

  init(code: ErrorCode?, message: String, data: [JSON], isTimed: Bool) {
    self.code = code.map { String($0.rawValue) } ?? "0"
    self.message = message
    self.data = data
    self.isTimed = isTimed
  }
}
