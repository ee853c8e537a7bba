/// Why what a browser sent is not a passkey, or not its signature over what was asked.
public enum PasskeyError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Not CBOR in its one shortest form.
  case notCBOR(at: Int, problem: String)
  /// A part of the answer that has another form than the standard gives it.
  case malformed(part: String, problem: String)
  /// Well formed, but not what was asked for.
  case refused(part: String, problem: String)

  public var description: String {
    switch self {
    case .notCBOR(let at, let problem): "CBOR at byte \(at): \(problem)"
    case .malformed(let part, let problem), .refused(let part, let problem): "\(part) \(problem)"
    }
  }
}
