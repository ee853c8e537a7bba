/// Why the guard lets a withdrawal wait.
public enum HoldReason: Hashable, Sendable, ExpressibleByStringInterpolation {
  /// A sentence that the customer sees.
  case said(String)
  /// It is more than the hot wallet holds.
  case awaitsRefill

  public init(stringLiteral text: String) { self = .said(text) }

  /// What the customer sees.
  public var text: String {
    switch self {
    case .said(let text): text
    case .awaitsRefill:
      "it is more than the hot wallet holds and waits for a refill from cold storage"
    }
  }
}
