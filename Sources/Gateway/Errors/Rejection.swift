import JSON

/// Why a request, or one row of it, is rejected: an OKX code and a text for people.
struct Rejection: Error, Equatable, Sendable {
  var code: ErrorCode
  var message: String
  /// HTTP status when the whole request is rejected.
  var status: Int

  init(_ code: ErrorCode, _ message: String, status: Int? = nil) {
    self.code = code
    self.message = message
    self.status = status ?? code.httpStatus
  }

  /// A parameter that is missing or wrong, in OKX's wording.
  init(_ code: ErrorCode, name: String, problem: String = "") {
    switch code {
    case .parameterEmpty: self.init(code, "Parameter \(name) can not be empty.")
    default: self.init(code, "Parameter \(name) error" + (problem.isEmpty ? "" : ": \(problem)"))
    }
  }

  /// The body of an answer that rejects the whole request.
  var json: JSON {
    ["code": .string(String(code.rawValue)), "msg": .string(message), "data": []]
  }
}
