public import Engine
public import Money
public import Statements
import Synchronization

/// Lets a request pass when an operator of the configuration signed it just now, once.
public final class OperatorGate: Sendable {
  /// Why a request does not pass.
  public enum Refusal: Error, Equatable, Sendable {
    case unknownOperator(String)
    case badSignature
    /// The operator's clock and ours are too far apart, or the request was held back.
    case stale(limitMilliseconds: Int64)
    /// The same request came before.
    case replayed
    /// The nonce has another length than 16 bytes.
    case malformedNonce
  }

  /// How far the time in a request may be from ours, in milliseconds, both ways.
  public static let windowMilliseconds: Int64 = 30_000

  /// Requests signed before this server started may have been seen by the one before it.
  private let startedAt: Timestamp
  private let seen = Mutex<[[UInt8]: Timestamp]>([:])

  /// Creates a gate that knows no request yet.
  public init(startedAt: Timestamp) { self.startedAt = startedAt }

  /// Checks `request` and remembers it.
  ///
  /// - Parameters:
  ///   - request: With the target and the digest of the body that really arrived.
  ///   - signature: Ed25519, 64 bytes.
  ///   - operators: Who is an operator now.
  ///   - now: This server's time.
  /// - Throws: ``Refusal``; then the request has no effect, also not on later ones.
  public func admit(
    _ request: OperatorRequest, signature: [UInt8], operators: [Operator], now: Timestamp
  ) throws(Refusal) {
    guard let key = operators.first(where: { $0.name == request.operatorName })?.publicKey else {
      throw .unknownOperator(request.operatorName)
    }
    guard request.nonce.count == OperatorRequest.nonceCount else { throw .malformedNonce }
    guard request.verify(signature: signature, key: key) else { throw .badSignature }
    let signedAt = Timestamp(milliseconds: request.signedAtMilliseconds)
    let window = Self.windowMilliseconds
    let isFresh =
      signedAt >= now.advanced(byMilliseconds: -window)
      && signedAt <= now.advanced(byMilliseconds: window) && signedAt >= startedAt
    guard isFresh else { throw .stale(limitMilliseconds: window) }
    let isNew = seen.withLock { seen in
      seen = seen.filter { $0.value >= now.advanced(byMilliseconds: -window) }
      // The signed bytes, not the signature: a second valid signature is the same request.
      return seen.updateValue(signedAt, forKey: request.bytes) == nil
    }
    guard isNew else { throw .replayed }
  }
}

extension OperatorGate.Refusal: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownOperator(let name): "\(name.prefix(64)) is no operator of this exchange"
    case .badSignature: "the signature is not the operator's over this request"
    case .stale(let limit):
      "the request was not signed within \(limit / 1000) s of the server's time, after its start"
    case .replayed: "the same request came before"
    case .malformedNonce: "the nonce is not \(OperatorRequest.nonceCount) bytes"
    }
  }
}
